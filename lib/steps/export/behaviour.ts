/** Where export writes, and in what form. */
import type { SinkBehaviour } from '../behaviour.ts'
import type { SinkTarget } from '../../segment/pass.ts'
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
