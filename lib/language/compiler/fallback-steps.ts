/** The fallbacks of a step, as steps. */
import type { Step } from '#language/definition/definition.ts'
import { NO_REFERENCES } from '#language/definition/references.ts'

/** The step with the settings of each of its fallbacks. */
export const fallbacksOf = (step: Step): readonly Step[] =>
  step.on_error.fallback.map((settings, at) => ({
    ...step,
    with: settings,
    references: { ...step.references, settings: step.references.fallback[at] ?? NO_REFERENCES },
  }))
