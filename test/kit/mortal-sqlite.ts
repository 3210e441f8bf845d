/** SQLite in a process that is killed: each statement that changes something is an effect. It takes the place of the package there. */
import { DatabaseSync as Database } from '@photostructure/sqlite'
import { effect } from './mortal-effects.ts'

type Statement = ReturnType<InstanceType<typeof Database>['prepare']>

const changes = (sql: string) => !/^\s*(SELECT|PRAGMA)\b/i.test(sql)

export class DatabaseSync extends Database {
  override exec(sql: string): void {
    if (changes(sql)) effect(sql.slice(0, 40))
    super.exec(sql)
  }

  override prepare(sql: string): Statement {
    const statement = super.prepare(sql)
    if (!changes(sql)) return statement
    const run = statement.run.bind(statement)
    // its own methods cannot be assigned
    return Object.defineProperty(statement, 'run', {
      value: (...row: Parameters<Statement['run']>) => {
        effect(sql.slice(0, 40))
        return run(...row)
      },
    })
  }
}
