/** The steps of a segment as one pass: plain data, which an engine carries out on each batch. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { keyOf, type LoweredPass, type SurveyedKey } from '#relational/operations/lowered-pass.ts'
import type { KeyReference, Op } from '#relational/operations/ops.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { type LoweredStep, type LoweredSteps, lowerSteps, type RowsStep } from './lower-steps.ts'

/** The part of the settings of a segment that its pass depends on. */
export interface PassSettings {
  readonly steps: readonly RowsStep[]
  readonly sink: { readonly id: string } | null
  readonly latest: readonly string[]
  readonly key: readonly string[] | null
}

export async function lowerPass(
  { columns }: Pick<DatasetPlan, 'columns'>,
  settings: PassSettings,
  context: TaskContext,
): Promise<{ readonly pass: LoweredPass; readonly lowered: LoweredSteps }> {
  const lowered = await lowerSteps({ columns }, settings.steps, context)
  const { operations, facts, steps } = lowered
  const pass: LoweredPass = {
    columns,
    facts: facts ?? null,
    reader: readerOf(settings, context),
    operations,
    keys: surveyedKeys(operations, steps),
    output: { key: settings.key, latest: settings.latest },
  }
  return { pass, lowered }
}

/** The step under which reading is counted: the first that does anything. */
const readerOf = ({ steps, sink }: Pick<PassSettings, 'steps' | 'sink'>, { step }: Pick<TaskContext, 'step'>): string =>
  steps.find(({ active }) => active)?.id ?? sink?.id ?? step

function surveyedKeys(operations: readonly Op[], steps: readonly LoweredStep[]): readonly SurveyedKey[] {
  return operations.flatMap((operation) => {
    const reference = keyOf(operation)
    return reference === null ? [] : [{ reference, set: keySetOf(reference, steps) }]
  })
}

/** The key set that a reference means. */
export function keySetOf({ survey, set }: KeyReference, steps: readonly LoweredStep[]): KeySet {
  const surveys = steps.flatMap(({ step }) => [...(step.facts === null ? [] : [step.facts]), ...(step.places ?? [])])
  const found = surveys.find((one) => one.survey === survey)?.key_sets[set]
  if (found === undefined) throw new Error(`no step has a key set ${set} of the survey ${survey}`)
  return found
}
