/** Arguments of a call: converts them to the types of the parameters, extracts constants, and builds the function's SQL. */
import { type ColumnType, isDecimal } from '#relational/types/types.ts'
import { parameterAt } from './calls.ts'
import { constantProblem, isConstantKind } from './constants.ts'
import type { CallParts, FunctionParameter, FunctionResult } from './function.ts'
import { literalSql, type SqlContext, failParameter, toType, type Value } from './sql-context.ts'
import { literalAs, meetingType } from './scalar.ts'
import { isMoment } from './types.ts'

interface Called {
  readonly name: string
  readonly parameters: readonly FunctionParameter[]
  readonly result: ColumnType | FunctionResult
}

/** The value of a call; `build` makes the SQL from the converted arguments. */
export function lowerArguments(called: Called, values: readonly Value[], context: SqlContext, build: (call: CallParts) => string): Value {
  const same = sameType(called, values)
  const parts = values.map((value, position) => {
    const parameter = parameterAt(called.parameters, position)
    if (parameter === undefined) throw new Error(`${called.name} has no parameter ${position}`)
    return lowerArgument(called.name, parameter, value, same, context)
  })
  const texts = parts.map(({ text }) => text)
  const types = parts.map(({ type }) => type)
  const sql = build({
    args: parts.map((part) => part.sql),
    types,
    texts,
    numbers: parts.map(({ number }) => number),
    once: context.once,
    bind: context.bind,
  })
  const result =
    typeof called.result === 'function'
      ? called.result(
          types,
          texts,
          parts.map(({ number }) => number),
        )
      : called.result
  if (result === 'unknown' || result === 'null' || result === 'interval') throw new Error(`${called.name} does not return a column value`)
  return { sql, type: result }
}

/** The common type of the arguments of kind `same`; text if they have none. */
function sameType(called: Called, values: readonly Value[]): ColumnType {
  const common = meetingType(values.filter((_value, position) => parameterAt(called.parameters, position)?.kind === 'same'))
  return common === 'mixed' || common === 'null' || common === 'unknown' || common === 'interval' ? 'text' : common
}

interface Part {
  readonly sql: string
  readonly type: ColumnType
  readonly text: string | undefined
  readonly number: number | undefined
}

function lowerArgument(name: string, parameter: FunctionParameter, value: Value, same: ColumnType, context: SqlContext): Part {
  if (isConstantKind(parameter)) return constantPart(name, parameter, value)
  if (parameter.kind === 'pattern' && value.text !== undefined) return constantPart(name, parameter, value)
  const type = targetType(parameter, value, same)
  return { sql: toType(value, type, context), type, text: value.text, number: value.number }
}

function targetType({ kind }: FunctionParameter, { type, text }: Value, same: ColumnType): ColumnType {
  switch (kind) {
    case 'same':
      return same
    case 'any':
      return type === 'null' || type === 'interval' ? 'text' : type
    case 'number':
      if (type === 'text' && text !== undefined) return literalAs(text, 'integer') === undefined ? 'float' : 'integer'
      if (isDecimal(type)) return type
      return type === 'integer' || type === 'boolean' || type === 'null' ? 'integer' : 'float'
    case 'moment':
      return isMoment(type) ? (type as ColumnType) : text !== undefined && literalAs(text, 'date') !== undefined ? 'date' : 'timestamp'
    case 'pattern':
    case 'word':
    case 'flags':
    case 'format':
    case 'share':
    case 'offset':
    case 'constant':
      return 'text'
    default:
      return kind
  }
}

/** A value that determines the SQL. The parser checked literals; the value of a parameter is checked here, where it is known. */
function constantPart(name: string, parameter: FunctionParameter, value: Value): Part {
  const constant = value.text ?? value.number
  if (constant === undefined) return failParameter(value.path ?? parameter.name, null, `the ${parameter.name} of ${name}`)
  const numeric = parameter.kind === 'share' || parameter.kind === 'offset'
  const known = numeric && typeof constant === 'string' && literalAs(constant, 'float') !== undefined ? Number(constant) : constant
  const wrong = constantProblem(name, parameter, known)
  if (wrong !== undefined) failParameter(value.path ?? parameter.name, constant, `${parameter.name} of ${name} (${wrong.what})`)
  if (numeric)
    return {
      sql: parameter.kind === 'offset' ? `${known}` : literalSql(String(known), 'float'),
      type: 'integer',
      text: undefined,
      number: Number(known),
    }
  const text = parameter.kind === 'word' ? String(known).toLowerCase() : String(known)
  return { sql: literalSql(text, 'text'), type: 'text', text, number: undefined }
}
