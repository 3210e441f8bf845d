/** What can be done with tables of SQLite. */
import type { TableConnector } from '../connector.ts'
import { extract, partitions } from './read.ts'
import { checkTable, publishTable } from './publish.ts'

export const sqliteConnector: TableConnector = {
  holds: 'tables',
  partitions,
  extract,
  target: { check: checkTable, publish: publishTable },
}
