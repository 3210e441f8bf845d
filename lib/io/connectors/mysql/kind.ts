/** How MySQL and MariaDB are named, and where their servers listen. */
import type { ServerKind } from '../servers/address.ts'

export const MYSQL: ServerKind = {
  title: 'MySQL',
  scheme: 'mysql',
  aliases: ['mariadb'],
  port: 3306,
  namespace: 'mysql',
  table: 'table',
}
