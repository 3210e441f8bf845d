/** Finds the step that a failure belongs to. */
import { parseCause } from '#core/errors/failure.ts'

/** The step that the cause names, if it is one of `steps`; otherwise `otherwise`. */
export function failedStepOf(cause: string, steps: readonly string[], otherwise: string | null): string | null {
  const { step } = parseCause(cause)
  return step !== null && steps.includes(step) ? step : otherwise
}
