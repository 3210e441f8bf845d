/** Binds row expressions once the columns are known: checks what the definition alone could not show, before any row is read. */
import { check, type ColumnTypes } from '#relational/expression/check.ts'
import type { Expression } from '#relational/expression/ast.ts'
import { isMoment, type ValueType } from '#relational/expression/types.ts'
import { asCompiled, type Bound, columnsOf, expressionOf } from '#relational/operations/expressions.ts'
import type { Json } from '#core/json.ts'
import type { Column, ColumnType } from '#relational/types/types.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { LowerContext } from './lower-context.ts'
import type { ExpressionUse } from './expression-use.ts'
import { madeOnce } from '#core/text/lookup.ts'

type Use = Partial<Pick<ExpressionUse, 'mode' | 'condition' | 'grouped'>>

/**
 * The tree of an expression with its values. Throws Definition.UnknownColumn for a column that does not exist, Definition.InvalidSetting
 * for operations that dates and timestamps do not have, and for text where numbers are required: not every text is a number, and rows would
 * silently drop out of comparisons. Numbers and booleans pass: `zip = '123'` and `gift = 'yes'` mean something whatever type was inferred.
 * So do columns whose cells are all missing: they have no type yet.
 */
export function boundExpression(
  setting: unknown,
  { columns, step }: Pick<LowerContext, 'columns' | 'step'>,
  { mode = 'row', condition = false, grouped }: Use = {},
): Bound {
  const { expression: text, parameters } = asCompiled(setting)
  const expression = expressionOf(text, mode)
  columnsOf(expression, allTypes(columns))
  const options = { condition, parameters: numbersAmong(parameters), ...(grouped === undefined ? {} : { grouped }) }
  const [found] = [
    ...check(expression, momentsAndTexts(columns), options),
    ...check(expression, sureTypes(columns), options).filter(({ textForNumber }) => textForNumber === true),
  ]
  if (found !== undefined) {
    const what = found.what.replace(/\.$/, '')
    throw new TaskError('Definition.InvalidSetting', `in ${text.replace(/\s+/g, ' ').trim()}: ${what}`, {
      step,
      hint: found.textForNumber === true ? `${found.hint.replace(/\.$/, '')}; ${typedAtReading(expression, columns)}` : found.hint,
    })
  }
  return { expression, parameters }
}

/** The alternative hint: set the type where the column is read, where cells that do not fit are quarantined. */
function typedAtReading(expression: Expression, columns: readonly Column[]): string {
  const types = allTypes(columns)
  const texts = columnsOf(expression, types).filter((name) => types.get(name) === 'text')
  return `or, if its cells are numbers, set the type in the discover step: types: {${texts.map((name) => `${/^\w+$/.test(name) ? name : JSON.stringify(name)}: float`).join(', ')}}; cells that are not numbers then go to quarantine`
}

// computed once for all expressions over the same columns
const allTypes = madeOnce(
  (columns: readonly Column[]): ReadonlyMap<string, ColumnType> => new Map(columns.map(({ name, type }) => [name, type])),
)
const momentsAndTexts = madeOnce((columns: readonly Column[]) => typesOf(columns, ({ type }) => isMoment(type) || type === 'text'))
const sureTypes = madeOnce((columns: readonly Column[]) => typesOf(columns, () => true))

const typesOf = (columns: readonly Column[], isSure: (column: Column) => boolean): ColumnTypes =>
  new Map(columns.map((column) => [column.name, column.untyped !== true && isSure(column) ? column.type : 'unknown']))

/** The types of the parameters that are numbers. */
function numbersAmong(parameters: { readonly [path: string]: Json }): ReadonlyMap<string, ValueType> {
  return new Map(
    Object.entries(parameters).flatMap(([path, value]) =>
      typeof value === 'number' ? [[path, Number.isInteger(value) ? ('integer' as const) : ('float' as const)] as const] : [],
    ),
  )
}
