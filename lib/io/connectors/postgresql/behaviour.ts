/** What can be done with tables of PostgreSQL. */
import type { TableConnector } from '../connector.ts'
import { placeOf } from './address.ts'
import { checkTable, countRows, publishTable } from './publish.ts'
import { extract, look, partitions } from './read.ts'

export const postgresqlConnector: TableConnector = {
  holds: 'tables',
  partitions: async (uri, options) => partitions(placeOf(uri, options)),
  look: async (uri, options) => look(placeOf(uri, options)),
  extract: async (uri, to, options) => extract(placeOf(uri, options), to, options),
  target: {
    check: async (uri, publication) => checkTable(placeOf(uri, publication.options ?? {}), publication),
    publish: async (uri, output) => publishTable(placeOf(uri, output.options ?? {}), output),
    rows: async (uri, options) => countRows(placeOf(uri, options)),
  },
}
