/** Assembles code of the author: called for each batch, then what it returned is counted and becomes a dataset. */
import type { OwnUnit } from '../../plan.ts'
import { limitsOf, mapped, payload, task } from '../emit.ts'
import { datasetPlan, datasetVariable, stepVariable } from '../variables.ts'
import { type Assemble, join, one, overBatches, result } from './assembler.ts'

export const own: Assemble<OwnUnit> = (unit, settings, next) => {
  const { id, step, reads } = unit
  const body = { dataset: datasetPlan(unit), type: step.type, with: step.with }
  const limit = settings.limits.get(id)?.max_bad_rows
  const map = mapped(
    settings,
    { ...overBatches(id, 'apply', `$${datasetVariable(reads)}`, step), settings: body, ...limitsOf(step) },
    `${id}.gather`,
  )
  const gather = task(
    {
      task: 'gather',
      payload: payload(settings, 'gather', id, {
        ...body,
        max_bad_rows: limit === undefined ? {} : { [id]: limit },
        ...(settings.failing.has(id) ? { failing: [id] } : {}),
      }),
      ...limitsOf(step),
      assign: { [stepVariable(id)]: result(`steps.${id}`), [datasetVariable(id)]: result('dataset') },
      onError: settings.onError,
    },
    next,
  )
  return join(map, one(`${id}.gather`, gather))
}
