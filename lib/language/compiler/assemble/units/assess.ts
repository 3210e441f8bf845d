/** Assembles a step that assesses a dataset by its facts. */
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { Step } from '#language/definition/definition.ts'
import { kindOf } from '#steps/index.ts'
import type { AssessUnit } from '../../plan.ts'
import { limitsOf, payload, task } from '../emit.ts'
import { datasetPlan, stepVariable, surveyVariable } from '../variables.ts'
import { type Assemble, one, result } from './assembler.ts'
import { surveyed } from './survey.ts'

export const assess: Assemble<AssessUnit> = (unit, settings, next) => {
  const { id, step, facts, surveys } = unit
  const body = {
    type: step.type,
    with: step.with,
    dataset: datasetPlan(unit),
    facts: facts === null ? null : jsonata(`$${surveyVariable(facts.survey)}.facts`),
  }
  const state = task(
    {
      task: 'assess',
      ...(readsRows(step) ? { engine: true } : {}),
      payload: payload(settings, 'assess', id, body),
      ...limitsOf(step),
      assign: { [stepVariable(id)]: result('result') },
      onError: settings.onError,
    },
    next,
  )
  return surveyed(surveys, () => step, settings, one(id, state))
}

/** A step that reads rows needs the native engine. */
function readsRows({ type, with: settings }: Step): boolean {
  const kind = kindOf(type)
  return kind?.readsRows?.(kind.config.parse(settings)) === true
}
