/** Surveys a delimited text in one pass. */
import { TaskError } from '#core/errors/errors.ts'
import { type KernelSettings, openKernel, type ScanEvent, type ScanTotals } from './kernel.ts'
import { type OddRowContext, startOddRows } from './odd-rows.ts'
import { tooLong } from './record-limit.ts'
import { cells } from './record-text.ts'
import { type SampleLimits, sampleHash, startSampler } from './sample.ts'
import { blockFor, type ScanRange, scanText } from './scan.ts'
import type { BadRecord, ByteRange, ByteSource, ChunkSpan, NewLine, Sample } from './source.ts'

export interface Survey {
  readonly totals: ScanTotals
  readonly bad: readonly BadRecord[]
  readonly cuts: readonly ByteRange[]
  readonly chunks: readonly ChunkSpan[]
  /** How most of them end. */
  readonly new_line: NewLine
  /** Whether good records and blank lines end in more than one way. */
  readonly mixed: boolean
  readonly sample: Sample
  /** The last bytes of the text. */
  readonly tail: Uint8Array
}

export interface SurveySettings extends KernelSettings {
  readonly sample: SampleLimits
  /** The line ending if no record shows it. */
  readonly new_line: NewLine
  readonly block_bytes?: number
  /** Kinds of rows that are bad records although they can be read; null for none. */
  readonly odd?: (OddRowContext & { readonly kinds: ReadonlySet<string>; readonly second_header: boolean }) | null
}

const NEW_LINES: readonly NewLine[] = ['\n', '\r\n', '\r']

/** Every record is sampled. */
const ALL = 2 ** 32

/** The maximum number of bad records listed: with more, the text is being read with wrong settings. */
export const MAX_BAD = 1_000_000

/** Reads the range once. Throws Data.Unreadable if more than MAX_BAD records are bad. */
export async function survey(source: ByteSource, uri: string, range: ScanRange, settings: SurveySettings): Promise<Survey> {
  const kernel = openKernel(settings, settings.block_bytes ?? blockFor(range))
  const sampler = startSampler(settings.sample)
  const bad: BadRecord[] = []
  const cuts: ByteRange[] = []
  const starts: ScanEvent[] = []
  const { odd = null } = settings
  const oddRows =
    odd === null
      ? null
      : startOddRows<{ readonly event: ScanEvent; readonly bytes: Uint8Array }>(odd.kinds, odd, {
          data: ({ event, bytes }) => {
            if (sampleHash(event.record) < sampler.threshold()) sampler.add(event.record, bytes)
          },
          odd: ({ event: { record, line, start, end } }, reason) => bad.push({ record, line, start, end, reason }),
        })
  // to find odd rows, all records are looked at
  kernel.setThreshold(oddRows === null ? sampler.threshold() : ALL)

  const tail = await scanText(source, range, kernel, (event, textOf) => {
    const { start, end, line, record } = event
    if (event.kind === 'chunk') starts.push(event)
    else if (event.kind === 'bad') {
      if (bad.length >= MAX_BAD) throw tooManyBad(uri, event, settings)
      bad.push({ record, line, start, end, reason: reasonOf(event, settings.fields) })
    } else if (event.kind === 'comment') {
      const before = cuts.at(-1)
      if (before?.end === start) cuts[cuts.length - 1] = { start: before.start, end }
      else cuts.push({ start, end })
    } else if (event.kind === 'sample') {
      const text = textOf(start, end)
      const offer = (bytes: Uint8Array) => {
        if (oddRows !== null) {
          const kept = Uint8Array.from(bytes)
          return oddRows.take({ event, bytes: kept }, record, cells(Buffer.from(kept).toString('utf8'), settings.dialect))
        }
        sampler.add(record, bytes)
        kernel.setThreshold(sampler.threshold())
      }
      return text instanceof Uint8Array ? offer(text) : text.then(offer)
    }
  })

  oddRows?.end()
  // totals at the end are found when the text has ended
  if (oddRows !== null) bad.sort((a, b) => a.record - b.record)

  const totals = kernel.totals()
  const styles = [totals.lf, totals.crlf, totals.cr]
  const most = Math.max(...styles)
  const new_line = (most > 0 && NEW_LINES[styles.indexOf(most)]) || settings.new_line
  return {
    totals,
    bad,
    cuts,
    chunks: starts.map((event, at) => ({
      start: event.start,
      end: starts[at + 1]?.start ?? range.end,
      first: event.record,
      line: event.line,
      records: (starts[at + 1]?.record ?? totals.records + 1) - event.record,
    })),
    new_line,
    mixed: styles.filter((count) => count > 0).length > 1,
    sample: sampler.sample(new_line),
    tail,
  }
}

function reasonOf({ reason, fields, start, end }: ScanEvent, expected: number): string {
  if (reason === 1) return `has ${fields} ${fields === 1 ? 'field' : 'fields'} instead of ${expected}`
  if (reason === 2) return 'has text after a closing quote'
  if (reason === 3) return 'has an unclosed quote'
  if (reason === 5) return tooLong(end - start)
  return 'contains bytes that are not UTF-8'
}

const tooManyBad = (uri: string, { line }: ScanEvent, { dialect, fields }: SurveySettings) =>
  new TaskError(
    'Data.Unreadable',
    `${uri}: more than ${MAX_BAD} records up to line ${line} cannot be read as rows of ${fields} fields with delimiter ${JSON.stringify(dialect.delimiter)}`,
    {
      hint: 'the settings probably do not match the text: set delimiter, quote, escape, header or skip_lines of the source',
    },
  )
