/** What the console needs to know of a pipeline: its name, and its steps in the order of the machine. */
import { type Plan, stepsOf } from '#language/compiler/plan.ts'

export interface Outline {
  readonly name: string
  /** The units of a stage run side by side; a stage begins when the one before it has ended. */
  readonly stages: readonly (readonly OutlinedUnit[])[]
}

export interface OutlinedUnit {
  readonly id: string
  readonly steps: readonly { readonly id: string; readonly condition: string | null }[]
}

export const outlineOf = ({ pipeline, stages }: Plan): Outline => ({
  name: pipeline.name,
  stages: stages.map((stage) =>
    stage.map((unit) => ({
      id: unit.id,
      steps: stepsOf(unit).map(({ id, condition_text }) => ({ id, condition: condition_text ?? null })),
    })),
  ),
})
