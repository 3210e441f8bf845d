/** Row expressions for steps: parses text that already passed the checks, and generates SQL. */
import type { Expression } from '#relational/expression/ast.ts'
import { columnNamed, columnsOf as namesIn } from '#relational/expression/columns.ts'
import { parse } from '#relational/expression/parse.ts'
import { type Over, type SqlOptions, toTypedSql } from '#relational/expression/to-sql.ts'
import type { Json } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'
import { nearest } from '#core/text/nearest.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { entryOf } from '#core/text/record.ts'

export type { Over }

/** The types of columns by their names. */
export type Types = Pick<ReadonlyMap<string, ColumnType>, 'get' | 'has' | 'keys'>

/** An expression with the values of its `{{ … }}` references. */
export interface Bound {
  readonly expression: Expression
  readonly parameters: { readonly [path: string]: Json }
}

/** The tree of an expression. Text that the compiler accepted always parses. */
export function expressionOf(text: string, mode: 'row' | 'aggregate' | 'window' = 'row'): Expression {
  const parsed = parse(text, { aggregates: mode !== 'row', windows: mode === 'window' })
  if (parsed.ok) return parsed.expression
  throw new TaskError('Definition.InvalidSetting', `invalid expression ${text}: ${parsed.problems.map(({ what }) => what).join('; ')}`)
}

/** The SQL of an expression and its type. `sqlOf` returns the SQL of a column. Throws Definition.UnknownColumn for an unknown column. */
export function toSql(
  { expression, parameters }: Bound,
  sqlOf: (column: string) => string,
  types: Types,
  options: Omit<SqlOptions, 'types'> = {},
) {
  columnsOf(expression, types)
  return toTypedSql(expression, sqlOf, (path) => entryOf(parameters, path), { ...options, types })
}

/** The type of what an expression computes. */
export const typeOf = (bound: Bound, types: Types): ColumnType => toSql(bound, (column) => `"${column}"`, types, { over: '()' }).type

/** The columns an expression reads, by their names in the data. */
export function columnsOf(expression: Expression, types: Types): readonly string[] {
  return namesIn(expression).map((name) => {
    const found = columnNamed(name, types)
    if (found !== undefined) return found
    const names = [...types.keys()]
    const near = nearest(name, names)
    throw new TaskError('Definition.UnknownColumn', `unknown column "${name}" in an expression`, {
      hint: `${near === undefined ? '' : `did you mean "${near}"? `}the columns here are ${names.join(', ')}`,
    })
  })
}

/** A column's name as it is written in an expression. */
export const nameInExpression = (column: string) => `"${column.replaceAll('"', '""')}"`

export interface CompiledExpression {
  readonly expression: string
  readonly parameters: { readonly [path: string]: Json }
}

/** A row expression setting with the values of its references, if any. */
export function asCompiled(setting: unknown): CompiledExpression {
  return typeof setting === 'string' ? { expression: setting, parameters: {} } : (setting as CompiledExpression)
}
