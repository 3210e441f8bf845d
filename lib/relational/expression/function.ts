/** What a function of the expression language is: its parameters, its result, its SQL. */
import type { Json } from '#core/json.ts'
import type { Once } from '#relational/types/once.ts'
import type { ColumnType } from '#relational/types/types.ts'
import type { ValueType } from './types.ts'

/**
 * What a parameter takes. `number` is an integer or a decimal as it comes, `moment` a date or a timestamp, `any` every
 * type as it is; all parameters of kind `same` are brought to their common type. The others shape the SQL itself and
 * are checked when they are literals or parameters, which all but `pattern` must be: `word` is one of a list, `flags`
 * single letters, `share` a number from 0 to 1, `offset` a number of rows, `constant` any text.
 */
type ParameterKind = ColumnType | 'number' | 'moment' | 'any' | 'same' | 'pattern' | ConstantKind
type ConstantKind = 'word' | 'flags' | 'format' | 'share' | 'offset' | 'constant'

export interface FunctionParameter {
  readonly name: string
  readonly kind: ParameterKind
  readonly optional?: true
  /** May be repeated; only the last parameter can. */
  readonly variadic?: true
  /** The words or letters allowed, for the kinds `word` and `flags`. */
  readonly choices?: readonly string[]
}

/** What a function's SQL is made of. */
export interface CallParts {
  /** The SQL of each argument, converted to the kind of its parameter. */
  readonly args: readonly string[]
  /** The types of the arguments after conversion. */
  readonly types: readonly ColumnType[]
  /** The text of the arguments that are literals of text or parameters with text. */
  readonly texts: readonly (string | undefined)[]
  /** The value of the arguments that are literals of numbers or parameters with a number. */
  readonly numbers: readonly (number | undefined)[]
  readonly once: Once
  /** As once, but the value always gets a name of its own, and is no constant to DuckDB. */
  readonly bind: Once
}

export interface RowFunction {
  readonly name: string
  readonly aliases: readonly string[]
  readonly parameters: readonly FunctionParameter[]
  readonly result: ColumnType | ((types: readonly ValueType[], texts: readonly (string | undefined)[]) => ValueType)
  /** One sentence. */
  readonly doc: string
  readonly example: { readonly expression: string; readonly result: Json }
  /**
   * DuckDB SQL of exactly the result's type, with one value for each row whatever the data is: it never fails, and
   * the text it makes is never longer than MOST_CHARACTERS unless its input was.
   */
  readonly sql: (call: CallParts) => string
}

/** The length beyond which functions that make text longer give NULL instead, in characters. */
export const MAX_CHARACTERS = 1_000_000

/**
 * NULL instead of an error of the database. The SQL must be one operation whose operands cannot fail by themselves:
 * DuckDB computes parts that occur twice in a query beforehand, outside of TRY. It takes no aggregates inside, which the
 * lowering sees to.
 */
export const attempt = (sql: string) => `TRY(${sql})`

/** An argument's SQL; the parser has seen to it that every call has its arguments. */
export function arg(call: CallParts, position: number): string {
  const sql = call.args[position]
  if (sql === undefined) throw new Error(`argument ${position} of a call is missing`)
  return sql
}
