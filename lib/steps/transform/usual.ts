/**
 * Operations by name: `standardize,aggregate,pivot`. Each does what its name usually means with the columns that are there, by their types and names, so
 * the result depends on no setting and on no chunk.
 */
import { TaskError } from '#core/errors/errors.ts'
import { nearest } from '#core/text/nearest.ts'
import { expressionOf, nameInExpression } from '#relational/operations/expressions.ts'
import type { AcrossOp, Op } from '#relational/operations/ops.ts'
import { type Column, isNumeric } from '#relational/types/types.ts'
import { numberingPlan } from '#steps/kind/numbering-plan.ts'
import { columnsAfterAll } from '#relational/operations/across.ts'
import { boundExpression } from '#steps/kind/bound-expression.ts'
import type { LowerContext } from '#steps/kind/lower-context.ts'

type Lower = (context: LowerContext) => readonly (Op | AcrossOp)[]

const EMAIL = /(^|_)e?_?mail(_address)?$/i
const PHONE = /(^|_)(phone|mobile|telephone|fax)(_number|_no)?$/i
/** Names of columns whose values are categories. */
const CATEGORY =
  /(^|_)(region|country|state|city|district|category|type|kind|status|segment|channel|product|department|currency|gender|method|brand|group|class|level|tier|size|color|colour)$/i
/** Names of numbers that are no amounts: adding them up means nothing. */
const NO_AMOUNT = /(^|_)(id|no|nr|number|code|zip|year|month|day|hour|age|rate|percent|pct|price|latitude|longitude|lat|lon)$/i

const isMoment = ({ type }: Column) => type === 'date' || type === 'timestamp'
const isCategory = ({ name, type }: Column) => type === 'boolean' || (type === 'text' && CATEGORY.test(name))
const isAmount = ({ name, type }: Column) => isNumeric(type) && !NO_AMOUNT.test(name)

/** Texts without white space at either end and with their encoding repaired; e-mail addresses in lower case, phone numbers as + and digits. */
const standardize: Lower = ({ columns, step }) =>
  columns
    .filter(({ type }) => type === 'text')
    .flatMap(({ name }): readonly Op[] => {
      const cell = (operation: string, options = {}): Op => ({
        op: 'cell',
        origin: { step, rule: 'standardize' },
        column: name,
        cell: operation,
        options,
        counted: true,
      })
      return [
        cell('repair_encoding'),
        cell('trim'),
        ...(EMAIL.test(name) ? [cell('lower')] : []),
        ...(PHONE.test(name) ? [cell('e164', { plan: numberingPlan(undefined) })] : []),
      ]
    })

const grouped = (columns: readonly Column[]) => columns.filter(isCategory)

/** A row for each month of the first date and each combination of categories: how many rows, and the sum of each amount. */
const aggregate: Lower = (context) => {
  const { columns, step, decide } = context
  const moment = columns.find(isMoment)
  const categories = grouped(columns)
  if (moment === undefined && categories.length === 0)
    throw new TaskError(
      'Definition.InvalidSetting',
      'aggregate finds no column to group by: no date, and no name such as region, category or status',
      {
        step,
        hint: 'write the operation with its columns: operations: [{aggregate: {by: [country], columns: {rows: count(*)}}}]',
        path: 'with.operations',
      },
    )
  const month = freeName('month', columns)
  const made: Op[] =
    moment === undefined
      ? []
      : [
          {
            op: 'derive',
            origin: { step, rule: 'aggregate' },
            columns: [{ name: month, expression: expressionOf(`date_format(${nameInExpression(moment.name)}, '%Y-%m')`), parameters: {} }],
          },
        ]
  const by = [...(moment === undefined ? [] : [month]), ...categories.map(({ name }) => name)]
  const within = { step, columns: columnsAfterAll(columns, made) }
  const summed = (name: string, expression: string) => ({
    name,
    ...boundExpression(expression, within, { mode: 'aggregate', grouped: by }),
  })
  const sums = columns.filter(isAmount).map(({ name }) => summed(`${name}_sum`, `sum(${nameInExpression(name)})`))
  const rows = summed(freeName('rows', columns), 'count(*)')
  decide({
    rule: 'aggregate',
    column: by.join(', '),
    choice: [rows, ...sums].map(({ name }) => name).join(', '),
    why: 'by the names and types of the columns',
  })
  return [...made, { op: 'aggregate', origin: { step, rule: 'aggregate' }, by, columns: [rows, ...sums] }]
}

/** The values of the first category as columns, a row for each month or value of the next category; the sum of the first amount, or the rows. */
const pivot: Lower = (context) => {
  const { columns, step, decide } = context
  const categories = grouped(columns)
  const [across] = categories
  const month = columns.find(({ name, type }) => type === 'text' && /(^|_)month$/i.test(name)) ?? columns.find(isMoment)
  const rows = month ?? categories[1]
  if (across === undefined || rows === undefined)
    throw new TaskError(
      'Definition.InvalidSetting',
      'pivot needs a category for the columns and a month, a date or another category for the rows',
      {
        step,
        hint: 'write the operation with its columns: operations: [{pivot: {rows: [month], column: region, value: sum(amount)}}]',
        path: 'with.operations',
      },
    )
  const amount = columns.find((column) => isAmount(column) && column.name !== 'rows') ?? columns.find(({ name }) => name === 'rows')
  const value = amount === undefined ? 'count(*)' : `sum(${nameInExpression(amount.name)})`
  decide({ rule: 'pivot', column: across.name, choice: `${value} by ${rows.name}`, why: 'by the names and types of the columns' })
  return [
    {
      op: 'pivot',
      origin: { step, rule: 'pivot' },
      rows: [rows.name],
      column: across.name,
      value: { name: 'value', ...boundExpression(value, context, { mode: 'aggregate', grouped: [rows.name, across.name] }) },
    },
  ]
}

const USUAL: ReadonlyMap<string, Lower> = new Map([
  ['standardize', standardize],
  ['aggregate', aggregate],
  ['pivot', pivot],
])

/** The names in a list separated by commas. */
const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

/** What is wrong with a list of names; null if nothing is. */
export function usualProblem(list: string): { readonly what: string; readonly hint: string } | null {
  const unknown = namesIn(list).find((name) => !USUAL.has(name))
  if (unknown === undefined) return null
  const meant = nearest(unknown, [...USUAL.keys()])
  return {
    what: `unknown operation \`${unknown}\``,
    hint: `${meant === undefined ? '' : `did you mean \`${meant}\`? `}allowed: ${[...USUAL.keys()].join(', ')}, separated by commas`,
  }
}

/** The operations of a list of names without problems, in its order. */
export const usualOperations = (list: string): readonly Lower[] => namesIn(list).flatMap((name) => USUAL.get(name) ?? [])

function freeName(name: string, columns: readonly Column[]): string {
  const isTaken = (one: string) => columns.some((column) => column.name.toLowerCase() === one.toLowerCase())
  return isTaken(name) ? freeName(`${name}_`, columns) : name
}
