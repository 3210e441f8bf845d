/** What can be done with tables of MySQL. */
import type { Options, TableConnector } from '../connector.ts'
import { placeOf } from '../servers/address.ts'
import { MYSQL } from './kind.ts'
import { checkTable, countRows, publishTable } from './publish.ts'
import { extract, look, partitions } from './read.ts'

const place = (uri: string, options: Options = {}) => placeOf(MYSQL, uri, options)

export const mysqlConnector: TableConnector = {
  holds: 'tables',
  partitions: async (uri, options) => partitions(place(uri, options)),
  look: async (uri, options) => look(place(uri, options)),
  extract: async (uri, to, options) => extract(place(uri, options), to),
  target: {
    check: async (uri, publication) => checkTable(place(uri, publication.options), publication),
    publish: async (uri, output) => publishTable(place(uri, output.options), output),
    rows: async (uri, options) => countRows(place(uri, options)),
  },
}
