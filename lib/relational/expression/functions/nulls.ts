/** Functions for missing values and choices. */
import { arg, type FunctionParameter, type RowFunction } from '../function.ts'
import { commonResult } from '../types.ts'

const VALUE: FunctionParameter = { name: 'value', kind: 'same' }

export const NULL_FUNCTIONS: readonly RowFunction[] = [
  {
    name: 'coalesce',
    aliases: [],
    parameters: [{ ...VALUE, variadic: true }],
    result: commonResult,
    doc: 'The first non-missing value.',
    example: { expression: "coalesce(NULL, 'none')", result: 'none' },
    sql: ({ args }) => `coalesce(${args.join(', ')})`,
  },
  {
    name: 'ifnull',
    aliases: ['nvl'],
    parameters: [VALUE, { ...VALUE, name: 'otherwise' }],
    result: commonResult,
    doc: 'The value, or the other value if it is missing.',
    example: { expression: 'ifnull(NULL, 0)', result: 0 },
    sql: ({ args }) => `coalesce(${args.join(', ')})`,
  },
  {
    name: 'nullif',
    aliases: [],
    parameters: [VALUE, { ...VALUE, name: 'unwanted' }],
    result: commonResult,
    doc: 'The value, or missing if it equals the other value.',
    example: { expression: "nullif('n/a', 'n/a')", result: null },
    // DuckDB's own nullif is a macro that repeats its first argument
    sql: (call) => call.once(arg(call, 0), (value) => `CASE WHEN ${value} = ${arg(call, 1)} THEN NULL ELSE ${value} END`),
  },
  {
    name: 'if',
    aliases: ['iif'],
    parameters: [
      { name: 'condition', kind: 'boolean' },
      { ...VALUE, name: 'then' },
      { ...VALUE, name: 'otherwise' },
    ],
    result: (types) => commonResult(types.slice(1)),
    doc: 'The first value if the condition is true, the second if it is false or missing.',
    example: { expression: "if(3 > 2, 'yes', 'no')", result: 'yes' },
    sql: (call) => `CASE WHEN ${arg(call, 0)} THEN ${arg(call, 1)} ELSE ${arg(call, 2)} END`,
  },
]
