/** What is reported of a call, once the function has answered. */
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { config } from './config.ts'

export const lambdaBehaviour: ControlBehaviour = {
  run: async (settings) => {
    const { function_name } = config.parse(settings)
    return { result: {}, report: { level: 'ok', message: `Called ${function_name}`, lines: [] } }
  },
}
