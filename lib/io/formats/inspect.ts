/** Inspects a source: its format, encoding and layout, where its records are, and which of them cannot be rows. */
import type { Store } from '#io/store/store.ts'
import { detectCompression } from './compression.ts'
import { type DetectedEncoding, detectEncoding, guessSingleByte } from './encoding.ts'
import { detectTextFormat, isParquet, refuseBinary } from './format.ts'
import { type Found, HEAD_BYTES, NOTHING, noRecords } from './found.ts'
import { gunzip } from './gunzip.ts'
import { inspectDelimited } from './inspect-delimited.ts'
import { readFooter } from './inspect-parquet.ts'
import type { SampleLimits } from './sample.ts'
import { checkSettings } from './settings.ts'
import type { ByteSource, Encoding, Inspection, ReadSettings, Sample } from './source.ts'
import { splitValues } from './split-values.ts'
import { type Staging, startStaging } from './staging.ts'
import { surveyLines } from './survey-lines.ts'
import { transcode } from './transcode.ts'

export interface InspectContext {
  readonly source: ByteSource
  readonly store: Store
  /** The key prefix for staged text. */
  readonly prefix: string
  /** The number of records per chunk. */
  readonly chunk_rows: number
  readonly sample: SampleLimits
}

export interface Inspected {
  readonly inspection: Inspection
  /** Empty for Parquet. */
  readonly sample: Sample
}

/**
 * Reads a source through, usually once. Settings override detection. A source without records is not an error. Rewrites the text to the
 * store if the parser could not read it unchanged. Throws Data.Unreadable and Data.UnsupportedFormat if it cannot be read,
 * Definition.InvalidSetting for invalid settings, Data.SourceChanged if it changes meanwhile.
 */
export async function inspect(uri: string, settings: ReadSettings, context: InspectContext): Promise<Inspected> {
  checkSettings(settings)
  const { source } = context
  const staging = startStaging(source, context.store, `${context.prefix}-text`)
  try {
    const compression = detectCompression(await headOf(source), uri)
    if (compression === 'gzip') await staging.rewrite((from, to) => gunzip(from, to, uri))
    const { facts, sample } = await inspectBytes(uri, settings, staging, context)
    const text_bytes = staging.current().size
    const staged = await staging.publish()
    return { inspection: { uri, bytes: source.size, fingerprint: source.fingerprint, compression, staged, text_bytes, ...facts }, sample }
  } catch (error) {
    await staging.discard()
    throw error
  }
}

const WINDOW_BYTES = 1 << 16

const headOf = (source: ByteSource) => source.read(0, HEAD_BYTES)

async function inspectBytes(uri: string, settings: ReadSettings, staging: Staging, context: InspectContext): Promise<Found> {
  const source = staging.current()
  const head = await headOf(source)
  const middle = await source.read(Math.floor(source.size / 2), WINDOW_BYTES)
  const tail = await source.read(Math.max(0, source.size - WINDOW_BYTES), WINDOW_BYTES)
  if (settings.format === 'parquet' || (settings.format === undefined && isParquet(head, tail)))
    return inspectRowGroups(uri, source, context)
  const detected = settings.encoding === undefined ? detectEncoding([head, middle, tail], uri) : given(settings, head)
  const notes = detected.note === null ? [] : [detected.note]
  if (!detected.encoding.startsWith('utf-16')) refuseBinary(head, uri, settings.delimiter)
  if (detected.encoding !== 'utf-8')
    return inspectRecoded(uri, settings, { ...detected, encoding: detected.encoding }, notes, staging, context)

  const text = Buffer.from(head.subarray(detected.bom)).toString('utf8')
  const format = settings.format ?? detectTextFormat(text, uri)
  if (text.trim() === '' && source.size <= HEAD_BYTES) return noRecords(format, source.size)
  if (format !== 'csv') return inspectLines(uri, format === 'json', detected.bom, notes, staging, context)
  const found = await inspectDelimited(uri, settings, detected.bom, notes, staging, context)
  // the whole text shows what the windows did not
  const isGuess = settings.encoding === undefined && detected.bom === 0
  if (isGuess && found.isForeign) {
    const guess = guessSingleByte([head, middle, tail])
    return inspectRecoded(uri, settings, guess, [...notes, guess.note ?? ''], staging, context)
  }
  return found
}

/** The encoding from the settings, and a mark that the text may still have. */
function given({ encoding = 'utf-8' }: ReadSettings, head: Uint8Array): DetectedEncoding {
  const [a, b, c] = head
  const isWide = (encoding === 'utf-16le' && a === 0xff && b === 0xfe) || (encoding === 'utf-16be' && a === 0xfe && b === 0xff)
  return { encoding, bom: encoding === 'utf-8' && a === 0xef && b === 0xbb && c === 0xbf ? 3 : isWide ? 2 : 0, note: null }
}

type Recoded = { readonly encoding: Exclude<Encoding, 'utf-8'>; readonly bom: number }

/** Rewrites the text as UTF-8 and inspects that. */
async function inspectRecoded(
  uri: string,
  settings: ReadSettings,
  { encoding, bom }: Recoded,
  notes: readonly string[],
  staging: Staging,
  context: InspectContext,
): Promise<Found> {
  await staging.rewrite((from, to) => transcode(from, to, encoding, bom))
  const { facts, sample } = await inspectBytes(uri, { ...settings, encoding: 'utf-8' }, staging, context)
  return { facts: { ...facts, encoding, notes: [...notes, ...facts.notes] }, sample }
}

async function inspectLines(
  uri: string,
  isOneText: boolean,
  bom: number,
  notes: readonly string[],
  staging: Staging,
  context: InspectContext,
): Promise<Found> {
  const odd = isOneText ? await staging.rewrite((from, to) => splitValues(from, to, bom)) : { notes: [], doubts: [] }
  const { sample, ...found } = await surveyLines(staging.current(), uri, isOneText ? 0 : bom, context)
  return {
    sample,
    facts: {
      ...found,
      format: isOneText ? 'json' : 'ndjson',
      encoding: 'utf-8',
      dialect: null,
      new_line: '\n',
      cuts: [],
      direct: found.bad.length === 0 && (isOneText || bom === 0),
      one_piece: false,
      ...(odd.doubts.length > 0 ? { doubts: odd.doubts } : {}),
      notes: [...notes, ...odd.notes, ...odd.doubts, ...(found.records === 0 ? [NOTHING] : [])],
    },
  }
}

async function inspectRowGroups(uri: string, source: ByteSource, context: InspectContext): Promise<Found> {
  const footer = await readFooter(source, uri, context.chunk_rows)
  const { facts, sample } = noRecords('parquet', source.size)
  return { sample, facts: { ...facts, ...footer, direct: true, notes: [...footer.notes, ...(footer.records === 0 ? [NOTHING] : [])] } }
}
