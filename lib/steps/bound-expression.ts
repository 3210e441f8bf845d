/** Row expressions of the author, once the columns are there: what the definition alone could not tell is told here, before any row. */
import { check } from '../expression/check.ts'
import { isMoment } from '../expression/types.ts'
import { asCompiled, type Bound, columnsOf, expressionOf } from '../lowering/expressions.ts'
import { TaskError } from '../runtime/errors.ts'
import type { LowerContext } from './lowering.ts'
import type { ExpressionUse } from './step.ts'

type Use = Partial<Pick<ExpressionUse, 'mode' | 'condition' | 'grouped'>>

/**
 * The tree of an expression with its values. Definition.UnknownColumn for a column that is not there, Definition.InvalidSetting for what has
 * no meaning with dates and timestamps. Other columns are let through: `zip = '123'` and `gift = 'yes'` mean something whether the cells
 * were taken for text, numbers or answers, and a column whose cells were all missing has no type yet.
 */
export function boundExpression(
  setting: unknown,
  { columns, step }: Pick<LowerContext, 'columns' | 'step'>,
  { mode = 'row', condition = false, grouped }: Use = {},
): Bound {
  const { expression: text, parameters } = asCompiled(setting)
  const expression = expressionOf(text, mode)
  columnsOf(expression, new Map(columns.map(({ name, type }) => [name, type])))
  const types = new Map(columns.map(({ name, type }) => [name, isMoment(type) ? type : ('unknown' as const)]))
  const [found] = check(expression, types, { condition, ...(grouped === undefined ? {} : { grouped }) })
  if (found !== undefined) {
    const what = found.what.replace(/\.$/, '')
    throw new TaskError('Definition.InvalidSetting', `step ${step}: in ${text}: ${what}`, { hint: found.hint })
  }
  return { expression, parameters }
}
