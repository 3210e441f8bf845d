/**
 * Generates DuckDB SQL from a syntax tree. For any data, the SQL never fails at run time: what cannot be computed is NULL. No text from
 * outside enters the SQL unquoted: names and values are quoted here.
 */
import type { Json } from '#core/json.ts'
import { type Once, sqlType } from '#relational/types/sql.ts'
import type { ColumnType } from '#relational/types/types.ts'
import type { AggregateFunction } from './aggregates.ts'
import { type Aggregate, type Expression, hasAggregate } from './ast.ts'
import { columnNamed, columnsOf } from './columns.ts'
import { finished, lower } from './lower.ts'
import { bindOnce, type SqlContext, failParameter, type Value } from './sql-context.ts'

export interface SqlOptions {
  /** The types of the columns by their names in the data. A column without a type is treated as text, whatever it is in the database. */
  readonly types?: Pick<ReadonlyMap<string, ColumnType | 'unknown'>, 'get' | 'has' | 'keys'>
  /** How a value that is used more than once gets a name, for expressions without aggregates (default: a lambda). */
  readonly once?: Once
  /**
   * For window functions: the SQL after OVER, which is the name of a window or a bracketed specification; one for all functions, or one per
   * kind.
   */
  readonly over?: string | Over
  /** The SQL after ORDER BY in order-dependent aggregates (first, string_agg …); without it they take rows in the order they arrive. */
  readonly order?: string
}

/** The window as functions see it. */
export interface Over {
  /** The frame for functions that do not depend on the order of its rows. */
  readonly frame: string
  /** The same frame, sorted. */
  readonly ordered: string
  /** The sorted partition, for functions that depend on the position of a row. */
  readonly positional: string
}

/**
 * The SQL of an expression. `columns` returns the SQL of a column by its name in the data (or as spelled in the expression, without
 * `types`); `parameters` returns the value of a `{{ path }}`, or undefined if it has none. Throws TaskError Definition.InvalidSetting if
 * the value of a parameter is invalid.
 */
export function toSql(
  expression: Expression,
  columns: (name: string) => string,
  parameters: (path: string) => Json | undefined,
  options: SqlOptions = {},
): string {
  return toTypedSql(expression, columns, parameters, options).sql
}

/** Like toSql, with the type of the result, which is exactly the SQL's: text is VARCHAR, integer BIGINT, decimal DOUBLE. */
export function toTypedSql(
  expression: Expression,
  columns: (name: string) => string,
  parameters: (path: string) => Json | undefined,
  options: SqlOptions = {},
): { readonly sql: string; readonly type: ColumnType } {
  const types = options.types ?? new Map<string, ColumnType | 'unknown'>()
  const column = (name: string): Value => {
    const found = columnNamed(name, types) ?? name
    const type = types.get(found) ?? 'text'
    const known = type === 'unknown' ? 'text' : type
    // a cast to the column's own type costs nothing; a column of another type cannot make the query fail
    return { sql: `TRY_CAST(${columns(found)} AS ${sqlType(known)})`, type: known }
  }
  const names = freshNames(columnsOf(expression).map((name) => column(name).sql))
  const context: SqlContext = {
    column,
    parameter: (path) => {
      const value = parameters(path)
      return value === undefined ? failParameter(path, value, 'a value') : value
    },
    once: options.once === undefined || hasAggregate(expression) ? bindOnce(names) : options.once,
    bind: bindOnce(names, 0),
    decorate: (aggregate, filter, called) => decoration(aggregate, filter, called, options),
    hoist: null,
  }
  if (expression.kind === 'aggregate' || !hasAggregate(expression)) return finished(lower(expression, context), context)
  return hoisted(expression, context, names())
}

/** Names for lambdas that do not occur in the SQL of any column. */
function freshNames(columns: readonly string[]): () => string {
  const all = columns.join(' ').toLowerCase()
  let prefix = '_v'
  while (all.includes(prefix)) prefix = `_${prefix}`
  let count = 0
  return () => `${prefix}${++count}`
}

/**
 * Computes the aggregates first, in a record, and the rest from it with a lambda, because DuckDB does not allow TRY around an aggregate.
 */
function hoisted(expression: Expression, context: SqlContext, record: string): { sql: string; type: ColumnType } {
  const fields = new Map<string, string>()
  const hoist = (sql: string) => {
    const field = fields.get(sql) ?? `f${fields.size + 1}`
    fields.set(sql, field)
    return `${record}.${field}`
  }
  const { sql, type } = finished(lower(expression, { ...context, hoist }), context)
  const members = [...fields].map(([member, field]) => `'${field}': ${member}`).join(', ')
  return { sql: `list_transform([{${members}}], lambda ${record}: ${sql})[1]`, type }
}

function decoration(
  { over, filter: condition, distinct }: Aggregate,
  filter: string | undefined,
  called: AggregateFunction,
  options: SqlOptions,
): (sql: string) => string {
  if (over === 'window' && options.over === undefined) throw new Error('a window expression needs the window it is computed over')
  const where = condition === null || filter === undefined ? '' : ` FILTER (WHERE ${filter})`
  const window = over === 'window' && options.over !== undefined ? ` OVER ${windowOf(options.over, called)}` : ''
  return (sql) => {
    const inside =
      over === 'group' && called.ordered && options.order !== undefined ? `${sql.slice(0, -1)} ORDER BY ${options.order})` : sql
    const unique = distinct ? inside.replace('(', '(DISTINCT ') : inside
    return `${unique}${where}${window}`
  }
}

function windowOf(over: string | Over, { ordered, positional }: AggregateFunction): string {
  if (typeof over === 'string') return over
  return positional === true ? over.positional : ordered ? over.ordered : over.frame
}
