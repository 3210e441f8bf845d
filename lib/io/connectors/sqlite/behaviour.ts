/** What can be done with tables of SQLite. */
import type { BaseFolder, TableConnector } from '../connector.ts'
import { wholePath } from '../file/path.ts'
import { type TableAddress, tableAddress } from './address.ts'
import { checkTable, countRows, publishTable } from './publish.ts'
import { extract, look, partitions } from './read.ts'

/** Databases of this machine, relative paths below the folder. */
export function sqliteConnector(folder: BaseFolder): TableConnector {
  const at = (uri: string): TableAddress => {
    const { path, table } = tableAddress(uri)
    return { uri, path: wholePath(path, folder), table }
  }
  return {
    holds: 'tables',
    partitions: async (uri, options) => partitions(at(uri), options),
    look: async (uri, options) => look(at(uri), options),
    extract: async (uri, to, options) => extract(at(uri), to, options),
    target: {
      check: async (uri, publication) => checkTable(at(uri), publication),
      publish: async (uri, output) => publishTable(at(uri), output),
      rows: async (uri) => countRows(at(uri)),
    },
  }
}
