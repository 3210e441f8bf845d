/** file: files of this machine. */
import { resolve } from 'node:path'
import type { ConnectorKind } from '../connector.ts'
import { pathOf } from './path.ts'

export const file: ConnectorKind = {
  scheme: 'file',
  summary: 'Files of this machine.',
  forms: {
    'data/sales.csv': 'one file',
    'data/sales': 'every file below a folder',
    'data/*.csv': 'what matches a pattern',
  },
  dataset: (uri) => ({ namespace: 'file', name: resolve(pathOf(uri)) }),
  // what the process may read and write is the system's to say
  access: () => [],
  target: { accepts: 'files', modes: ['replace'] },
  load: async () => (await import('./behaviour.ts')).fileConnector,
}
