/** The variables of a machine: what a unit leaves for those after it. */
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { Unit } from '../plan.ts'
import { providesDataset, stepsOf } from '../plan.ts'

/** Result of a step: by its id. All other variables begin with a capital, which no id has. */
export const stepVariable = (id: string) => id
/** The dataset a unit makes: `{plan, batches, workers, distributed, items}`. Variables have no `-`, which names of units may have. */
export const datasetVariable = (unit: string) => `Dataset_${unit.replace(/-(.)/, (_, letter: string) => `_${letter.toUpperCase()}`)}`
/** The sources a scan has found. */
export const sourcesVariable = (unit: string) => `Sources_${unit}`
/** What a survey came to: `{dataset, round, facts, again}`. */
export const surveyVariable = (survey: string) => `Survey_${survey}`
/** Whether a segment is passed through again, and which pass is next: `{again, round}`. */
export const roundVariable = (unit: string) => `Round_${unit}`
/** The call that a step asks for: `{at, round, state}`; null when it is done. */
export const againVariable = (unit: string) => `Again_${unit}`
/** Why a unit failed that the run goes on without. */
export const failureVariable = (unit: string) => `Failed_${unit}`
/** Which fallback a unit is at, from 1, and why: `{number, failure}`. */
export const takenVariable = (unit: string) => `Taken_${unit}`
/** What a unit with fallbacks failed of. */
export const errorVariable = (unit: string) => `Error_${unit}`

/** Whether the run goes on when the unit fails: only when none of its steps insists. Without rows there is nothing to go on with. */
export const mayFail = (unit: Unit) =>
  unit.unit !== 'scan' && stepsOf(unit).length > 0 && stepsOf(unit).every(({ on_error }) => on_error.continue_on_error)

/** Whether there are other settings to try when the unit fails. */
export const hasFallbacks = (unit: Unit) => stepsOf(unit).some(({ on_error }) => on_error.fallback.length > 0)

/** All variables a unit assigns on its way, in a fixed order. */
export function variablesOf(unit: Unit): readonly string[] {
  return [
    ...stepsOf(unit).map(({ id }) => stepVariable(id)),
    ...(providesDataset(unit) ? [datasetVariable(unit.id)] : []),
    ...('surveys' in unit ? unit.surveys.map(({ id }) => surveyVariable(id)) : []),
    ...(unit.unit === 'segment' && unit.repeats ? [roundVariable(unit.id)] : []),
    ...(mayFail(unit) ? [failureVariable(unit.id)] : []),
    ...(hasFallbacks(unit) ? [takenVariable(unit.id)] : []),
  ]
}

/** A variable that may not have been assigned on every path. */
export const orNull = (variable: string) => `$exists($${variable}) ? $${variable} : null`

/** Where the plan of the dataset is that a unit reads: a survey may have corrected it. */
export function datasetPlan(unit: Extract<Unit, { reads: string }>): string {
  const survey = unit.unit === 'segment' ? sourceSurvey(unit) : unit.unit === 'assess' ? unit.facts?.survey : undefined
  return survey === undefined ? jsonata(`$${datasetVariable(unit.reads)}.plan`) : jsonata(`$${surveyVariable(survey)}.dataset`)
}

/** The survey at the source whose facts a segment's first step uses. */
const sourceSurvey = (unit: Extract<Unit, { unit: 'segment' }>) => unit.steps[0]?.facts?.survey
