/** file: files of this machine. */
import type { ConnectorKind } from '../connector.ts'
import { pathOf, wholePath } from './path.ts'

export const file: ConnectorKind = {
  scheme: 'file',
  summary: 'Files of this machine.',
  forms: {
    'data/sales.csv': 'one file',
    'data/sales': 'every file below a folder',
    'data/*.csv': 'the files that match a pattern',
  },
  dataset: (uri, folder) => ({ namespace: 'file', name: wholePath(pathOf(uri), folder) }),
  // what the process may read and write is the system's to say
  access: () => [],
  local: 'a function on AWS has no folder of this machine',
  target: { accepts: 'files', modes: ['replace', 'append', 'merge'] },
  load: async (folder) => (await import('./behaviour.ts')).fileConnector(folder),
}
