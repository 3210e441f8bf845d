/**
 * derive: auto adds common calculated fields: parts of a date, amounts from quantity and price, days between two dates. It uses only
 * columns with unambiguous names, and never replaces a column that exists.
 */
import { expressionOf, nameInExpression } from '#relational/operations/expressions.ts'
import type { DeriveOp } from '#relational/operations/ops.ts'
import { type Column, isNumeric } from '#relational/types/types.ts'
import type { LowerContext } from '#steps/kind/lower-context.ts'

interface Field {
  readonly name: string
  readonly expression: string
}

const isNumber = ({ type }: Column) => isNumeric(type)
const isTime = ({ type }: Column) => type === 'date' || type === 'timestamp'
const find = (columns: readonly Column[], test: (column: Column) => boolean, pattern: RegExp) =>
  columns.find((column) => test(column) && pattern.test(column.name))

/** Year, month and weekday of the first date, which is nearly always when the event of the row happened. */
function dateParts(columns: readonly Column[]): readonly Field[] {
  const date = columns.find(isTime)
  if (date === undefined) return []
  const cell = nameInExpression(date.name)
  return [
    { name: `${date.name}_year`, expression: `year(${cell})` },
    { name: `${date.name}_month`, expression: `month(${cell})` },
    { name: `${date.name}_weekday`, expression: `day_name(${cell})` },
  ]
}

function amounts(columns: readonly Column[]): readonly Field[] {
  const quantity = find(columns, isNumber, /^(quantity|qty|units|pieces)$/i)
  const price = find(columns, isNumber, /^(unit_?price|price|price_per_unit|unit_cost)$/i)
  if (quantity === undefined || price === undefined) return []
  const total = `${nameInExpression(quantity.name)} * ${nameInExpression(price.name)}`
  const discount = find(columns, isNumber, /^discount(_rate|_pct|_percent)?$/i)
  const share = discount === undefined ? '' : nameInExpression(discount.name)
  return [
    { name: 'total_amount', expression: `round(${total}, 2)` },
    // a discount between 0 and 1 is a share; other values can be an amount or a percentage, so the result is null
    ...(discount === undefined
      ? []
      : [{ name: 'net_amount', expression: `CASE WHEN ${share} BETWEEN 0 AND 1 THEN round(${total} * (1 - ${share}), 2) END` }]),
  ]
}

const SPANS: readonly { readonly from: RegExp; readonly to: RegExp; readonly name: string }[] = [
  { from: /^order(ed)?_?(date|at|ts|time)?$/i, to: /^ship(ped|ping)?_?(date|at)$/i, name: 'days_to_ship' },
  { from: /^order(ed)?_?(date|at|ts|time)?$/i, to: /^deliver(ed|y)?_?(date|at)$/i, name: 'days_to_deliver' },
  { from: /^ship(ped|ping)?_?(date|at)$/i, to: /^deliver(ed|y)?_?(date|at)$/i, name: 'days_in_transit' },
  { from: /^start(ed)?_?(date|at|time)$/i, to: /^(end|finish)(ed)?_?(date|at|time)$/i, name: 'duration_days' },
]

function spans(columns: readonly Column[]): readonly Field[] {
  return SPANS.flatMap(({ from, to, name }) => {
    const [start, end] = [find(columns, isTime, from), find(columns, isTime, to)]
    if (start === undefined || end === undefined) return []
    return [{ name, expression: `date_diff('day', ${nameInExpression(start.name)}, ${nameInExpression(end.name)})` }]
  })
}

export function derivedFields({ columns, step, decide }: LowerContext): readonly DeriveOp[] {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()))
  const fields = [...dateParts(columns), ...amounts(columns), ...spans(columns)].filter(({ name }) => !taken.has(name.toLowerCase()))
  if (fields.length === 0) return []
  for (const { name, expression } of fields)
    decide({ rule: 'derive', column: name, choice: expression, why: 'derived from the names of the columns' })
  const computed = fields.map(({ name, expression }) => ({ name, expression: expressionOf(expression), parameters: {} }))
  return [{ op: 'derive', origin: { step, rule: 'derive' }, columns: computed }]
}
