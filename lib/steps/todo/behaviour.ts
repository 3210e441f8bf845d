/** What a todo step does: nothing, and it says so. */
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'

export const todoBehaviour: ControlBehaviour = {
  run: async () => ({
    result: { written: false },
    report: { level: 'warning', message: 'Skipped: the step is not written yet', lines: [] },
  }),
}
