/** Each operation across rows as SQL over a temporary table with a column for the order of its rows. */
import type { Session } from '#io/duckdb/session.ts'
import { columnsAcross } from '#relational/operations/across.ts'
import { comparable } from '#relational/types/conversion.ts'
import { print } from '#relational/expression/print.ts'
import { columnsOf, type Over, toSql } from '#relational/operations/expressions.ts'
import type {
  AcrossOp,
  AggregateOp,
  ComputedColumn,
  JoinOp,
  PivotOp,
  SelectStatementOp,
  SortKey,
  SortOp,
  WindowOp,
} from '#relational/operations/ops.ts'
import { keyText } from '#relational/operations/key-set.ts'
import { soundColumns } from '#relational/types/sound-columns.ts'
import { name as quoted, text } from '#relational/types/sql.ts'
import { trimmedSql } from '#relational/types/white-space.ts'
import { type TracedColumn, traceOn, untouched } from '#relational/operations/traced.ts'
import type { Column } from '#relational/types/types.ts'
import { TaskError } from '#core/errors/errors.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { assertTyped, type ExternalTable } from './external.ts'
import { selectStatement } from './select-statement.ts'

export interface Table {
  readonly name: string
  readonly columns: readonly TracedColumn[]
}

/** Column names that no data has. */
export const ROW = '"_siftstep_row"'
const [FIRST, RIGHT, PIVOTED, CELL] = ['"_siftstep_first"', '"_siftstep_right"', '"_siftstep_pivoted"', '"_siftstep_cell"']
const PEERS_AFTER = '"_siftstep_peers_after"'

/** Maximum number of pivoted columns; more come, for example, from a pivot on an id. */
const MAX_PIVOT_COLUMNS = 1000

/** The column for rows without a heading. */
const MISSING = '(missing)'

interface Applied {
  readonly select: string
  /** In terms of the table it was applied to. */
  readonly columns: readonly TracedColumn[]
  /** A query for the number of rows it filters out, if it filters. */
  readonly filtered?: string
  /**
   * A query for the number of rows it must gain (or, below 0, merge), counted independently of the output. Without it the number of rows
   * must not change.
   */
  readonly fan?: string
  /** A query for what it filters out, if that is listed. */
  readonly left_out?: string
  /** Tables to drop afterwards. */
  readonly drop?: readonly string[]
}

/** The other tables of a task, by their paths. */
type Externals = (source: string) => ExternalTable | undefined

type Apply<Op extends AcrossOp> = (session: Session, table: Table, operation: Op, externals: Externals) => Promise<Applied>

const list = (columns: readonly { readonly name: string }[]) => columns.map(({ name }) => quoted(name)).join(', ')
const keysOf = (keys: readonly SortKey[]) => keys.map(({ column, order }) => `${quoted(column)} ${order} NULLS LAST`).join(', ')
const ordering = (keys: readonly SortKey[]) => [...(keys.length === 0 ? [] : [keysOf(keys)]), ROW].join(', ')
const typesOf = ({ columns }: Table) => new Map(columns.map(({ name, type }) => [name, type]))

const compute = (table: Table, column: ComputedColumn, over?: Over) =>
  toSql(column, (name) => quoted(name), typesOf(table), { order: ROW, ...(over === undefined ? {} : { over }) }).sql

/** Columns that an operation computed, traced to the columns of their expressions; the others are unchanged. */
function computedColumns(
  table: Table,
  after: readonly Column[],
  computed: readonly ComputedColumn[],
  operation: AcrossOp,
): readonly TracedColumn[] {
  return untouched(after).map((column) => {
    const made = computed.find(({ name }) => name === column.name)
    return made === undefined
      ? column
      : {
          ...column,
          from: columnsOf(made.expression, typesOf(table)),
          through: [operation.origin],
          derived: true,
          expression: print(made.expression),
        }
  })
}

const sort: Apply<SortOp> = async (_session, table, { by }) => ({
  select: `SELECT row_number() OVER (ORDER BY ${ordering(by)}) AS ${ROW}, ${list(table.columns)} FROM ${table.name}`,
  columns: untouched(table.columns),
})

/** Groups are in the order of their first row. */
const aggregate: Apply<AggregateOp> = async (_session, table, operation) => {
  const computed = operation.columns.map((column) => `${compute(table, column)} AS ${quoted(column.name)}`)
  const keys = operation.by.map((name) => quoted(name))
  const select = `SELECT min(${ROW}) AS ${FIRST}, ${[...keys, ...computed].join(', ')} FROM ${table.name}${keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`}`
  return {
    select: `SELECT row_number() OVER (ORDER BY ${FIRST}) AS ${ROW}, * EXCLUDE (${FIRST}) FROM (${select})`,
    columns: computedColumns(table, columnsAcross(table.columns, operation), operation.columns, operation),
    fan: mergedInto(table, keys),
  }
}

/** One row per group: the change in the number of rows; +1 for an empty table with one group. */
function mergedInto({ name }: Table, keys: readonly string[]): string {
  const groups = keys.length === 0 ? 'SELECT 1' : `SELECT DISTINCT ${keys.join(', ')} FROM ${name}`
  return `SELECT (SELECT count(*) FROM (${groups})) - (SELECT count(*) FROM ${name}) AS n`
}

/**
 * Rows with a missing or empty heading have a column of their own, so that no amount is lost: it is named MISSING, and shared with headings
 * of that text. Values are compared as text.
 */
const pivot: Apply<PivotOp> = async (session, table, operation) => {
  const heading = `COALESCE(NULLIF(${trimmedSql(`CAST(${quoted(operation.column)} AS VARCHAR)`)}, ''), ${text(MISSING)})`
  const values = await session.rows(
    `SELECT DISTINCT ${heading} AS value FROM ${table.name} ORDER BY value = ${text(MISSING)}, value LIMIT ${MAX_PIVOT_COLUMNS + 1}`,
  )
  if (values.length > MAX_PIVOT_COLUMNS) {
    throw new TaskError(
      'Definition.InvalidSetting',
      `pivot: column "${operation.column}" has more than ${MAX_PIVOT_COLUMNS} values, and each would become a column`,
      { hint: 'pivot on a column with few values' },
    )
  }
  const value = toSql(operation.value, (name) => quoted(name), typesOf(table), { order: ROW })
  const names = values.map(({ value: found }) => String(found))
  const from = [...new Set([operation.column, ...columnsOf(operation.value.expression, typesOf(table))])]
  const made = { from, outside: [], through: [operation.origin], derived: true }
  const keys = operation.rows.map((name) => quoted(name)).join(', ')
  const cells = `SELECT min(${ROW}) AS ${FIRST}, ${keys}, ${heading} AS ${PIVOTED}, ${value.sql} AS ${CELL} FROM ${table.name} GROUP BY ${keys}, ${heading}`
  const pivoted = names.map((name) => `any_value(${CELL}) FILTER (WHERE ${PIVOTED} = ${text(name)}) AS ${quoted(name)}`)
  const select = `SELECT min(${FIRST}) AS ${FIRST}, ${[keys, ...pivoted].join(', ')} FROM (${cells}) GROUP BY ${keys}`
  return {
    select: `SELECT row_number() OVER (ORDER BY ${FIRST}) AS ${ROW}, * EXCLUDE (${FIRST}) FROM (${select})`,
    columns: [
      ...untouched(columnsAcross(table.columns, operation)),
      ...names.map((name): TracedColumn => ({ name, type: value.type, ...made })),
    ],
    fan: mergedInto(
      table,
      operation.rows.map((name) => quoted(name)),
    ),
  }
}

const join: Apply<JoinOp> = async (session, table, operation, externals) => {
  const external = externals(operation.source)
  if (external === undefined) throw new Error('the join has no other table')
  const right = `${table.name}_right`
  await session.run(
    `CREATE TEMP TABLE ${right} AS SELECT row_number() OVER () AS ${RIGHT}, * FROM (${external.relations.join(' UNION ALL ')})`,
  )
  const joined = { columns: external.columns, of: operation.source, step: operation.origin.step }
  const keys = operation.on.map(({ left, right: other }) => {
    const found = existingColumn(other, joined)
    return {
      left,
      right: found.name,
      both: comparable(typesOf(table).get(left) ?? 'text', found.type, (said) => keyText(said, '', operation.match)),
    }
  })
  const wanted =
    operation.columns?.map((column) => existingColumn(column, joined)) ??
    external.columns.filter(({ name }) => !keys.some((key) => key.right === name))
  await assertTyped(session, operation.source, external, [...keys.map((key) => key.right), ...wanted.map(({ name }) => name)])
  const taken = new Set(table.columns.map(({ name }) => name))
  const brought = wanted.map((column) => ({ ...column, as: taken.has(column.name) ? `${column.name}_right` : column.name }))
  const clash = brought.find(({ as }) => taken.has(as))
  if (clash !== undefined)
    throw new TaskError(
      'Definition.InvalidSetting',
      `columns "${clash.name}" and "${clash.as}" of the join with ${operation.source} already exist`,
      {
        step: operation.origin.step,
        hint: 'choose the columns to add in `columns`, or rename them',
      },
    )
  const on = keys.map(({ left, right: other, both }) => `${both(`l.${quoted(left)}`)} = ${both(`r.${quoted(other)}`)}`).join(' AND ')
  const selected = [
    ...table.columns.map(({ name }) => `l.${quoted(name)}`),
    ...brought.map(({ name, as }) => `r.${quoted(name)} AS ${quoted(as)}`),
  ]
  return {
    select: `SELECT row_number() OVER (ORDER BY l.${ROW}, r.${RIGHT}) AS ${ROW}, ${selected.join(', ')} FROM ${table.name} l ${operation.kind === 'left' ? 'LEFT' : 'INNER'} JOIN ${right} r ON ${on}`,
    columns: [
      ...untouched(table.columns),
      ...brought.map(
        ({ name, as, type, untyped }): TracedColumn => ({
          name: as,
          type,
          untyped,
          from: [],
          outside: [{ source: operation.source, column: name }],
          through: [operation.origin],
          derived: false,
        }),
      ),
    ],
    // a row gains one for each match after its first
    fan: `SELECT COALESCE(sum(matches - 1), 0) AS n FROM ${table.name} l JOIN (SELECT ${keys.map(({ right: other, both }, at) => `${both(quoted(other))} AS k${at}`).join(', ')}, count(*) AS matches FROM ${right} GROUP BY ALL) r ON ${keys.map(({ left, both }, at) => `${both(`l.${quoted(left)}`)} = r.k${at}`).join(' AND ')}`,
    ...(operation.kind === 'inner' ? { filtered: `SELECT count(*) AS n FROM ${table.name} l ANTI JOIN ${right} r ON ${on}` } : {}),
  }
}

/**
 * The frame is that of SQL: without an order the whole partition; with one the rows from the start of the partition to the current row and
 * its peers, the rows with equal keys. Functions that depend on the order of a frame see peers in the order of the rows, so the number of
 * peers still to come is counted first: a frame by keys alone would leave their order undefined.
 */
const window: Apply<WindowOp> = async (_session, table, operation) => {
  const { partition_by, order_by, columns } = operation
  const partition = partition_by.length === 0 ? '' : `PARTITION BY ${partition_by.map((name) => quoted(name)).join(', ')}`
  const positional = `(${partition} ORDER BY ${ordering(order_by)})`
  const over: Over =
    order_by.length === 0
      ? {
          frame: `(${partition})`,
          ordered: `(${partition} ORDER BY ${ROW} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)`,
          positional,
        }
      : {
          frame: `(${partition} ORDER BY ${keysOf(order_by)})`,
          ordered: `(${partition} ORDER BY ${ordering(order_by)} ROWS BETWEEN UNBOUNDED PRECEDING AND ${PEERS_AFTER} FOLLOWING)`,
          positional,
        }
  const computed = columns.map((column) => `${compute(table, column, over)} AS ${quoted(column.name)}`)
  const peers = `SELECT *, count(*) OVER ${over.frame} - row_number() OVER ${positional} AS ${PEERS_AFTER} FROM ${table.name}`
  const kept = table.columns.filter(({ name }) => !columns.some((column) => column.name === name))
  const from = computed.some((sql) => sql.includes(PEERS_AFTER)) ? `(${peers})` : table.name
  return {
    select: `SELECT ${ROW}, ${[...kept.map(({ name }) => quoted(name)), ...computed].join(', ')} FROM ${from}`,
    columns: computedColumns(table, columnsAcross(table.columns, operation), columns, operation),
  }
}

const select_statement: Apply<SelectStatementOp> = (session, table, operation, externals) =>
  selectStatement(session, operation, externals, { before: table, row: ROW, prefix: table.name })

const APPLY: { readonly [Name in AcrossOp['op']]: Apply<Extract<AcrossOp, { op: Name }>> } = {
  sort,
  aggregate,
  pivot,
  join,
  window,
  select_statement,
}

interface Next {
  readonly table: Table
  readonly filtered: number
  readonly fan: number
  /** A query for what was filtered out, over tables that are still there; absent if that is not listed. */
  readonly left_out?: string
  /** Drops the tables that only this query needs. */
  release(): Promise<void>
}

/** Creates the table `next` with the result of the operation; returns how many rows it filtered out, and how many it must have gained. */
export async function applyAcross(session: Session, table: Table, operation: AcrossOp, next: string, externals: Externals): Promise<Next> {
  const {
    select,
    columns,
    filtered,
    fan,
    left_out,
    drop = [],
  } = await (APPLY[operation.op] as Apply<AcrossOp>)(session, table, operation, externals)
  soundColumns(columns, operation.origin.step)
  await session.run(`CREATE TEMP TABLE ${next} AS ${select}`)
  const counted = async (query: string | undefined) => Number((query === undefined ? [] : await session.rows(query))[0]?.['n'] ?? 0)
  return {
    table: { name: next, columns: traceOn(table.columns, columns) },
    filtered: await counted(filtered),
    fan: await counted(fan),
    ...(left_out === undefined ? {} : { left_out }),
    release: async () => {
      for (const name of drop) await session.run(`DROP TABLE ${name}`)
    },
  }
}
