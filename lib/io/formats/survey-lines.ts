/** Surveys a text with one JSON object per line in one pass. */
import { isUtf8 } from 'node:buffer'
import { endsEarly } from '#io/bytes/copy.ts'
import { TaskError } from '#core/errors/errors.ts'
import { isTooLong, MAX_RECORD_BYTES, SHOWN_BYTES, tooLong } from './record-limit.ts'
import { hasRounded } from './json-numbers.ts'
import { hasOddKeys, readJsonRecord } from './json-record.ts'
import { type SampleLimits, sampleHash, startSampler } from './sample.ts'
import type { BadRecord, ByteSource, ChunkSpan, Sample } from './source.ts'
import type { ScanRange } from './scan.ts'
import { MAX_BAD } from './survey.ts'

export interface LinesSurvey {
  readonly columns: readonly string[]
  readonly records: number
  readonly bad: readonly BadRecord[]
  readonly chunks: readonly ChunkSpan[]
  readonly longest_record: number
  readonly sample: Sample
  /** Whether the parser would round a number. */
  readonly rounded: boolean
  /** Whether an object has a key twice, or an empty one. */
  readonly odd_keys: boolean
}

export interface Line {
  readonly record: number
  /** Physical line, from 1. */
  readonly line: number
  /** Including its newline. */
  readonly start: number
  readonly end: number
  /** The first bytes of a line that is too long. */
  readonly bytes: Uint8Array
  /** Null if the line is not UTF-8 or too long to examine. */
  readonly text: string | null
}

/**
 * Reads the lines after a mark of `bom` bytes. Throws Data.Unreadable if more than MAX_BAD are bad, Data.SchemaMismatch if column names
 * differ only in case.
 */
export async function surveyLines(
  source: ByteSource,
  uri: string,
  bom: number,
  settings: { readonly chunk_rows: number; readonly sample: SampleLimits; readonly block_bytes?: number },
): Promise<LinesSurvey> {
  const columns = new Set<string>()
  const bad: BadRecord[] = []
  const starts: { start: number; first: number; line: number }[] = []
  const sampler = startSampler(settings.sample)
  let records = 0
  let longest = 0
  let keysBefore: readonly string[] = []
  let rounded = false
  let oddKeys = false
  const problemOf = (line: Line): string | null => {
    const { text } = line
    if (text === null) return isTooLong(line) ? tooLong(line.end - line.start) : 'contains bytes that are not UTF-8'
    const found = readJsonRecord(text)
    if ('reason' in found) return found.reason
    if (found.keys !== keysBefore) {
      for (const key of found.keys) columns.add(key)
      oddKeys ||= hasOddKeys(found.keys)
    }
    keysBefore = found.keys
    rounded ||= hasRounded(text)
    return null
  }
  const take = (found: Line) => {
    const { record, line, start, end, bytes } = found
    records = record
    if ((record - 1) % settings.chunk_rows === 0) starts.push({ start, first: record, line })
    const reason = problemOf(found)
    if (reason === null) {
      longest = Math.max(longest, end - start)
      if (sampleHash(record) < sampler.threshold()) sampler.add(record, bytes)
      return
    }
    if (bad.length === MAX_BAD) throw tooManyBad(uri, line)
    bad.push({ record, line, start, end, reason })
  }
  for await (const lines of readLines(source, { start: bom, end: source.size, line: 1, records_before: 0 }, settings.block_bytes))
    lines.forEach(take)
  refuseTwins(columns, uri)
  const chunks = starts.map((at, place) => {
    const next = starts[place + 1]
    return {
      start: at.start,
      end: next?.start ?? source.size,
      first: at.first,
      line: at.line,
      records: (next?.first ?? records + 1) - at.first,
    }
  })
  return { columns: [...columns], records, bad, chunks, longest_record: longest, sample: sampler.sample('\n'), rounded, odd_keys: oddKeys }
}

const tooManyBad = (uri: string, line: number) =>
  new TaskError('Data.Unreadable', `${uri}: more than ${MAX_BAD} records up to line ${line} are not JSON objects`, {
    hint: 'set the format of the source if this is not JSON',
  })

/** Column names are the same if they differ only in case. */
function refuseTwins(columns: ReadonlySet<string>, uri: string): void {
  const seen = new Map<string, string>()
  for (const column of columns) {
    const twin = seen.get(column.toLowerCase())
    if (twin !== undefined) {
      throw new TaskError(
        'Data.SchemaMismatch',
        `${uri}: the keys ${JSON.stringify(twin)} and ${JSON.stringify(column)} differ only in case, which column names must not`,
        {
          hint: 'rename one of them where the data is produced',
        },
      )
    }
    seen.set(column.toLowerCase(), column)
  }
}

const BLOCK_BYTES = 1 << 22

/** The non-blank lines of a range, numbered as records; a block at a time, because a promise per line costs more than the line. */
export async function* readLines(source: ByteSource, range: ScanRange, blockBytes = BLOCK_BYTES): AsyncGenerator<readonly Line[]> {
  let record = range.records_before
  let line = range.line
  let rest: Uint8Array[] = []
  let held = 0
  let start = range.start
  const lineOf = (end: number, bytes: Uint8Array, text: string | null): Line[] => {
    const isLong = isTooLong({ start, end })
    if (!isLong && isBlank(bytes)) return []
    return [{ record: ++record, line, start, end, bytes: isLong ? bytes.slice(0, SHOWN_BYTES) : bytes, text: isLong ? null : text }]
  }
  const inOrder = source.ahead?.(range.start, range.end) ?? source
  for (let at = range.start; at < range.end; ) {
    const block = await inOrder.read(at, Math.min(blockBytes, range.end - at))
    if (block.length === 0) throw endsEarly(at)
    const lines: Line[] = []
    let from = 0
    let newline = block.indexOf(10)
    if (newline >= 0 && rest.length > 0) {
      const bytes = joined(rest, block.subarray(0, newline + 1))
      lines.push(...lineOf(at + newline + 1, bytes, textOf(bytes)))
      rest = []
      held = 0
      line++
      from = newline + 1
      start = at + from
      newline = block.indexOf(10, from)
    }
    // decoding all lines at once costs a fraction of decoding each
    const texts = textOf(block.subarray(from, block.lastIndexOf(10) + 1))?.split('\n')
    for (let place = 0; newline >= 0; place++) {
      const bytes = block.subarray(from, newline + 1)
      lines.push(...lineOf(at + newline + 1, bytes, texts === undefined ? textOf(bytes) : (texts[place] ?? null)))
      line++
      from = newline + 1
      start = at + from
      newline = block.indexOf(10, from)
    }
    if (from < block.length && held <= MAX_RECORD_BYTES) held += rest[rest.push(block.subarray(from)) - 1]?.length ?? 0
    if (held > MAX_RECORD_BYTES) rest = [joined(rest, new Uint8Array()).slice(0, SHOWN_BYTES)]
    at += block.length
    yield lines
  }
  const bytes = joined(rest, new Uint8Array())
  yield lineOf(range.end, bytes, textOf(bytes))
}

/** Without the last newline; null if not UTF-8. */
function textOf(bytes: Uint8Array): string | null {
  if (!isUtf8(bytes)) return null
  const length = bytes.length - (bytes.at(-1) === 10 ? 1 : 0)
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('utf8')
}

const joined = (parts: readonly Uint8Array[], last: Uint8Array): Uint8Array => Buffer.concat([...parts, last])

function isBlank(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 32 && byte !== 9 && byte !== 13 && byte !== 10) return false
  return true
}
