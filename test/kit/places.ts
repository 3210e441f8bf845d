/** The places that data is read from and published to, with the server that tests try them on. To add one, add an entry. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { mariadbVersion, withoutMariadb } from './mariadb-server.ts'
import { postgresBinaries, withoutPostgres } from './postgres-server.ts'

export interface Place {
  readonly name: string
  /** The titles of its tests in the suites over all places. */
  readonly named: RegExp
  /** Files with tests of this place only. */
  readonly files: readonly string[]
  /** The server and its version, or why there is none. */
  server(): string
}

/** Titles that name a scheme first or behind a colon: `target of rows: mysql`. */
const scheme = (...names: readonly string[]) => new RegExp(`(?:^|: )(?:${names.join('|')})(?:[ ,:]|$)`)

const nodeServer = `server of the tests, Node ${process.versions.node}`

export const PLACES: readonly Place[] = [
  { name: 'folder', named: scheme('file'), files: [], server: () => `disk of this machine, ${process.platform}` },
  {
    name: 'S3',
    named: scheme('s3'),
    files: ['test/io/s3/errors.test.ts', 'test/io/s3/publish.test.ts', 'test/io/s3/troubles.test.ts'],
    server: () => nodeServer,
  },
  {
    name: 'SQLite',
    named: scheme('sqlite'),
    files: [],
    server: () => {
      const database = new DatabaseSync(':memory:')
      const { version } = database.prepare('SELECT sqlite_version() AS version').get() as { version: string }
      database.close()
      return `SQLite ${version}`
    },
  },
  {
    name: 'PostgreSQL',
    named: scheme('postgresql'),
    files: ['test/io/connectors/postgresql-source.test.ts', 'test/io/connectors/postgresql-target.test.ts', 'test/e2e/postgresql.test.ts'],
    server: () =>
      postgresBinaries === undefined
        ? withoutPostgres
        : execFileSync(join(postgresBinaries, 'postgres'), ['--version'], { encoding: 'utf8' }).trim(),
  },
  {
    name: 'MySQL',
    named: scheme('mysql'),
    files: ['test/io/connectors/mysql-source.test.ts', 'test/io/connectors/mysql-target.test.ts', 'test/e2e/mysql.test.ts'],
    server: () => mariadbVersion() ?? withoutMariadb,
  },
  {
    name: 'HTTP',
    named: scheme('https', 'http'),
    files: ['test/io/connectors/http-files.test.ts', 'test/io/connectors/http-records.test.ts'],
    server: () => nodeServer,
  },
]
