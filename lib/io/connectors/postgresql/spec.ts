/** postgresql: tables of PostgreSQL servers. */
import { serverConnector } from '../servers/spec.ts'
import { POSTGRESQL } from './kind.ts'

export const postgresql = serverConnector(POSTGRESQL, {
  summary: 'Tables of PostgreSQL servers.',
  forms: {
    'postgresql://host:5432/shop/orders': 'one table or view; `schema.table` for one outside of the search path',
    'postgresql://host:5432/shop?query=SELECT%201': 'the rows of a query, encoded as in every address',
  },
  defaults: { user: 'the environment variable PGUSER, else the user of this machine', password: 'the environment variable PGPASSWORD' },
  pool_size: 'Largest number of connections that read one large table at a time (default: 2).',
  load: async () => (await import('./behaviour.ts')).postgresqlConnector,
})
