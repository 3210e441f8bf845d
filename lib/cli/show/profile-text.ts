/** The profile of data files, for the terminal. Pure. */
import type { ColumnFacts } from '#relational/measures/facts.ts'
import type { Inspection } from '#io/formats/source.ts'
import { columnProblems, completenessOf, uniquenessOf } from '#data/report/describe-column.ts'
import { shareOf, whole } from '#data/report/figures.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import type { SourceFacts } from '#data/survey/sources.ts'
import type { Quality } from '#data/survey/quality.ts'
import { count } from '#core/text/numbers.ts'
import { columnsOf } from '#cli/terminal/table.ts'

/** `profile.json` of a run, and the format of each source. */
export interface Profile {
  readonly rows: number
  readonly quality: Quality
  readonly sample: { readonly rows: number; readonly complete: boolean }
  readonly columns: readonly ColumnFacts[]
  readonly sources: readonly SourceFacts[]
  readonly form: readonly SourceForm[]
  /** Notes on how columns are read. */
  readonly notes: readonly string[]
}

export type SourceForm = { readonly name: string } & Pick<
  Inspection,
  'format' | 'encoding' | 'compression' | 'dialect' | 'records' | 'notes'
> & {
    /** What delimits the fields in the source; null if nothing does. */
    readonly delimiter: string | null
    readonly columns: number
    readonly bad: number
    /** The first records that cannot be read as rows. */
    readonly broken: readonly { readonly line: number; readonly reason: string }[]
  }

/** Maximum number of sources listed here; the report has all. */
const SOURCES = 20

export function profileText({ rows, columns, form, sample, notes }: Profile): string {
  const sources = form.slice(0, SOURCES).map(sourceLine)
  const rest = form.length > SOURCES ? [`and ${count(form.length - SOURCES, 'more source')}`] : []
  const together = form.length > 1 ? [`together  ${whole(rows)} rows · ${count(columns.length, 'column')}`] : []
  const table = columnsOf(['column', 'type', 'complete', 'unique', 'problems'], columns.map(columnLine), new Set([2, 3]))
  const estimated = sample.complete
    ? ''
    : `Shapes and most frequent values come from a uniform sample of ${whole(sample.rows)} rows; everything else counts every row.\n`
  const noteLines = notes.map((note) => `  ${escapeControls(note, 300)}\n`)
  return `${[...sources, ...rest, ...together].join('\n')}\n${table}${noteLines.join('')}${estimated}`
}

/** `customers.csv  38,412 records · 14 columns · latin-1 · delimiter ";" · header row 1 · 3 broken lines`. */
function sourceLine({ name, records, columns, format, encoding, compression, dialect, delimiter, bad, broken, notes }: SourceForm): string {
  const form =
    dialect === null
      ? [format]
      : [
          encoding,
          ...(columns > 1 && delimiter !== null ? [`delimiter ${delimiter === '\t' ? 'tab' : JSON.stringify(delimiter)}`] : []),
          dialect.header ? `header row ${dialect.skip_lines + 1}` : 'no header',
        ]
  const facts = [
    count(records, 'record'),
    count(columns, 'column'),
    ...form,
    ...(compression === 'none' ? [] : [compression]),
    ...(bad > 0 ? [count(bad, 'broken record')] : []),
  ]
  const problems = broken.map(({ line, reason }) => `line ${whole(line)} ${reason}`)
  const rest = bad > broken.length ? [`and ${count(bad - broken.length, 'more broken record')}`] : []
  return [
    `${escapeControls(name)}  ${facts.join(' · ')}`,
    ...[...notes, ...problems, ...rest].map((note) => `  ${escapeControls(note, 300)}`),
  ].join('\n')
}

function columnLine(column: ColumnFacts): readonly string[] {
  const { name, type, semantic, distinct } = column
  const unique = uniquenessOf(column)
  return [
    escapeControls(name, 40),
    semantic === null || semantic === type ? type : `${type} (${semantic})`,
    column.rows === 0 ? '–' : shareOf(completenessOf(column)),
    unique === null ? '–' : `${distinct.exact ? '' : '≈ '}${shareOf(unique)}`,
    columnProblems(column).join(' · '),
  ]
}
