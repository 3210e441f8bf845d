/** How long a run may take where its definition does not say. */
import { kindOf } from '#steps/index.ts'
import type { Step } from './definition.ts'

/** Seconds. A run without a limit that hangs would hang for a year, and no alarm would notice. */
const ONE_DAY = 86_400

/** One day, and the time that its steps may wait. */
export const usualTimeout = (steps: Iterable<Step>) => [...steps].reduce((sum, step) => sum + waitOf(step), ONE_DAY)

function waitOf({ type, with: settings }: Step): number {
  const kind = kindOf(type)
  return kind?.waits?.(kind.config.parse(settings)) ?? 0
}
