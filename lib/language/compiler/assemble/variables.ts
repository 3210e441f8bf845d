/** The variables of a machine: what a unit leaves for later units. */
import { expression as jsonata } from '#asl/machine/literal.ts'
import type { Unit } from '../plan.ts'
import { providesDataset, stepsOf } from '../plan.ts'

/** Result of a step: its id. All other variables begin with a capital, which no id has. */
export const stepVariable = (id: string) => id
const named = (unit: string) => unit.replace(/-(.)/, (_, letter: string) => `_${letter.toUpperCase()}`)

/** The dataset of a unit: `{plan, batches, workers, distributed, items}`. Variables have no `-`, which names of units can have. */
export const datasetVariable = (unit: string) => `Dataset_${named(unit)}`
/** The sources found by a scan. */
export const sourcesVariable = (unit: string) => `Sources_${unit}`
/** The result of a survey: `{dataset, round, facts, again}`. */
export const surveyVariable = (survey: string) => `Survey_${survey}`
/** Whether a segment needs a second pass, and the number of the next pass: `{again, round}`. */
export const roundVariable = (unit: string) => `Round_${unit}`
/** The call that a step requests: `{at, round, state}`; null when it is done. */
export const againVariable = (unit: string) => `Again_${unit}`
/** The error of a unit that failed, if the run continues without it. */
export const failureVariable = (unit: string) => `Failed_${named(unit)}`
/** The fallback a unit uses, from 1, and the error before it: `{number, failure}`. */
export const takenVariable = (unit: string) => `Taken_${unit}`
/** True for a unit that did not run, where other units have rules about it. */
export const skippedVariable = (unit: string) => `Skipped_${named(unit)}`
/** The error of a unit with fallbacks. */
export const errorVariable = (unit: string) => `Error_${unit}`

/**
 * Whether the run continues if the unit fails: only if all its steps allow it. A scan never may fail: without rows there is nothing to do.
 */
export const mayFail = (unit: Unit) =>
  unit.unit !== 'scan' && stepsOf(unit).length > 0 && stepsOf(unit).every(({ on_error }) => on_error.continue_on_error)

/** Whether an error of the unit is kept in a variable, and other units may run after it. */
export const isCaught = (unit: Unit) => unit.caught === true || mayFail(unit)

/** Whether there are other settings to try if the unit fails. */
export const hasFallbacks = (unit: Unit) => stepsOf(unit).some(({ on_error }) => on_error.fallback.length > 0)

/** All variables that a unit assigns, in a fixed order. */
export function variablesOf(unit: Unit): readonly string[] {
  return [
    ...stepsOf(unit).map(({ id }) => stepVariable(id)),
    ...(providesDataset(unit) ? [datasetVariable(unit.id)] : []),
    ...('surveys' in unit ? unit.surveys.map(({ id }) => surveyVariable(id)) : []),
    ...(unit.unit === 'segment' && unit.repeats ? [roundVariable(unit.id)] : []),
    ...(isCaught(unit) ? [failureVariable(unit.id)] : []),
    ...(unit.marked === true ? [skippedVariable(unit.id)] : []),
    ...(hasFallbacks(unit) ? [takenVariable(unit.id)] : []),
  ]
}

/** Reads a variable that is not assigned on every path. */
export const orNull = (variable: string) => `$exists($${variable}) ? $${variable} : null`

/** The plan of the dataset that a unit reads, which a survey can have corrected. */
export function datasetPlan(unit: Extract<Unit, { reads: string }>): string {
  const survey = unit.unit === 'segment' ? sourceSurvey(unit) : unit.unit === 'assess' ? unit.facts?.survey : undefined
  return survey === undefined ? jsonata(`$${datasetVariable(unit.reads)}.plan`) : jsonata(`$${surveyVariable(survey)}.dataset`)
}

/** The survey of the source whose facts the first step of a segment uses. */
const sourceSurvey = (unit: Extract<Unit, { unit: 'segment' }>) => unit.steps[0]?.facts?.survey
