/** Judging a dataset by its facts. */
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { MeasureUnit } from '../../plan.ts'
import { demandsOf, payload, task } from '../emit.ts'
import { datasetPlan, stepVariable, surveyVariable } from '../variables.ts'
import { type Assemble, one, result } from './sort.ts'
import { surveyed } from './survey.ts'

export const measure: Assemble<MeasureUnit> = (unit, settings, next) => {
  const { id, step, facts, surveys } = unit
  const body = {
    type: step.type,
    with: step.with,
    dataset: datasetPlan(unit),
    facts: facts === null ? null : jsonata(`$${surveyVariable(facts.survey)}.facts`),
  }
  const state = task(
    {
      task: 'measure',
      payload: payload(settings, 'measure', id, body),
      ...demandsOf(step),
      assign: { [stepVariable(id)]: result('result') },
      onError: settings.onError,
    },
    next,
  )
  return surveyed(surveys, () => step, settings, one(id, state))
}
