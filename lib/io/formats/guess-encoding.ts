/**
 * Guesses the encoding of a text that is not UTF-8, from its bytes beyond ASCII: how they stand together, what the statistics of chardet
 * make of them, and whether they decode. A guess without enough evidence is a doubt, because a wrong one yields other characters.
 */
import { analyse } from 'chardet'
import { countOddBytes, singleByteOf } from './single-byte.ts'
import { ENCODINGS, type Encoding, MULTI_BYTE } from './encodings.ts'

export interface Guess {
  readonly encoding: Exclude<Encoding, 'utf-8'>
  readonly bom: 0
  readonly note: string
  /** Whether a person should confirm it. */
  readonly unsure: boolean
}

/** With fewer bytes beyond ASCII, statistics prove little. */
const ENOUGH = 200
const MOST = 1 << 18
/** From this share of bytes beyond ASCII that stand next to another one, the script is not Latin. */
const IN_RUNS = 0.5
/** From this share of bytes below 0xc0 on, a character takes two of them. */
const IN_TWO_BYTES = 0.25
/** chardet's confidence in an encoding whose words it knows. */
const CERTAIN = 60
/** With fewer letters beyond ASCII, western text is as likely as in most files. */
const FEW_LETTERS = 8
/** chardet's confidence in western text is hardly ever below. */
const PLAUSIBLE = 20
/** Up to this share of odd characters, the reading as western text is sound. */
const FEW_ODD = 0.05

export function guessEncoding(windows: readonly Uint8Array[]): Guess {
  const bytes = Buffer.concat(windows).subarray(0, MOST)
  const { high, runs, low, pairs } = shapeOf(bytes)
  const western = singleByteOf(windows)
  if (high === 0) return guess(western, true)
  const isLatin = runs < IN_RUNS * high
  const isOdd = countOddBytes(windows, western) > FEW_ODD * high
  if (isLatin && !isOdd) return western === 'macintosh' ? guess(western, false) : latin(bytes, high)
  const isMulti = !isLatin && low >= IN_TWO_BYTES * high
  const ranked = candidates(bytes).filter(({ encoding }) => MULTI_BYTE.has(encoding) === isMulti)
  const [best, next] = ranked
  // chardet knows few Chinese words; its other encodings of two bytes it recognises well
  if (isMulti && (best?.confidence ?? 0) < CERTAIN) return guess(pairs ? 'gb18030' : 'big5', true)
  if (best === undefined) return guess(western, true)
  return guess(best.encoding, best.encoding === western || high < ENOUGH || best.confidence < 1.5 * (next?.confidence ?? 10))
}

/** Western text, unless the statistics say another Latin alphabet, in which it would have other letters. */
function latin(bytes: Buffer, high: number): Guess {
  // a few letters prove nothing
  if (high < FEW_LETTERS) return guess('windows-1252', false)
  const ranked = candidates(bytes).filter(({ encoding }) => !MULTI_BYTE.has(encoding))
  const own = ranked.find(({ encoding }) => encoding === 'windows-1252')?.confidence ?? 0
  const textIn = (encoding: string) => new TextDecoder(encoding).decode(bytes)
  const western = textIn('windows-1252')
  const other = ranked.find(({ encoding }) => textIn(encoding) !== western)
  if (other !== undefined && other.confidence >= 1.3 * own) return guess(other.encoding, true)
  return guess('windows-1252', other !== undefined && own < PLAUSIBLE)
}

function guess(encoding: Guess['encoding'], unsure: boolean): Guess {
  const note = `the text is not UTF-8; it is read as ${encoding}`
  return {
    encoding,
    bom: 0,
    unsure,
    note: unsure ? `${note}, which is a guess: check some names, and set encoding in the source of the discover step` : note,
  }
}

/**
 * The bytes beyond ASCII, those of them that stand next to another one, those below 0xc0, and whether all stand in pairs from 0xa1 on.
 * Alphabets have their letters above 0xc0; characters of two bytes use all of them.
 */
function shapeOf(bytes: Uint8Array) {
  let [high, runs, low, run, odd] = [0, 0, 0, 0, 0]
  const isHigh = (at: number) => (bytes[at] ?? 0) >= 128
  for (let at = 0; at < bytes.length; at++) {
    if (!isHigh(at)) {
      odd += run % 2
      run = 0
      continue
    }
    high++
    run++
    if (isHigh(at - 1) || isHigh(at + 1)) runs++
    if ((bytes[at] ?? 0) < 0xc0) low++
  }
  // windows may cut a pair
  return { high, runs, low, pairs: odd <= 3 }
}

type Candidate = { readonly encoding: Guess['encoding']; readonly confidence: number }

/** What chardet makes of the bytes, without encodings in which they do not decode. */
function candidates(bytes: Buffer): readonly Candidate[] {
  const known = new Set<string>(ENCODINGS)
  const found: Candidate[] = []
  for (const { name, confidence } of analyse(bytes)) {
    const encoding = ALIASES.get(name.toLowerCase()) ?? name.toLowerCase()
    if (!known.has(encoding) || encoding.startsWith('utf')) continue
    if (!found.some((one) => one.encoding === encoding) && decodes(bytes, encoding))
      found.push({ encoding: encoding as Guess['encoding'], confidence })
  }
  return found
}

/** chardet's names of what the Encoding Standard calls otherwise. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['iso-8859-1', 'windows-1252'],
  ['iso-8859-9', 'windows-1254'],
])

/** Whether at most one character in a thousand is invalid; windows cut some. */
function decodes(bytes: Buffer, encoding: string): boolean {
  const text = new TextDecoder(encoding).decode(bytes)
  let wrong = 0
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) wrong++
  return wrong <= 4 + text.length / 1000
}
