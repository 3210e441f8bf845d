/** Says whether the run continues, and why not. */
import { TaskError } from '#core/errors/errors.ts'
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { compiledCondition } from '#steps/kind/fields.ts'
import { config } from './config.ts'

export const gateBehaviour: ControlBehaviour = {
  run: async (settings, { step }) => {
    const { pass_when, else: otherwise, message } = config.parse(settings)
    const { condition, holds, values } = compiledCondition.parse(pass_when)
    if (holds) return { result: { passed: true }, report: { level: 'ok', message: `Passed: ${condition}`, lines: [] } }
    const known = Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    const reason = message ?? `not ${condition}`
    const found = known.length === 0 ? reason : `${reason} (${known.join(', ')})`
    if (otherwise === 'fail') throw new TaskError('Quality.GateFailed', `the gate is closed: ${found}`, { step, path: 'with.pass_when' })
    return {
      result: { passed: false },
      report: { level: 'warning', message: `Closed: ${found}`, lines: [{ level: 'warning', text: 'later steps are skipped' }] },
    }
  },
}
