/** Reads a source through: what it is, how it is written, where its records are, and which of them cannot be rows. */
import type { Store } from '#io/store/store.ts'
import type { CompressionKind } from './compressions/compression.ts'
import { beginningOf, checkOptions, compressionOf, detectBinary, detectText, HEAD_BYTES, refuseBinary, refuseKnown } from './detect.ts'
import { type DetectedEncoding, detectEncoding } from './encoding.ts'
import type { Encoding } from './encodings.ts'
import { guessEncoding } from './guess-encoding.ts'
import { flattenLines } from './flatten-lines.ts'
import { type Found, NOTHING, noRecords } from './found.ts'
import { bareName, formatCalled } from './index.ts'
import { inspectDelimited } from './inspect-delimited.ts'
import { inspectParquet } from './inspect-parquet.ts'
import type { Beginning, FormatKind, Rewritten } from './kinds/format.ts'
import type { PhysicalLayout } from './source.ts'
import { quoteInexact } from './quote-inexact.ts'
import { rowOf } from './line-map.ts'
import { renameKeys } from './rename-keys.ts'
import type { SampleLimits } from './sample.ts'
import { checkSettings } from './settings.ts'
import type { ByteSource, Inspection, ReadSettings, Sample } from './source.ts'
import { type Staging, startStaging } from './staging.ts'
import { surveyLines } from './survey-lines.ts'
import { transcode } from './transcode.ts'
import { shapeOf, wrapValues } from './wrap-values.ts'

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
  /** Empty for typed files. */
  readonly sample: Sample
}

/** What every inspector of a source is given. */
interface Work {
  /** The address, with the member that is read, for messages and for what a name says. */
  readonly uri: string
  readonly settings: ReadSettings
  readonly packed: readonly CompressionKind[]
  readonly staging: Staging
  readonly context: InspectContext
}

/** What a source is, beside what its records are. */
type Read = Found & Pick<Inspection, 'format' | 'layout' | 'part' | 'rows'>

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
    const { packed, notes, parts, start } = await unpack(uri, settings, staging)
    const named = [uri, ...parts].join('#')
    const work = { uri: named, settings, packed, staging, context }
    const { facts, sample, format, layout, part, rows } = await inspectBytes({ ...start, name: bareName(named) }, work)
    const text_bytes = staging.current().size
    const staged = await staging.publish()
    const read = [...parts, ...(part === undefined ? [] : [part])].join('#')
    const inspection = {
      uri,
      bytes: source.size,
      fingerprint: source.fingerprint,
      format,
      layout,
      compression: packed.map(({ name }) => name).join('+') || 'none',
      ...(read === '' ? {} : { part: read }),
      ...(rows === undefined ? {} : { rows }),
      staged,
      text_bytes,
      ...facts,
      bad: rows === undefined ? facts.bad : facts.bad.map((record) => ({ ...record, line: rowOf(rows, record.line) })),
      notes: [...notes, ...facts.notes],
    }
    return { inspection, sample }
  } catch (error) {
    await staging.discard()
    throw error
  }
}

/** Unpacks a source, also what is packed twice. */
async function unpack(uri: string, settings: ReadSettings, staging: Staging) {
  const packed: CompressionKind[] = []
  const notes: string[] = []
  const parts: string[] = []
  for (;;) {
    const start = await beginningOf(staging.current(), uri)
    const kind = compressionOf(start)
    if (kind === undefined) {
      refuseKnown(start, uri)
      return { packed, notes, parts, start }
    }
    packed.push(kind)
    const unpackTo = await kind.load()
    const unpacked = await staging.rewrite((from, to) => unpackTo(from, to, { uri, settings }))
    notes.push(...unpacked.notes)
    if (unpacked.part !== undefined) parts.push(unpacked.part)
  }
}

const WINDOW_BYTES = 1 << 16

async function inspectBytes(start: Beginning, work: Work): Promise<Read> {
  const { uri, settings, staging } = work
  const source = staging.current()
  const binary = detectBinary(start, settings, uri)
  if (binary !== undefined) return inspectKind(binary, 0, [], work)

  const { head, tail } = start
  const middle = await source.read(Math.floor(source.size / 2), WINDOW_BYTES)
  const windows = source.size <= HEAD_BYTES ? [head] : [head, middle, tail]
  const detected = settings.encoding === undefined ? detectEncoding(windows) : given(settings, head)
  const notes = detected.note === null ? [] : [detected.note]
  if (!isWide(detected.encoding)) refuseBinary(start, uri, settings.delimiter)
  if (detected.encoding !== 'utf-8') return inspectRecoded({ ...detected, encoding: detected.encoding }, notes, work)

  const text = Buffer.from(head.subarray(detected.bom)).toString('utf8')
  const kind = settings.format === undefined ? detectText({ ...start, text }, uri) : formatCalled(settings.format)
  if (text.trim() === '' && source.size <= HEAD_BYTES)
    return { ...noRecords(kind.layout, source.size), format: kind.name, layout: kind.layout }
  const found = await inspectKind(kind, detected.bom, notes, work)
  // what the windows did not show the whole text does
  const isGuess = settings.encoding === undefined && detected.bom === 0 && kind.load === undefined
  if (isGuess && found.isForeign === true) {
    const guess = guessEncoding(windows)
    return inspectRecoded(guess, [...notes, guess.note], work)
  }
  return found
}

const isWide = (encoding: Encoding) => encoding.startsWith('utf-16') || encoding.startsWith('utf-32')

/** Byte order marks of the encodings that have one, in hexadecimal. */
const MARKS: ReadonlyMap<Encoding, string> = new Map([
  ['utf-8', 'efbbbf'],
  ['utf-16le', 'fffe'],
  ['utf-16be', 'feff'],
  ['utf-32le', 'fffe0000'],
  ['utf-32be', '0000feff'],
])

/** The encoding from the settings, and a mark that the text may still have. */
function given({ encoding = 'utf-8' }: ReadSettings, head: Uint8Array): DetectedEncoding {
  const mark = MARKS.get(encoding) ?? ''
  const isMarked = mark !== '' && Buffer.from(head.subarray(0, mark.length / 2)).toString('hex') === mark
  return { encoding, bom: isMarked ? mark.length / 2 : 0, note: null }
}

type Recoded = Pick<DetectedEncoding, 'bom' | 'unsure'> & { readonly encoding: Exclude<Encoding, 'utf-8'> }

/** Reads the text as UTF-8 once it is written so. */
async function inspectRecoded({ encoding, bom, unsure = false }: Recoded, notes: readonly string[], work: Work): Promise<Read> {
  const { uri, settings, staging } = work
  await staging.rewrite((from, to) => transcode(from, to, encoding, bom))
  const start = await beginningOf(staging.current(), uri)
  const { facts, ...read } = await inspectBytes(start, { ...work, settings: { ...settings, encoding: 'utf-8' } })
  const doubts = [...(unsure ? notes.slice(-1) : []), ...(facts.doubts ?? [])]
  return { ...read, facts: { ...facts, encoding, ...(doubts.length > 0 ? { doubts } : {}), notes: [...notes, ...facts.notes] } }
}

const AS_IT_STANDS: Rewritten = { notes: [], doubts: [] }

/** Rewrites a file of a format where it must be, then inspects it by its layout. */
async function inspectKind(
  kind: FormatKind,
  bom: number,
  notes: readonly string[],
  work: Work,
): Promise<Read & { readonly isForeign?: boolean }> {
  const { uri, settings, packed, staging } = work
  checkOptions(settings, [kind, ...packed], uri)
  const rewrite = await kind.load?.()
  const rewritten = rewrite === undefined ? AS_IT_STANDS : await staging.rewrite((from, to) => rewrite(from, to, { uri, settings, bom }))
  const mark = rewrite === undefined ? bom : 0
  const { facts, ...found } = await inspectors[kind.layout](rewritten, mark, work)
  const { part, rows, doubts: early } = rewritten
  const doubts = [...early, ...(facts.doubts ?? [])]
  return {
    ...found,
    format: kind.name,
    layout: kind.layout,
    ...(part === undefined ? {} : { part }),
    ...(rows === undefined ? {} : { rows }),
    facts: { ...facts, ...(doubts.length > 0 ? { doubts } : {}), notes: [...notes, ...rewritten.notes, ...early, ...facts.notes] },
  }
}

type Inspector = (rewritten: Rewritten, bom: number, work: Work) => Promise<Found & { readonly isForeign?: boolean }>

const inspectors: { readonly [Layout in PhysicalLayout]: Inspector } = {
  delimited: async ({ read, rows }, bom, { uri, settings, staging, context }) => {
    if (staging.current().size === 0) return noRecords('delimited', 0)
    const found = await inspectDelimited({ uri, name: bareName(uri), settings: read ?? settings, bom, rows }, staging, context)
    // a format that was rewritten says how to read what it wrote
    return read === undefined ? found : { ...found, facts: { ...found.facts, source_delimiter: null } }
  },
  lines: async (_, start, { uri, settings, staging, context }) => {
    let bom = start
    if (settings['flatten'] === true) {
      await staging.rewrite((from, to) => flattenLines(from, to, bom))
      bom = 0
    }
    let found = await surveyLines(staging.current(), uri, bom, context)
    const notes: string[] = []
    const shape = shapeOf(found.bad, found.records)
    if (shape !== null) {
      notes.push(await staging.rewrite((from, to) => wrapValues(from, to, bom, shape)))
      bom = 0
      found = await surveyLines(staging.current(), uri, bom, context)
    }
    const { odd_keys, columns } = found
    if (odd_keys) {
      notes.push(await staging.rewrite((from, to) => renameKeys(from, to, bom, columns)))
      bom = 0
      found = await surveyLines(staging.current(), uri, bom, context)
    }
    if (found.rounded) {
      await staging.rewrite((from, to) => quoteInexact(from, to, bom))
      bom = 0
      found = await surveyLines(staging.current(), uri, bom, context)
    }
    const { sample, rounded: _rounded, odd_keys: _odd, ...facts } = found
    return {
      sample,
      facts: {
        ...facts,
        encoding: 'utf-8',
        dialect: null,
        new_line: '\n',
        cuts: [],
        direct: found.bad.length === 0 && bom === 0,
        one_piece: false,
        notes: [...notes, ...(found.records === 0 ? [NOTHING] : [])],
      },
    }
  },
  parquet: async (_rewritten, _bom, { uri, staging, context }) => {
    const { notes, ...footer } = await inspectParquet(staging, uri, context.chunk_rows)
    const { facts, sample } = noRecords('parquet', staging.current().size)
    return { sample, facts: { ...facts, ...footer, direct: true, notes: [...notes, ...(footer.records === 0 ? [NOTHING] : [])] } }
  },
}
