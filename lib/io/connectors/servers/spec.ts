/** The declaration of a connector for the tables of a kind of server. */
import * as z from 'zod'
import type { ConnectorKind } from '../connector.ts'
import { addressProblem, connectionAt, connectionUri, datasetOf, type ServerKind, SSL_MODES } from './address.ts'

export interface Declared extends Pick<ConnectorKind, 'summary' | 'forms' | 'load'> {
  /** What stands for a user and a password that are not given. */
  readonly defaults: { readonly user: string; readonly password: string }
  /** What `pool_size` is, with its default; absent: one connection reads a table. */
  readonly pool_size?: string
}

export const serverConnector = (kind: ServerKind, { summary, forms, defaults, pool_size, load }: Declared): ConnectorKind => ({
  scheme: kind.scheme,
  ...(kind.aliases.length === 0 ? {} : { aliases: kind.aliases }),
  summary,
  forms,
  dataset: (uri) => datasetOf(kind, uri),
  problem: (uri) => addressProblem(kind, uri),
  access: () => [],
  target: { accepts: 'rows', modes: ['replace', 'append', 'merge'] },
  connection: {
    settings: z
      .strictObject({
        host: z.string().min(1).optional().describe('The name or address of the server.'),
        port: z.int().min(1).max(65_535).optional().describe(`The port (default: ${kind.port}).`),
        database: z.string().min(1).optional().describe('The database.'),
        user: z.string().min(1).optional().describe(`The user (default: ${defaults.user}).`),
        password: z.string().min(1).optional().describe(`The password, a secret (default: ${defaults.password}).`),
        url: z
          .string()
          .min(1)
          .optional()
          .describe(`In place of the settings above: \`${kind.scheme}://user:password@host:${kind.port}/database\`, a secret.`),
        sslmode: z
          .enum(SSL_MODES)
          .optional()
          .describe(
            'verify-full: encrypted, and the certificate must be of the host. verify-ca: of a known authority. require: encrypted only. disable: in the clear (default: verify-full; disable for a server on this machine).',
          ),
        ca: z.string().min(1).optional().describe('The certificate of the authority as PEM text (default: the public authorities).'),
        ...(pool_size === undefined ? {} : { pool_size: z.int().min(1).max(32).optional().describe(pool_size) }),
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
    address: (settings, at) => connectionUri(kind, settings, at),
    fromAddress: (uri) => connectionAt(kind, uri),
  },
  load,
})
