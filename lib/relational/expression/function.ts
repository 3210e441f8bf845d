/** The definition of a function of the expression language: its parameters, result and SQL. */
import type { Json } from '#core/json.ts'
import type { Once } from '#relational/types/sql.ts'
import type { ColumnType } from '#relational/types/types.ts'
import type { ValueType } from './types.ts'

/**
 * What a parameter accepts. `number` is a number of any type unchanged, `moment` a date or a timestamp, `any` every type unchanged; all
 * parameters of kind `same` are converted to their common type. The others determine the SQL itself. They are checked if they are literals
 * or parameters, which all except `pattern` must be: `word` is one of a list, `flags` single letters, `share` a number from 0 to 1,
 * `offset` a number of rows, `constant` any text.
 */
type ParameterKind = ColumnType | 'number' | 'moment' | 'any' | 'same' | 'pattern' | ConstantKind
type ConstantKind = 'word' | 'flags' | 'format' | 'share' | 'offset' | 'constant'

export interface FunctionParameter {
  readonly name: string
  readonly kind: ParameterKind
  readonly optional?: true
  /** May be repeated; only the last parameter can. */
  readonly variadic?: true
  /** The allowed words or letters, for the kinds `word` and `flags`. */
  readonly choices?: readonly string[]
}

/** The input for a function's SQL. */
export interface CallParts {
  /** The SQL of each argument, converted to the kind of its parameter. */
  readonly args: readonly string[]
  /** The types of the arguments after conversion. */
  readonly types: readonly ColumnType[]
  /** The text of arguments that are text literals or parameters with text. */
  readonly texts: readonly (string | undefined)[]
  /** The value of arguments that are number literals or parameters with a number. */
  readonly numbers: readonly (number | undefined)[]
  readonly once: Once
  /** Like `once`, but the value is always named, and DuckDB does not treat it as a constant. */
  readonly bind: Once
}

/** The type of a call, from the types of its arguments, and from texts and numbers that are known before the data. */
export type FunctionResult = (
  types: readonly ValueType[],
  texts: readonly (string | undefined)[],
  numbers: readonly (number | undefined)[],
) => ValueType

export interface RowFunction {
  readonly name: string
  readonly aliases: readonly string[]
  readonly parameters: readonly FunctionParameter[]
  readonly result: ColumnType | FunctionResult
  /** One sentence. */
  readonly doc: string
  readonly example: { readonly expression: string; readonly result: Json }
  /**
   * DuckDB SQL of exactly the result's type, with one value per row for any data: it never fails, and generated text is never longer than
   * MAX_CHARACTERS unless the input was.
   */
  readonly sql: (call: CallParts) => string
}

/** Functions that lengthen text return NULL beyond this length, in characters. */
export const MAX_CHARACTERS = 1_000_000

/**
 * NULL instead of a database error. The SQL must be a single operation whose operands cannot fail: DuckDB computes parts that occur twice
 * in a query in advance, outside of TRY. It cannot contain aggregates, which the lowering ensures.
 */
export const attempt = (sql: string) => `TRY(${sql})`

/**
 * The first argument, parsed by the format in the second. try_strptime reads the words epoch and infinity as 1900-01-01, whatever the
 * format.
 */
export const parsedBy = (call: CallParts, text = arg(call, 0)) =>
  call.once(
    text,
    (value) =>
      `CASE WHEN NOT regexp_full_match(${value}, '(?i)[[:space:]]*(?:epoch|-?infinity)[[:space:]]*') THEN try_strptime(${value}, ${arg(call, 1)}) END`,
  )

/** The SQL of an argument. The parser ensures that every call has its arguments. */
export function arg(call: CallParts, position: number): string {
  const sql = call.args[position]
  if (sql === undefined) throw new Error(`argument ${position} of a call is missing`)
  return sql
}
