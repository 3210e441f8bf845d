/** amounts: numbers with a unit or a currency become exact numbers, with the unit or currency in a column of its own. */
import * as z from 'zod'
import { NULL_VALUES } from '#relational/cells/null-values.ts'
import { evidenceOf } from '#relational/infer/evidence.ts'
import { currencyOf, numbersOf } from '#relational/infer/number-format.ts'
import { roomyDecimal } from '#relational/infer/number-type.ts'
import { type Amount, amountIn, unitIn, unitNamed } from '#relational/infer/units.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import type { Op } from '#relational/operations/ops.ts'
import { expressionOf, nameInExpression } from '#relational/operations/expressions.ts'
import { chosenColumns } from '#relational/types/choose-columns.ts'
import { type Column, digitsOf } from '#relational/types/types.ts'
import { named } from '#core/text/lookup.ts'
import { count } from '#core/text/numbers.ts'
import { preview } from '#core/text/preview.ts'
import { record } from '#core/text/record.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { columns } from '#steps/kind/fields.ts'
import { namedBySettings, openTo } from '#steps/kind/known-columns.ts'
import type { LowerContext } from '#steps/kind/lower-context.ts'
import { defineCleaner } from '../cleaner.ts'

/** What the values of a column show: those that are amounts, with their number of cells, and the others. */
interface Seen {
  readonly amounts: readonly (Amount & { readonly cells: number })[]
  readonly others: readonly string[]
  readonly cells: number
}

/** The values as they are listed, or the most frequent ones of the sample. `any`: any text behind a number is a unit. */
function seenIn(facts: ColumnFacts, any: boolean): Seen {
  const nothing = new Set<string>([...NULL_VALUES, ...facts.null_values])
  const listed = (facts.values ?? facts.sampled.top).map(([value, cells]) => [trimmedText(value), cells] as const)
  const values = listed.filter(([value]) => !nothing.has(value))
  const read = values.map(([value, cells]) => ({ value, cells, amount: amountIn(value) }))
  const isAmount = ({ mark }: Amount) => mark === '' || any || unitIn(mark) !== null || currencyOf(mark) !== null
  return {
    amounts: read.flatMap(({ amount, cells }) => (amount !== null && isAmount(amount) ? [{ ...amount, cells }] : [])),
    others: read.flatMap(({ value, amount }) => (amount !== null && isAmount(amount) ? [] : [value])),
    cells: values.reduce((sum, [, cells]) => sum + cells, 0),
  }
}

function split(column: Column, facts: ColumnFacts, isNamed: boolean, context: LowerContext): readonly Op[] {
  const { amounts, others, cells } = seenIn(facts, isNamed)
  const leave = (why: string) => {
    if (isNamed) context.decide({ rule: 'amounts', column: column.name, choice: 'leave', why, unmet: true })
    return []
  }
  const marks = [...new Set(amounts.map(({ mark }) => mark).filter((mark) => mark !== ''))]
  if (marks.length === 0) return leave('no number in it has a unit or a currency')
  const fitting = amounts.reduce((sum, one) => sum + one.cells, 0)
  // without being asked, only a column in which every value is known to be an amount
  if (!isNamed && (facts.values === null || others.length > 0)) return []
  if (2 * fitting <= cells) return leave(`most of it is no amount, such as ${preview(others, 3)}`)
  const bodies = evidenceOf(
    amounts.flatMap(({ body, cells: times }) => Array.from({ length: Math.min(times, MOST) }, () => body)),
    new Set(['']),
  )
  const numbers = numbersOf(column.name, bodies, null)
  if (bodies.coded > 0) return leave('its numbers have zeros in front')
  if (numbers.against !== null) return leave(`it ${numbers.against}`)
  const type = roomyDecimal(bodies.whole, Math.max(0, ...numbers.scales))
  if (type === undefined) return leave('its numbers have more digits than an exact number holds')
  if (!isNamed && numbers.count < bodies.cells) return []
  const isMoney = marks.every((mark) => currencyOf(mark) !== null)
  const unit = `${column.name}_${isMoney ? 'currency' : 'unit'}`
  if (named(context.columns, unit) !== undefined) return leave(`there is a column "${unit}"`)
  const symbols = record(
    marks.flatMap((mark) => {
      const symbol = isMoney ? currencyOf(mark) : unitNamed(mark)
      return symbol === null || symbol === mark ? [] : [[mark, symbol] as const]
    }),
  )
  context.decide({
    rule: 'amounts',
    column: column.name,
    choice: `${type} with ${unit}`,
    why: `${count(fitting, 'cell')} of ${cells.toLocaleString('en')} ${facts.values === null ? 'of the sample ' : ''}are numbers with ${preview(marks, 4)}`,
  })
  const origin = { step: context.step, rule: 'amounts' }
  const [own, copied] = [nameInExpression(column.name), nameInExpression(unit)]
  const lost = expressionOf(`${copied} IS NOT NULL AND ${own} IS NULL`)
  const cell = (name: string, operation: string, options: Extract<Op, { op: 'cell' }>['options'], counted = false): Op => ({
    ...{ op: 'cell', origin, column: name, cell: operation, options, counted },
  })
  return [
    cell(column.name, 'trim', {}),
    cell(column.name, 'null_values', { tokens: [...new Set<string>([...NULL_VALUES, ...facts.null_values])] }),
    { op: 'derive', origin, columns: [{ name: unit, expression: expressionOf(own), parameters: {} }] },
    cell(column.name, 'amount_number', { ...numbers.format, ...digitsOf(type) }, true),
    {
      ...{ op: 'check', origin, column: column.name, fate: 'quarantine', reason: `${column.name} is not an amount` },
      test: { is: 'violation', expression: lost, parameters: {} },
    },
    cell(unit, 'amount_mark', {}),
    cell(unit, 'replace_values', { values: symbols }),
  ]
}

/** The cells of one value that count as evidence: more of the same show nothing more. */
const MOST = 100

export const amounts = defineCleaner({
  name: 'amounts',
  summary:
    'Turn numbers with a unit or a currency (12.0 oz, EUR 12) into exact numbers, with the unit in a column `<column>_unit` or the currency in `<column>_currency`. A row with a cell that is no amount goes to quarantine.',
  config: z
    .union([z.literal('auto'), z.strictObject({ columns: columns.describe('The columns.') })])
    .describe('`auto` for each text column in which every value is a number with a known unit or currency, or `{columns}`.'),
  needs: () => ({ facts: true, key_sets: [] }),
  columns: (config) => ({ reads: namedBySettings(config, []), after: openTo }),
  changes: () => true,
  lower: (config, context) =>
    chosenColumns(config === 'auto' ? undefined : config.columns, context).flatMap((column) => {
      const facts = named(context.facts?.columns, column.name)
      return column.type !== 'text' || facts === undefined ? [] : split(column, facts, config !== 'auto', context)
    }),
  examples: ['{columns: [weight]}', 'auto'],
})
