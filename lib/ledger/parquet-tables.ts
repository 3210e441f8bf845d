/** Small tables of a run as Parquet, written without the native engine: violations that were only remarked upon, and changes by example. */
import { TaskError } from '../runtime/errors.ts'
import type { Gathered } from './gather.ts'
import type { TaskContext } from '../workspace/context.ts'
import { entryOf } from '../text/record.ts'

type Row = { readonly [column: string]: string | number | boolean }
type Schema = { readonly [column: string]: { readonly type: 'UTF8' | 'INT64' | 'BOOLEAN'; readonly optional?: boolean } }

interface Parquet {
  readonly ParquetSchema: new (schema: object) => object
  readonly ParquetWriter: {
    openFile(
      schema: object,
      path: string,
    ): Promise<{ setRowGroupSize(rows: number): void; appendRow(row: object): Promise<void>; close(): Promise<void> }>
  }
  readonly ParquetReader: { openFile(path: string): Promise<{ getRowCount(): { toNumber?(): number } | number; close(): Promise<void> }> }
}

const TEXT = { type: 'UTF8', optional: true } as const
const NUMBER = { type: 'INT64', optional: true } as const

const VIOLATIONS: Schema = {
  source: TEXT,
  record: NUMBER,
  line: NUMBER,
  step: TEXT,
  rule: TEXT,
  column: TEXT,
  value: TEXT,
  reason: TEXT,
  quarantined: { type: 'BOOLEAN' },
}

/** Rows a rule found but left in the output, by example: so many for each rule and batch. */
export async function writeViolations({ segments }: Gathered, context: TaskContext): Promise<void> {
  const rows = segments.flatMap(({ plan, outcomes }) =>
    outcomes.flatMap(({ violations }) =>
      violations.map(({ source, record, line, step, rule, column, value, reason }) => ({
        source: plan.sources[source]?.name ?? '',
        record,
        line,
        step,
        rule,
        column,
        ...(value === null ? {} : { value }),
        reason,
        quarantined: false,
      })),
    ),
  )
  await writeParquet(context, context.workspace.violations, VIOLATIONS, rows)
}

const CHANGES: Schema = { step: TEXT, rule: TEXT, column: TEXT, cells: NUMBER, before: TEXT, after: TEXT }

/** Every change a rule made, by column, with the number of cells and some of them before and after. */
export async function writeChanges({ segments, exchanges, facts }: Gathered, context: TaskContext): Promise<void> {
  const examples = segments.flatMap(({ file }) => file.examples)
  const steps = [...segments.flatMap(({ file }) => file.steps), ...exchanges.map(({ file }) => ({ id: file.step, counts: file.counts }))]
  const rows = steps.flatMap(({ id, counts }) =>
    counts.flatMap(({ rule, column, cells }) => {
      if (cells === 0) return []
      const own = examples.filter((example) => example.step === id && example.rule === rule && example.column === column)
      // what reading has done already shows only in the facts
      const read = entryOf(facts?.columns.find(({ name }) => name === column)?.effects, rule)?.example
      const shown = own.length > 0 ? own : [read ?? { before: null, after: null }]
      return shown.map(({ before, after }) => ({
        step: id,
        rule,
        column,
        cells,
        ...(before === null ? {} : { before }),
        ...(after === null ? {} : { after }),
      }))
    }),
  )
  await writeParquet(context, context.workspace.changes, CHANGES, rows)
}

async function writeParquet({ store }: TaskContext, key: string, schema: Schema, rows: readonly Row[]): Promise<void> {
  // @ts-expect-error the package has no types
  const { ParquetSchema, ParquetWriter, ParquetReader } = (await import('parquetjs-lite')).default as Parquet
  const draft = await store.createLocal(key)
  const writer = await ParquetWriter.openFile(new ParquetSchema(schema), draft.path)
  writer.setRowGroupSize(10_000)
  // one after another: rows appended without waiting are written more than once
  for (const row of rows) await writer.appendRow(row)
  await writer.close()
  const reader = await ParquetReader.openFile(draft.path)
  const counted = Number(reader.getRowCount())
  await reader.close()
  if (counted !== rows.length)
    throw new TaskError('Accounting.Imbalance', `${key}: ${counted} rows stand in the file where ${rows.length} were written`)
  await draft.publish()
}
