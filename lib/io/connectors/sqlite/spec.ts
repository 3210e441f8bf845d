/** sqlite: tables of SQLite databases on this machine. */
import * as z from 'zod'
import type { ConnectorKind } from '../connector.ts'
import { wholePath } from '../file/path.ts'
import { queryUri, tableAddress, tableUri } from './address.ts'

export const sqlite: ConnectorKind = {
  scheme: 'sqlite',
  summary: 'Tables of SQLite databases on this machine.',
  forms: {
    'sqlite://data/shop.db/orders': 'one table or view',
  },
  dataset: (uri, folder) => {
    const { path, table } = tableAddress(uri)
    return { namespace: `sqlite://${wholePath(path, folder)}`, name: table }
  },
  access: () => [],
  local: 'a SQLite database is a file of this machine, and a function on AWS has none',
  target: { accepts: 'rows', modes: ['replace', 'append', 'merge'] },
  connection: {
    settings: z.strictObject({ path: z.string().min(1).describe('The path of the database.') }),
    secrets: [],
    source: z
      .strictObject({
        table: z.string().min(1).optional().describe('A table or view.'),
        query: z.string().min(1).optional().describe('A SELECT whose rows are read. Give an ORDER BY for rows in a fixed order.'),
      })
      .refine(({ table, query }) => (table === undefined) !== (query === undefined), 'give either `table` or `query`'),
    target: z.strictObject({ table: z.string().min(1).describe('The table; created when absent.') }),
    address: ({ path }, { table, query }) =>
      typeof query === 'string' ? queryUri(String(path), query) : tableUri(String(path), String(table)),
  },
  load: async (folder) => (await import('./behaviour.ts')).sqliteConnector(folder),
}
