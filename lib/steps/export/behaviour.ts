/** The target of an export. */
import { TaskError } from '#core/errors/errors.ts'
import type { SinkBehaviour } from '#steps/kind/behaviour.ts'
import { config } from './config.ts'
import { destinationOf, problemsOf } from './destination.ts'

export const exportBehaviour: SinkBehaviour = {
  destination: (settings) => {
    const parsed = config.parse(settings)
    const [problem] = problemsOf(parsed)
    if (problem !== undefined)
      throw new TaskError('Definition.InvalidSetting', problem.what, { hint: problem.hint, path: ['with', ...problem.path].join('.') })
    return destinationOf(parsed)
  },
}
