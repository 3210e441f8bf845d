/** Rows of a SQLite database one after another, while garbage is collected. */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { openToWrite } from '#io/connectors/sqlite/database.ts'
import { workplace } from '../kit/run-pipeline.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

it('all rows are read, also when garbage is collected between them', async () => {
  const here = workplace()
  const database = await openToWrite(join(here.folder, 'a.db'))
  database.run('CREATE TABLE t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n')
  let rows = 0
  for (const _row of database.iterate('SELECT i FROM t')) {
    rows++
    if (rows % 100 !== 0) continue
    collectGarbage()
    // what finalizes an object runs between two tasks
    await wait(1)
  }
  expect(rows).toBe(1000)
  database.close()
  here.clear()
})
