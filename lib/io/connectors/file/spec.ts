/** file: files of this machine. */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ConnectorKind } from '../connector.ts'

export const file: ConnectorKind = {
  scheme: 'file',
  summary: 'Files of this machine.',
  forms: {
    'data/sales.csv': 'one file',
    'data/sales': 'every file below a folder',
    'data/*.csv': 'the files that match a pattern',
  },
  dataset: (uri) => ({ namespace: 'file', name: resolve(pathOf(uri)) }),
  load: async () => (await import('./behaviour.ts')).fileConnector,
}

/** The path of an address. */
export const pathOf = (uri: string) => (/^file:\/\//i.test(uri) ? fileURLToPath(uri) : uri)
