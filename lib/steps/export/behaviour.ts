/** The target of an export: folder, format and compression. */
import type { SinkBehaviour } from '#steps/kind/behaviour.ts'
import type { SinkTarget } from '#data/pass/pass.ts'
import { config } from './config.ts'

export const exportBehaviour: SinkBehaviour = {
  target: (settings) => {
    const { to, format, compression } = config.parse(settings)
    return {
      to,
      format: format as SinkTarget['format'],
      compression: (compression as SinkTarget['compression'] | undefined) ?? (format === 'parquet' ? 'snappy' : 'none'),
    }
  },
}
