/** What can be done with tables of PostgreSQL. */
import type { TableConnector } from '../connector.ts'
import { placeOf } from './address.ts'
import { extract, partitions } from './read.ts'

export const postgresqlConnector: TableConnector = {
  holds: 'tables',
  partitions: async (uri, options) => partitions(placeOf(uri, options)),
  extract: async (uri, to, options) => extract(placeOf(uri, options), to, options),
}
