/** postgresql: tables of PostgreSQL servers. */
import * as z from 'zod'
import type { ConnectorKind } from '../connector.ts'
import { addressProblem, connectionAt, connectionUri, namespaceOf, placeOf, SSL_MODES } from './address.ts'

export const postgresql: ConnectorKind = {
  scheme: 'postgresql',
  summary: 'Tables of PostgreSQL servers.',
  forms: {
    'postgresql://host:5432/shop/orders': 'one table or view; `schema.table` for one outside of the search path',
    'postgresql://host:5432/shop?query=SELECT%201': 'the rows of a query, encoded as in every address',
  },
  dataset: (uri) => {
    const { server, name, query } = placeOf(uri, {})
    const table = query === undefined ? [name?.schema, name?.table].filter((part) => part !== undefined).join('.') : 'query'
    return { namespace: namespaceOf(server), name: [server.database, ...(table === '' ? [] : [table])].join('.') }
  },
  problem: addressProblem,
  access: () => [],
  target: { accepts: 'rows', modes: ['replace', 'append', 'merge'] },
  connection: {
    settings: z
      .strictObject({
        host: z.string().min(1).optional().describe('The name or address of the server.'),
        port: z.int().min(1).max(65_535).optional().describe('The port (default: 5432).'),
        database: z.string().min(1).optional().describe('The database.'),
        user: z.string().min(1).optional().describe('The user (default: the environment variable PGUSER, else the user of this machine).'),
        password: z.string().min(1).optional().describe('The password, a secret (default: the environment variable PGPASSWORD).'),
        url: z
          .string()
          .min(1)
          .optional()
          .describe('In place of the settings above: `postgresql://user:password@host:5432/database`, a secret.'),
        sslmode: z
          .enum(SSL_MODES)
          .optional()
          .describe(
            'verify-full: encrypted, and the certificate must be of the host. verify-ca: of a known authority. require: encrypted only. disable: in the clear (default: verify-full; disable for a server on this machine).',
          ),
        ca: z.string().min(1).optional().describe('The certificate of the authority as PEM text (default: the public authorities).'),
        pool_size: z
          .int()
          .min(1)
          .max(32)
          .optional()
          .describe('Largest number of connections that read one large table at a time (default: 2).'),
      })
      .refine(
        ({ url, host, port, database, user, password }) =>
          url === undefined
            ? host !== undefined && database !== undefined
            : [host, port, database, user, password].every((setting) => setting === undefined),
        'give either `url`, or `host` and `database`',
      ),
    secrets: ['password', 'url'],
    source: z
      .strictObject({
        table: z.string().min(1).optional().describe('A table or view (default: the only table of the database).'),
        query: z.string().min(1).optional().describe('A SELECT whose rows are read. Give an ORDER BY for rows in a fixed order.'),
      })
      .refine(({ table, query }) => table === undefined || query === undefined, 'give `table` or `query`, not both'),
    target: z.strictObject({ table: z.string().min(1).describe('The table; created when absent.') }),
    address: connectionUri,
    fromAddress: connectionAt,
  },
  load: async () => (await import('./behaviour.ts')).postgresqlConnector,
}
