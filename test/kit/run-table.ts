/** Runs one or more rows steps over a small table and returns everything that happened to its rows and cells, as text. */
import { join } from 'node:path'
import type { RowAccount } from '#data/ledger/ledger.ts'
import type { Manifest } from '#io/publish/manifest.ts'
import type { QualityReport } from '#data/report/model.ts'
import { parquetRows, publishedRows, runDefinition, type TestRun, type Workplace } from './run-pipeline.ts'

export interface TableOptions {
  /** The text of the source, or of several, by file name; the first names the format. */
  readonly input: string | Readonly<Record<string, string | Uint8Array>>
  /** The steps between finding and writing, as YAML flow mappings, one each. */
  readonly steps: readonly string[]
  /** More settings of the discover step, as YAML: `types: {zip: text}`. */
  readonly discover?: string
  /** More settings of the source, as YAML: `quarantine_rows: [total]`. */
  readonly source?: string
  /** Bytes a task takes: 1 makes every chunk a task of its own. */
  readonly task_bytes?: number
  /** Inputs of the definition, as YAML: `limit: {type: integer, default: 1}`. */
  readonly inputs?: string
  readonly chunk_rows?: number
}

export type TextRow = Readonly<Record<string, string | null>>

export interface TableRun {
  readonly status: string
  readonly error: string | undefined
  readonly step: string | null
  readonly cause: string | undefined
  readonly hint: string | undefined
  /** What came out, every cell as text; none when the run failed. */
  readonly rows: readonly TextRow[]
  /** Columns of the output with their types: `id integer`. */
  readonly columns: readonly string[]
  readonly account: RowAccount
  /** Counts above 0, `rule column: cells` (or `rows`), in order. */
  readonly counts: readonly string[]
  /** `line rule column` of each quarantined row; the header is line 1. */
  readonly quarantined: readonly string[]
  /** `record → record that stays` of each duplicate; the header is record 0. */
  readonly duplicates: readonly string[]
  /** `line rule column` of each row a rule only flagged. */
  readonly flagged: readonly string[]
  readonly decisions: readonly string[]
  /** `rule column: before → after` of the examples of changed cells; a missing cell is ~. */
  changes(): Promise<readonly string[]>
  readonly report: QualityReport
  readonly run: TestRun
}

let number = 0

/** Runs `discover → steps → export`. A definition that does not compile throws; a failure is returned. */
export async function runTable(
  place: Workplace,
  { input, steps, discover = '', source = '', inputs = '', task_bytes = 1e9, chunk_rows = 10_000 }: TableOptions,
): Promise<TableRun> {
  const folder = `table-${number++}`
  const files = typeof input === 'string' ? { 'in.csv': input } : input
  for (const [name, text] of Object.entries(files)) place.write(`${folder}/in/${name}`, text)
  const out = join(place.folder, folder, 'out')
  const path = JSON.stringify(join(place.folder, folder, 'in', '*'))
  const described = source === '' ? path : `{path: ${path}, ${source}}`
  const more = discover === '' ? '' : `, ${discover}`
  const definition = [
    'version: 1',
    'id: table',
    `inputs: {${inputs}}`,
    `resources: {workers: 1, task_bytes: ${task_bytes}}`,
    'steps:',
    `  - {id: find, type: discover, with: {source: ${described}, chunk_rows: ${chunk_rows}, allow_empty: true${more}}}`,
    ...steps.map((step) => `  - ${step}`),
    `  - {id: write, type: export, with: {to: ${JSON.stringify(out)}}}`,
  ].join('\n')
  const run = await runDefinition(definition, { store: join(place.folder, folder, 'store') })
  const ended = run.status === 'SUCCEEDED'
  const manifest = ended ? run.object<Manifest>('manifest.json') : undefined
  const { report } = run
  return {
    status: run.status,
    error: run.error,
    step: run.step,
    cause: run.cause,
    hint: run.hint,
    rows: ended ? ((await publishedRows(out, 'CAST(COLUMNS(*) AS VARCHAR)')) as TextRow[]) : [],
    columns: (manifest?.columns ?? []).map(({ name, type }) => `${name} ${type}`),
    account: run.ledger.rows,
    counts: report.steps.flatMap(({ counts }) => counts.map(({ rule, column, cells, rows }) => `${rule} ${column}: ${cells + rows}`)),
    quarantined: csvRows(run.text('quarantine/quarantine.csv')).map((row) => `${row['_line']} ${row['_rule']} ${row['_column']}`.trim()),
    duplicates: csvRows(run.text('duplicates.csv')).map((row) => `${row['_record']} → ${row['_kept_record']}`),
    flagged: (await parquetRows(join(place.folder, folder, 'store', 'runs', 'r-test', 'violations.parquet'))).map(
      ({ line, rule, column }) => `${line} ${rule} ${column}`.trim(),
    ),
    changes: async () =>
      (await parquetRows(join(place.folder, folder, 'store', 'runs', 'r-test', 'changes.parquet'))).map(
        ({ rule, column, before, after }) => `${rule} ${column}: ${before ?? '~'} → ${after ?? '~'}`,
      ),
    decisions: report.decisions.map(({ rule, column, choice }) => `${rule} ${column}: ${choice}`),
    report,
    run,
  }
}

/** Records of a CSV with a header; quoted fields may hold anything. */
function csvRows(text: string): Record<string, string>[] {
  const records: string[][] = [[]]
  for (const [, field = '', end] of text.matchAll(/("(?:[^"]|"")*"|[^,\n]*)(,|\n|$)/g)) {
    records.at(-1)?.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field)
    if (end === '\n') records.push([])
  }
  const [header = [], ...rest] = records
  return rest
    .filter((record) => record.length >= header.length)
    .map((record) => Object.fromEntries(header.map((name, at) => [name, record[at] ?? ''])))
}
