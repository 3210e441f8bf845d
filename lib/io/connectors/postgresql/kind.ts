/** How PostgreSQL is named, and where its servers listen. */
import type { ServerKind } from '../servers/address.ts'

export const POSTGRESQL: ServerKind = {
  title: 'PostgreSQL',
  scheme: 'postgresql',
  // the short form was always read in `url`
  aliases: ['postgres'],
  port: 5432,
  namespace: 'postgres',
  table: 'schema.table',
}
