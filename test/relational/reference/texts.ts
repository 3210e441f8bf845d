/** The text functions and patterns of the reference engine, by their names. */
import { createHash } from 'node:crypto'
import { MAX_CHARACTERS } from '#relational/expression/function.ts'
import { WHITE_SPACE } from '#core/text/white-space.ts'
import { type Implementation, strict } from './implementation.ts'
import { characters, lowered, raised, reversed } from './letters.ts'
import { re2, rewritten } from './patterns.ts'

/** A position or length of at most 32 bits; null beyond. */
const short = (value: bigint): number | null => (BigInt.asIntN(32, value) === value ? Number(value) : null)

function trimmed(text: string, set: readonly string[], start: boolean, end: boolean): string {
  const letters = characters(text)
  let [from, to] = [0, letters.length]
  while (start && from < to && set.includes(letters[from] as string)) from++
  while (end && to > from && set.includes(letters[to - 1] as string)) to--
  return letters.slice(from, to).join('')
}

const trimming = (start: boolean, end: boolean) =>
  strict((text: string, set?: string) => trimmed(text, set === undefined ? WHITE_SPACE : characters(set), start, end))

function substr(text: string, start: bigint, length?: bigint): string | null {
  const [from, count] = [short(start), length === undefined ? null : short(length)]
  if (from === null || (length !== undefined && (length < 0n || count === null))) return null
  const letters = characters(text)
  // counted from the end it is at most the first character; 0 is the place before it
  const first = from > 0 ? from - 1 : from < 0 ? Math.max(0, letters.length + from) : 0
  const missing = from === 0 ? 1 : 0
  const end = count === null ? letters.length : first + count - missing
  return letters.slice(Math.max(0, first), Math.max(0, end)).join('')
}

function sides(text: string, length: bigint, right: boolean): string | null {
  const count = short(length)
  if (count === null) return null
  const letters = characters(text)
  const taken = count >= 0 ? Math.min(count, letters.length) : Math.max(0, letters.length + count)
  return (right ? letters.slice(letters.length - taken) : letters.slice(0, taken)).join('')
}

function padded(text: string, length: bigint, filling: string, left: boolean): string | null {
  const count = Math.max(0, Number(length))
  if (length > BigInt(MAX_CHARACTERS) || length < -(2n ** 31n)) return null
  const letters = characters(text)
  if (letters.length >= count) return letters.slice(0, count).join('')
  const filler = characters(filling)
  if (filler.length === 0) return null
  const more = Array.from({ length: count - letters.length }, (_, at) => filler[at % filler.length]).join('')
  return left ? more + text : text + more
}

function repeated(text: string, times: bigint): string | null {
  if (times <= 0n) return ''
  const most = BigInt(MAX_CHARACTERS)
  return times > most || times * BigInt(characters(text).length) > most ? null : text.repeat(Number(times))
}

function replaced(text: string, old: string, fresh: string): string | null {
  const result = old === '' ? text : text.split(old).join(fresh)
  return characters(result).length > MAX_CHARACTERS && result.length > text.length ? null : result
}

function splitPart(text: string, separator: string, number: bigint): string | null {
  const at = short(number)
  if (at === null || at === 0) return null
  const parts = separator === '' && text !== '' ? characters(text) : text.split(separator || '\0')
  return parts.at(at > 0 ? at - 1 : at) ?? null
}

/** Words with a capital first letter; an apostrophe is part of its word. */
const initcap = (text: string) =>
  text.replace(/[\p{L}\p{N}'’]+|[^\p{L}\p{N}'’]+/gu, (word) => {
    const [first = '', ...rest] = characters(word)
    return raised(first) + lowered(rest.join(''))
  })

const digest = (algorithm: string) => (text: string) => createHash(algorithm).update(text).digest('hex')

function regexpReplace(text: string, pattern: string, fresh: string, options = ''): string | null {
  const expression = re2(pattern, options.includes('i') ? 'gi' : 'g')
  if (expression === null) return null
  const groups = new RegExp(`${expression.source}|`, 'u').exec('')?.length ?? 1
  if (
    rewritten(
      fresh,
      Array.from({ length: groups }, () => ''),
    ) === null
  )
    return text
  let first = true
  return text.replace(expression, (match, ...more: unknown[]) => {
    if (!first && !options.includes('g')) return match
    first = false
    const groupsOf = more.slice(0, groups - 1) as (string | undefined)[]
    return rewritten(fresh, [match, ...groupsOf]) ?? match
  })
}

function regexpExtract(text: string, pattern: string, group = '0'): string | null {
  const found = re2(pattern, '')?.exec(text)?.[Number(group)] ?? ''
  return found === '' ? null : found
}

export const TEXT_FUNCTIONS: { readonly [name: string]: Implementation } = {
  upper: strict(raised),
  lower: strict(lowered),
  initcap: strict(initcap),
  trim: trimming(true, true),
  ltrim: trimming(true, false),
  rtrim: trimming(false, true),
  substr: strict(substr),
  left: strict((text: string, length: bigint) => sides(text, length, false)),
  right: strict((text: string, length: bigint) => sides(text, length, true)),
  length: strict((text: string) => BigInt(characters(text).length)),
  concat: ({ args }) => args.filter((arg) => arg !== null).join(''),
  concat_ws: ({ args: [separator, ...args] }) =>
    separator === null || separator === undefined ? null : args.filter((arg) => arg !== null).join(String(separator)),
  replace: strict(replaced),
  lpad: strict((text: string, length: bigint, filling = ' ') => padded(text, length, filling, true)),
  rpad: strict((text: string, length: bigint, filling = ' ') => padded(text, length, filling, false)),
  repeat: strict(repeated),
  reverse: strict(reversed),
  split_part: strict(splitPart),
  starts_with: strict((text: string, start: string) => text.startsWith(start)),
  ends_with: strict((text: string, end: string) => text.endsWith(end)),
  contains: strict((text: string, part: string) => text.includes(part)),
  strpos: strict((text: string, part: string) => {
    const at = text.indexOf(part)
    return at < 0 ? 0n : BigInt(characters(text.slice(0, at)).length + 1)
  }),
  strip_accents: strict((text: string) =>
    text
      .normalize('NFD')
      .replace(/\p{Mn}/gu, '')
      .normalize('NFC'),
  ),
  md5: strict(digest('md5')),
  sha256: strict(digest('sha256')),
  hash: ({ args }) => BigInt(`0x${digest('md5')(args.map((arg) => arg ?? '\0').join('\x1f')).slice(0, 13)}`),
  regexp_matches: strict((text: string, pattern: string, options = '') => re2(pattern, options)?.test(text) ?? null),
  regexp_replace: strict(regexpReplace),
  regexp_extract: strict(regexpExtract),
}
