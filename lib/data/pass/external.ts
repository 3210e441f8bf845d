/** Opens a file besides the pipeline's sources as a relation, for lookups and joins. */
import { buildDataset, type Inspected } from '#data/dataset/build.ts'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { findFiles } from '#io/connectors/find.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { parseOperation, stages } from '#relational/cells/reading.ts'
import { name as quoted } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import type { Session } from '#io/duckdb/session.ts'
import { TaskError } from '#core/errors/errors.ts'
import { count } from '#core/text/numbers.ts'
import { writeJson } from '#io/workspace/json-store.ts'
import { entryOf } from '#core/text/record.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { inspectFile } from '#data/dataset/inspect-file.ts'
import { type OpenBatch, openBatch } from './open-batch.ts'

export interface ExternalTable {
  readonly columns: readonly Column[]
  /** For each batch of the file a SELECT of all columns by name, typed. */
  readonly relations: readonly string[]
  /** For each batch a SELECT of how many cells do not fit the type of their column, by its name. */
  readonly misfits: readonly string[]
  readonly folders: readonly string[]
  /** Throws Data.SourceChanged if a file changed while it was open. */
  release(): Promise<void>
}

/** Opens all files of the setting as one table. `number` distinguishes it from other tables of the task. */
export async function openExternal(source: string, number: number, context: TaskContext): Promise<ExternalTable> {
  const { files, skipped } = await findFiles([source], context.run.folder)
  for (const one of skipped) context.log(`skipped: ${one}`)
  const inspected: Inspected[] = []
  for (const [at, file] of files.entries()) {
    const key = `${context.workspace.inspection(`${context.step}.external-${number}`, at)}`
    const found = await inspectFile(
      file.uri,
      { options: {}, read: {}, column_names: null, chunk_rows: Number.MAX_SAFE_INTEGER, null_values: null },
      `${key}.text`,
      files.length,
      context,
    )
    await writeJson(context.store, key, found.inspected)
    inspected.push({ ...found.inspected, name: file.name, key })
  }
  const records = inspected.reduce((sum, { inspection }) => sum + inspection.records, 0)
  const { plan } = buildDataset(
    inspected,
    { types: {}, date_order: 'auto', null_values: null },
    { rows: 0, complete: false, threshold: 0 },
    { task_bytes: Number.MAX_SAFE_INTEGER, workers: 1, distributed: false },
  )
  const bad = plan.sources.reduce((sum, entry) => sum + entry.bad, 0)
  if (bad > 0)
    throw new TaskError('Data.Unreadable', `${source}: ${bad} of ${records} records cannot be read as rows`, {
      hint: 'all records of a lookup file must be valid; fix the file',
    })
  return { columns: plan.columns.map(({ name, type, untyped }) => ({ name, type, untyped })), ...(await relationsOf(plan, context)) }
}

async function relationsOf(plan: DatasetPlan, context: TaskContext) {
  const relations: string[] = []
  const misfits: string[] = []
  const folders: string[] = []
  const batches: OpenBatch[] = []
  for (const batch of plan.batches) {
    const opened = await openBatch(plan, batch, context)
    batches.push(opened)
    folders.push(...opened.folders)
    const trimmed = opened.columns.map(({ sql }, at) => `${stages.trimmed(`CAST(${sql} AS VARCHAR)`)} AS t${at}`)
    const present = opened.columns.map(({ plan: column }, at) => `${stages.present(`t${at}`, column)} AS p${at}`)
    const typed = opened.columns.map(({ plan: column, sql }, at) => `${valueSql(column, sql, `p${at}`)} AS ${quoted(column.name)}`)
    const inner = `SELECT *, ${trimmed.join(', ')} FROM (${opened.relation})`
    relations.push(`SELECT ${typed.join(', ')} FROM (SELECT *, ${present.join(', ')} FROM (${inner}))`)
    const lost = opened.columns.flatMap(({ plan: column }, at) =>
      column.from_text && column.type !== 'text'
        ? [`count(*) FILTER (WHERE p${at} <> '' AND ${stages.value(`p${at}`, column)} IS NULL) AS ${quoted(column.name)}`]
        : [],
    )
    if (lost.length > 0) misfits.push(`SELECT ${lost.join(', ')} FROM (SELECT *, ${present.join(', ')} FROM (${inner}))`)
  }
  const release = async () => {
    for (const batch of batches) await batch.release()
  }
  return { relations, misfits, folders, release }
}

/** Text is the text that the file holds, as in the rows of a pipeline. */
function valueSql(column: ColumnPlan, cell: string, present: string): string {
  if (column.type === 'text' && parseOperation(column) === null) return `NULLIF(CAST(${cell} AS VARCHAR), '')`
  return column.from_text || column.type === 'text' ? stages.value(present, column) : cell
}

/** Throws Data.Unreadable if a cell of these columns does not fit the type of its column: it would silently be missing, and not found. */
export async function assertTyped(
  session: Session,
  source: string,
  { columns, misfits }: Pick<ExternalTable, 'columns' | 'misfits'>,
  names: readonly string[],
): Promise<void> {
  for (const query of misfits) {
    const [found = {}] = await session.rows(query)
    const column = columns.find(({ name }) => names.includes(name) && Number(entryOf(found, name) ?? 0) > 0)
    if (column === undefined) continue
    throw new TaskError(
      'Data.Unreadable',
      `${source}: ${count(Number(entryOf(found, column.name)), 'cell')} of the column "${column.name}" cannot be read as ${column.type}, the type of the others`,
      {
        hint: 'all cells of a lookup file must fit the type of their column; fix the file',
      },
    )
  }
}
