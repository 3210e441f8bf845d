/** The table that operations across rows work on: rows of all batches in one order, replaced after each operation. */
import { stat } from 'node:fs/promises'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Session } from '#io/duckdb/session.ts'
import { lower, nest } from '#relational/operations/to-sql.ts'
import type { Op } from '#relational/operations/ops.ts'
import { traceOn } from '#relational/operations/traced.ts'
import { computedColumn } from '#relational/cells/column-plan.ts'
import { name as quoted, noRows } from '#relational/types/sql.ts'
import { ROW, type Table } from './across.ts'
import type { OpenBatch } from './open-batch.ts'
import { copyTo, INTERMEDIATE } from './pass.ts'
import { type LostValues, lostValues } from './lost-values.ts'
import type { RuleCount } from './rule-counts.ts'
import { countWritten } from './written.ts'

/** Loads all rows into the table `t0`, numbered in order; returns their count. */
export async function loadRows(session: Session, dataset: DatasetPlan, opened: readonly OpenBatch[]): Promise<number> {
  const selects = opened.map(
    ({ relation, columns }) => `SELECT ${columns.map(({ plan, sql }) => `${sql} AS ${quoted(plan.name)}`).join(', ')} FROM (${relation})`,
  )
  const rows = selects.length === 0 ? noRows(dataset.columns) : selects.join(' UNION ALL ')
  await session.run(`CREATE TEMP TABLE t0 AS SELECT row_number() OVER () AS ${ROW}, * FROM (${rows})`)
  return countTable(session, 't0')
}

/** What row operations made of a table. */
interface Applied {
  readonly table: Table
  readonly filtered: number
  readonly counts: readonly RuleCount[]
  /** Values that its operations made missing. */
  readonly lost: readonly LostValues[]
}

/** Row operations as one statement. Rows removed by their filters are gone afterwards; their changes are counted. */
export async function applyRows(session: Session, table: Table, operations: readonly Op[], next: string, reader: string): Promise<Applied> {
  const source = table.columns.map(({ name }, at) => `${quoted(name)} AS r${at}`)
  const lowering = lower({
    columns: table.columns.map((column, at) => ({ plan: computedColumn(column), sql: `r${at}` })),
    facts: null,
    reader,
    operations,
  })
  const relation = nest(`SELECT ${ROW}, ${source.join(', ')} FROM ${table.name}`, lowering.layers)
  const selected = lowering.columns.map((column) => `${column.sql} AS ${quoted(column.name)}`)
  // the first filter that removes a row is the last one to see it
  const gone: string[] = []
  const found = lowering.flags.map(({ fate, sql }) => {
    const seen = [...gone.map((before) => `NOT ${before}`), `COALESCE(${sql}, FALSE)`].join(' AND ')
    if (fate !== 'keep') gone.push(`${sql}`)
    return `count(*) FILTER (WHERE ${seen})`
  })
  const [row = {}] =
    found.length === 0 ? [] : await session.rows(`SELECT ${found.map((sql, at) => `${sql} AS n${at}`).join(', ')} FROM (${relation})`)
  let filtered = 0
  const raised = lowering.flags.map((flag, at) => [flag, Number(row[`n${at}`] ?? 0)] as const)
  const lost = raised.some(([flag]) => flag.counts === 'lost') ? lostValues(await countTable(session, table.name), raised) : []
  const counts = raised.flatMap(([{ origin, column, fate, counts: what, reason }, count]): RuleCount[] => {
    if (count === 0 || what === 'lost' || what === 'void') return []
    if (fate === 'filter') filtered += count
    const [cells, rows] = what === 'cells' ? [count, 0] : [0, count]
    return [{ rule: origin.rule, column, cells, rows, fate, reason, sources: 1 }]
  })
  const where = gone.length === 0 ? '' : ` WHERE ${gone.map((sql) => `NOT ${sql}`).join(' AND ')}`
  await session.run(`CREATE TEMP TABLE ${next} AS SELECT ${[ROW, ...selected].join(', ')} FROM (${relation})${where}`)
  const columns = lowering.columns.map(({ sql: _sql, values: _values, ...column }) => ({ ...column, outside: [] }))
  return { table: { name: next, columns: traceOn(table.columns, columns) }, filtered, counts, lost }
}

export const dropTable = (session: Session, { name }: Pick<Table, 'name'>) => session.run(`DROP TABLE ${name}`)

export async function countTable(session: Session, table: string): Promise<number> {
  const [{ n = 0 } = {}] = await session.rows(`SELECT count(*) AS n FROM ${table}`)
  return Number(n)
}

/** Writes the rows of a table, in order, as an intermediate file; returns its bytes and its rows, counted again in the file. */
export async function writeTable(session: Session, { name, columns }: Table, path: string): Promise<{ rows: number; bytes: number }> {
  const names = columns.map((column) => quoted(column.name)).join(', ')
  await session.run(copyTo(`SELECT ${names} FROM ${name} ORDER BY ${ROW}`, path, INTERMEDIATE))
  const { rows } = await countWritten(session, path, INTERMEDIATE)
  return { rows, bytes: (await stat(path)).size }
}
