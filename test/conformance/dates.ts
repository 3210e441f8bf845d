/**
 * How many dates of test vectors are read, each as a column of its own with the name `date`: `npx tsx test/conformance/dates.ts FOLDER`. A vector
 * is `{"input": "3rd of May 2021", "iso": "2021-05-03T00:00:00"}`; the folder has lists of them in JSON files.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { parseDate } from '#relational/cells/parse-date.ts'
import { decide } from '#relational/infer/decide.ts'
import { evidenceOf } from '#relational/infer/evidence.ts'
import { repeat, text } from '#relational/types/sql.ts'

export interface Vector {
  readonly input: string
  readonly iso: string
}

export interface Outcome extends Vector {
  /** The moment that was read, in UTC; null: the cell stays text. */
  readonly read: string | null
  readonly outcome: 'right' | 'text' | 'wrong'
}

/** Reads each vector. A moment is right if it is the expected one to the microsecond. */
export async function readDates(vectors: readonly Vector[]): Promise<readonly Outcome[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  const outcomes: Outcome[] = []
  for (const vector of vectors) {
    const { date } = decide('date', evidenceOf([vector.input], new Set([''])), { date_order: 'auto' })
    if (date === null) {
      outcomes.push({ ...vector, read: null, outcome: 'text' })
      continue
    }
    const sql = `CAST(${parseDate.sql('cell', date, 'text', repeat)} AS TIMESTAMP)`
    const rows = await connection.runAndReadAll(
      `SELECT CAST(epoch_us(moment) AS VARCHAR), CAST(moment AS VARCHAR) FROM (SELECT ${sql} AS moment FROM (SELECT ${text(vector.input)} AS cell))`,
    )
    const [micros, read] = (rows.getRows()[0] ?? []) as [string | null, string | null]
    const outcome = read === null ? 'text' : BigInt(micros ?? 0) === microsOf(vector.iso) ? 'right' : 'wrong'
    outcomes.push({ ...vector, read, outcome })
  }
  connection.closeSync()
  instance.closeSync()
  return outcomes
}

function microsOf(iso: string): bigint {
  const [, seconds = '', fraction = ''] = /^(.*?)(?:\.(\d+))?$/.exec(iso) ?? []
  return BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6))
}

if (process.argv[1]?.endsWith('dates.ts') === true) {
  const [, , folder] = process.argv
  if (folder === undefined) throw new Error('name a folder with JSON files of vectors')
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  const outcomes = await readDates(files.flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Vector[]))
  for (const { outcome, input, read, iso } of outcomes)
    if (outcome !== 'right') console.log(`${outcome.padEnd(6)} ${input} → ${read ?? 'text'} (expected ${iso})`)
  for (const kind of ['right', 'text', 'wrong'] as const)
    console.log(`${kind.padEnd(6)} ${outcomes.filter(({ outcome }) => outcome === kind).length} of ${outcomes.length}`)
}
