/** A SELECT of an author over all rows at once: read, bound, run, and accounted for. */
import type { Session } from '#io/duckdb/session.ts'
import { engineMessage } from '#io/duckdb/error.ts'
import { TaskError } from '#core/errors/errors.ts'
import { count } from '#core/text/numbers.ts'
import { named } from '#core/text/lookup.ts'
import { nearest } from '#core/text/nearest.ts'
import type { SelectStatementOp } from '#relational/operations/ops.ts'
import type { TracedColumn } from '#relational/operations/traced.ts'
import { soundColumns } from '#relational/types/sound-columns.ts'
import { name as quoted } from '#relational/types/sql.ts'
import type { Column } from '#relational/types/types.ts'
import { assertTyped, type ExternalTable } from './external.ts'
import { bind, type ReturnedColumn } from './statement-columns.ts'
import { type TracedTable, tracedColumns } from './statement-lineage.ts'
import { accountFor, FIRST, sameKeys } from './statement-rows.ts'
import type { StatementProblem } from './statement-tree.ts'
import { indexIn, placeIn, readStatement, statementSql } from './statement.ts'

/** The name that the rows of the pipeline have in a statement. */
const ROWS = 'rows'

/** The rows before the statement, and the names of tables that it makes. */
interface Around {
  readonly before: { readonly name: string; readonly columns: readonly Column[] }
  readonly row: string
  /** Unique among the tables of the session. */
  readonly prefix: string
}

interface Selected {
  /** The rows that came out, in the order in which they came in, numbered. */
  readonly select: string
  readonly columns: readonly TracedColumn[]
  readonly filtered: string
  readonly fan: string
  readonly left_out: string
  /** Tables that nothing needs once the rows are selected. */
  readonly drop: readonly string[]
}

/** Throws Definition.* for what the statement may not do, and Accounting.Imbalance for rows that are not as declared. */
export async function selectStatement(
  session: Session,
  operation: SelectStatementOp,
  externals: (source: string) => ExternalTable | undefined,
  { before, row, prefix }: Around,
): Promise<Selected> {
  const tables = await inputTables(session, operation, externals, before, prefix)
  const read = await readStatement(session, operation.statement, {
    tables: tables.map(({ name }) => name),
    parameters: Object.keys(operation.parameters),
    members: operation.members,
  })
  if ('problems' in read) throw refused(operation, read.problems[0])
  const sql = await statementSql(session, read.statement, tables, operation.parameters)
  const bound = await bind(session, sql, read.statement, tables)
  if ('problem' in bound) throw refused(operation, bound.problem)
  const columns = soundColumns(bound.columns, operation.origin.step)
  assertDeclared(operation, before.columns, columns)
  const after = `${prefix}_selected`
  await runSelect(session, operation, `CREATE TEMP TABLE ${after} AS SELECT ${bound.columns.map(asReturned).join(', ')} FROM (${sql})`)
  await assertPlain(session, operation, after, bound.columns)
  const { groups, ...account } = await accountFor(session, operation, { before: before.name, after, row })
  const list = columns.map(({ name }) => `a.${quoted(name)}`).join(', ')
  return {
    select: `SELECT row_number() OVER (ORDER BY g.${FIRST}) AS ${row}, ${list} FROM ${after} a JOIN (${groups}) g ON ${sameKeys(operation.keys, 'a', 'g')}`,
    columns: tracedColumns(read.statement.tree, columns, tables, operation.origin),
    ...account,
    drop: [after, ...tables.flatMap(({ source, table }) => (source === null ? [] : [table]))],
  }
}

const asReturned = ({ name, sql }: ReturnedColumn) => `${sql} AS ${quoted(name)}`

/** The rows of the pipeline, and a table of each input. */
async function inputTables(
  session: Session,
  { inputs }: SelectStatementOp,
  externals: (source: string) => ExternalTable | undefined,
  before: Around['before'],
  prefix: string,
): Promise<readonly TracedTable[]> {
  const tables: TracedTable[] = [{ name: ROWS, columns: before.columns, table: before.name, source: null }]
  for (const [at, [name, source]] of Object.entries(inputs).entries()) {
    const external = externals(source)
    if (external === undefined) throw new Error(`the input ${name} is not open`)
    const names = external.columns.map((column) => column.name)
    await assertTyped(session, source, external, names)
    const table = `${prefix}_input${at}`
    const columns = names.map((column) => quoted(column)).join(', ')
    await session.run(`CREATE TEMP TABLE ${table} AS SELECT ${columns} FROM (${external.relations.join(' UNION ALL ')})`)
    tables.push({ name, columns: external.columns, table, source })
  }
  return tables
}

const invalid = (
  operation: SelectStatementOp,
  what: string,
  hint: string,
  path: readonly (string | number)[] = operation.written.path,
  name: 'Definition.InvalidSetting' | 'Definition.UnknownColumn' = 'Definition.InvalidSetting',
) => new TaskError(name, what, { step: operation.origin.step, hint, path: path.join('.') })

/** A problem at its place in the setting, or in the file that the setting names. */
function refused(operation: SelectStatementOp, problem: StatementProblem): TaskError {
  const { path, file } = operation.written
  const index = indexIn(operation.statement, problem)
  const name = problem.missing === undefined ? 'Definition.InvalidSetting' : 'Definition.UnknownColumn'
  if (file === undefined) return invalid(operation, problem.what, problem.hint, [...path, ...(index === undefined ? [] : [index])], name)
  return invalid(operation, `${placeIn(file, operation.statement, index)}: ${problem.what}`, problem.hint, path, name)
}

/** The keys come out as they came in, and the number of members is a number. */
function assertDeclared(operation: SelectStatementOp, before: readonly Column[], after: readonly Column[]): void {
  const { keys, members } = operation
  for (const [at, key] of keys.entries()) {
    const path = ['with', 'keys', at]
    const [came, goes] = [named(before, key), named(after, key)]
    if (came === undefined || goes === undefined) {
      const columns = (came === undefined ? before : after).map(({ name }) => name)
      const near = nearest(key, columns)
      const what = came === undefined ? `the rows have no column "${key}"` : `the statement does not return the key "${key}"`
      const fix = came === undefined ? '' : 'add it to the SELECT; '
      throw invalid(
        operation,
        what,
        `${near === undefined ? '' : `did you mean "${near}"? `}${fix}the columns are ${columns.join(', ')}`,
        path,
      )
    }
    if (came.type !== goes.type)
      throw invalid(
        operation,
        `the key "${key}" comes in as ${came.type} and the statement returns it as ${goes.type}`,
        'return the key unchanged',
        path,
      )
  }
  if (members === undefined) return
  const found = named(after, members)
  if (found?.type === 'integer') return
  const what = found === undefined ? `the statement does not return "${members}"` : `"${members}" is ${found.type}, not a number of rows`
  throw invalid(operation, what, `add count(*) AS ${quoted(members)} to the SELECT`, ['with', 'members'])
}

/** Only the data shows whether a value can be computed. */
async function runSelect(session: Session, operation: SelectStatementOp, sql: string): Promise<void> {
  try {
    await session.run(sql)
  } catch (error) {
    const message = engineMessage(error)
    if (message === undefined) throw error
    const first = (message.split('\n')[0] ?? '').replace(/^[\w ]* Error: /, '')
    const hint =
      'the statement fails as a whole: use TRY_CAST or CASE WHEN for values that cannot be computed, and CAST(… AS DECIMAL(38,0)) for whole numbers beyond 64 bits'
    throw invalid(operation, `the statement fails with these rows: ${first}`, hint)
  }
}

/** Numbers that are not finite and years that formats cannot write are in no column of a dataset. */
async function assertPlain(session: Session, operation: SelectStatementOp, table: string, columns: readonly Column[]): Promise<void> {
  const tests = columns.flatMap(({ name, type }) => {
    if (type === 'float') return [{ name, what: 'is not a finite number', test: `NOT isfinite(${quoted(name)})` }]
    if (type !== 'date' && type !== 'timestamp') return []
    const outside = `NOT isfinite(${quoted(name)}) OR year(${quoted(name)}) NOT BETWEEN 1 AND 9999`
    return [{ name, what: 'is not in the years 1 to 9999', test: outside }]
  })
  if (tests.length === 0) return
  const counts = tests.map(({ test }, at) => `count(*) FILTER (WHERE ${test}) AS n${at}`)
  const [row = {}] = await session.rows(`SELECT ${counts.join(', ')} FROM ${table}`)
  const at = tests.findIndex((_, number) => Number(row[`n${number}`] ?? 0) > 0)
  const found = tests[at]
  if (found === undefined) return
  const rows = Number(row[`n${at}`])
  throw invalid(
    operation,
    `the column "${found.name}" of the statement ${found.what} in ${count(rows, 'row')}`,
    'use CASE WHEN or NULLIF for such values',
  )
}
