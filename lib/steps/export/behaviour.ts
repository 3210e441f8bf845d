/** Where export writes, and in what form. */
import type { SinkBehaviour } from '#steps/kind/behaviour.ts'
import { TaskError } from '#core/errors/errors.ts'
import { writerCalled } from '#io/formats/writers/index.ts'
import { config } from './config.ts'

export const exportBehaviour: SinkBehaviour = {
  target: (settings) => {
    const { to, format, compression } = config.parse(settings)
    const { name, compressions } = writerCalled(format)
    if (compression !== undefined && !compressions.includes(compression)) {
      throw new TaskError('Definition.InvalidSetting', `${compression} cannot be the compression of ${name} files`, {
        hint: `it must be ${compressions.join(', ')}`,
        path: 'with.compression',
      })
    }
    return { to, format: name, compression: compression ?? compressions[0] }
  },
}
