/** mysql: tables of MySQL and MariaDB servers. */
import { serverConnector } from '../servers/spec.ts'
import { MYSQL } from './kind.ts'

export const mysql = serverConnector(MYSQL, {
  summary: 'Tables of MySQL and MariaDB servers.',
  forms: {
    'mysql://host:3306/shop/orders': 'one table or view; `database.table` for one of another database',
    'mysql://host:3306/shop?query=SELECT%201': 'the rows of a query, encoded as in every address',
    'mariadb://host:3306/shop/orders': 'the same',
  },
  defaults: { user: 'the user of this machine', password: 'none' },
  load: async () => (await import('./behaviour.ts')).mysqlConnector,
})
