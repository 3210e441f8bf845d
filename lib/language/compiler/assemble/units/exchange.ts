/** Assembles a step across rows. */
import type { ExchangeUnit } from '../../plan.ts'
import { limitsOf, payload, task } from '../emit.ts'
import { datasetPlan, datasetVariable, stepVariable } from '../variables.ts'
import { type Assemble, one, result } from './assembler.ts'

export const exchange: Assemble<ExchangeUnit> = (unit, settings, next) => {
  const { id, step } = unit
  const body = { dataset: datasetPlan(unit), type: step.type, with: step.with }
  return one(
    id,
    task(
      {
        task: 'exchange',
        payload: payload(settings, 'exchange', id, body),
        ...limitsOf(step),
        assign: { [stepVariable(id)]: result('result'), [datasetVariable(id)]: result('dataset') },
        onError: settings.onError,
      },
      next,
    ),
  )
}
