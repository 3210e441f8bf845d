/** Calls of functions in the reference engine: arguments become values of the types of the parameters. */
import { parameterAt } from '#relational/expression/calls.ts'
import { isConstantKind } from '#relational/expression/constants.ts'
import type { FunctionParameter, RowFunction } from '#relational/expression/function.ts'
import { literalAs, meetingType } from '#relational/expression/scalar.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { columnType, type Node, toType } from './node.ts'
import { DATE_FUNCTIONS } from './dates.ts'
import { NUMBER_FUNCTIONS } from './numbers.ts'
import { TEXT_FUNCTIONS } from './texts.ts'
import { GENERAL_FUNCTIONS } from './general.ts'
import type { Implementation } from './implementation.ts'

/** What the reference engine knows, by the names of the registry. */
export const FUNCTIONS: ReadonlyMap<string, Implementation> = new Map([
  ...Object.entries(TEXT_FUNCTIONS),
  ...Object.entries(NUMBER_FUNCTIONS),
  ...Object.entries(GENERAL_FUNCTIONS),
  ...Object.entries(DATE_FUNCTIONS),
])

export function callOf(called: RowFunction, nodes: readonly Node[]): Node {
  const implementation = FUNCTIONS.get(called.name)
  if (implementation === undefined) throw new Error(`the reference engine has no function ${called.name}`)
  const same = columnType(meetingType(nodes.filter((_node, at) => parameterAt(called.parameters, at)?.kind === 'same')))
  const types = nodes.map((node, at) => targetType(parameterAt(called.parameters, at) as FunctionParameter, node, same))
  const values = nodes.map((node, at) => toType(node, types[at] as ColumnType))
  const texts = nodes.map(({ text }, at) => (parameterAt(called.parameters, at)?.kind === 'word' ? text?.toLowerCase() : text))
  const numbers = nodes.map(({ number }) => number)
  const result = typeof called.result === 'function' ? called.result(types, texts, numbers) : called.result
  if (result === 'unknown' || result === 'null' || result === 'interval') throw new Error(`${called.name} has no value`)
  return { type: result, at: (row) => implementation({ args: values.map((value) => value(row)), types, texts, numbers }) }
}

function targetType(parameter: FunctionParameter, { type, text }: Node, same: ColumnType): ColumnType {
  const { kind } = parameter
  const isMoment = type === 'date' || type === 'timestamp'
  if (isConstantKind(parameter) || kind === 'pattern') return 'text'
  switch (kind) {
    case 'same':
      return same
    case 'any':
      return type === 'null' || type === 'interval' ? 'text' : type
    case 'number':
      if (type === 'text' && text !== undefined) return literalAs(text, 'integer') === undefined ? 'float' : 'integer'
      return type === 'integer' || type === 'boolean' || type === 'null' ? 'integer' : 'float'
    case 'moment':
      return isMoment ? type : text !== undefined && literalAs(text, 'date') !== undefined ? 'date' : 'timestamp'
    default:
      return kind as ColumnType
  }
}
