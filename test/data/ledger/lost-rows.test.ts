/** Rows that are lost on purpose: the run must find out before anything is published. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Session } from '#io/duckdb/session.ts'
import { TaskError } from '#core/errors/errors.ts'
import type { TaskEvent } from '#core/task/task.ts'
import { decodeRepeats, encodeRepeats } from '#data/survey/repeats.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { publishedRows, runDefinition, type TestRun, type TestRunOptions, type Workplace, workplace } from '../../kit/run-pipeline.ts'

/** What is done to the table an operation across rows has made. */
let harm: string | null = null
vi.mock('#data/pass/across.ts', async (original) => {
  const real = await original<typeof import('#data/pass/across.ts')>()
  return {
    ...real,
    applyAcross: async (session: Session, ...rest: [never, never, string, never]) => {
      const applied = await real.applyAcross(session, ...rest)
      if (harm !== null) await session.run(harm.replaceAll('TABLE', rest[2]))
      return applied
    },
  }
})

let place: Workplace
beforeAll(() => {
  place = workplace()
  place.write('in.csv', 'id,city,amount\n1,Bern,5\n2,Bern,6\n3,Oslo,7\n3,Rome,8\n1,Rome,9\n')
  place.write('cities.csv', 'city,country\nBern,CH\nBern,DE\nOslo,NO\n')
})
afterAll(() => place.clear())
afterEach(() => {
  harm = null
})

let number = 0

async function run(step: string, options: Partial<TestRunOptions> = {}): Promise<{ run: TestRun; out: string; store: string }> {
  const name = `run-${number++}`
  const out = join(place.folder, name)
  const store = join(place.folder, `${name}-store`)
  const definition = `version: 1
id: lost
resources: {task_bytes: 1}
steps:
  - {id: find, type: discover, with: {source: ${join(place.folder, 'in.csv')}, chunk_rows: 2}}
  - ${step.replace('CITIES', join(place.folder, 'cities.csv'))}
  - {id: write, type: export, with: {to: ${out}}}
`
  return { run: await runDefinition(definition, { store, ...options }), out, store }
}

const LOSE = 'DELETE FROM TABLE WHERE rowid = 0'
const REPEAT = 'INSERT INTO TABLE SELECT * FROM TABLE LIMIT 1'

describe('an operation across rows', () => {
  const OPERATIONS: readonly (readonly [name: string, operation: string, fan: number, filtered: number])[] = [
    ['sort', 'sort: [amount]', 0, 0],
    ['window', 'window: {partition_by: [city], columns: {n: row_number()}}', 0, 0],
    ['aggregate', 'aggregate: {by: [city], columns: {n: count(*)}}', -2, 0],
    ['aggregate of all', 'aggregate: {by: [], columns: {n: count(*)}}', -4, 0],
    ['pivot', 'pivot: {rows: [id], column: city, value: sum(amount)}', -2, 0],
    ['left join', 'join: {source: CITIES, on: [city], kind: left}', 2, 0],
    ['inner join', 'join: {source: CITIES, on: [city], kind: inner}', 2, 2],
  ]
  const step = (operation: string) => `{id: meet, type: transform, with: {operations: [{${operation}}]}}`

  it.each(OPERATIONS)('%s gains and merges as many rows as it must', async (_, operation, fan, filtered) => {
    const { run: done } = await run(step(operation))
    expect(done.cause).toBeUndefined()
    expect(done.ledger.steps.find(({ step: id }) => id === 'meet')).toMatchObject({
      rows: { in: 5, out: 5 + fan - filtered, fan, filtered },
      balanced: true,
    })
  })

  it.each(OPERATIONS)('%s that loses a row, or writes one twice, fails the run', async (_, operation) => {
    for (const what of [LOSE, REPEAT]) {
      harm = what
      const { run: failed, out } = await run(step(operation))
      expect(`${failed.error}: ${failed.cause}`).toMatch(/^Accounting.Imbalance/)
      expect(failed.cause).toMatch(/^\w+: the rows do not balance/)
      expect(existsSync(out)).toBe(false)
    }
  })
})

describe('duplicates', () => {
  const clean =
    '{id: tidy, type: clean, with: {rules: [{deduplicate: {keys: [id]}}, {missing: {columns: [amount], strategy: quarantine}}]}}'
  const ids = async (out: string) => (await publishedRows(out)).map(({ amount }) => Number(amount))

  /** Writes other repeats over what the survey found. */
  const overwrite = (store: string, batch: number, repeats: readonly (readonly [number, number, number])[], kept: readonly number[]) => {
    const key = workspace('r-test').repeats('tidy', 0, batch)
    const path = join(store, key)
    expect(decodeRepeats(readFileSync(path)).repeats.length).toBeLessThan(2)
    writeFileSync(path, encodeRepeats({ repeats, kept }))
  }

  it('of which the key is another, whatever the hash says, are no duplicates', async () => {
    const name = `run-${number}-store`
    const { run: done, out } = await run(clean, {
      afterTask: ({ task }) => {
        if (task !== 'facts') return
        // as if the keys 1 and 2 had the same hash
        overwrite(join(place.folder, name), 0, [[1, 0, 0]], [0])
      },
    })
    expect(done.cause).toBeUndefined()
    expect(await ids(out)).toEqual([5, 6, 7])
    expect(done.ledger).toMatchObject({ balanced: true, rows: { out: 3, deduplicated: 2 } })
  })

  it('are listed with where they stand, what they say, and the row that stays in their place', async () => {
    const { run: done } = await run(clean)
    expect(done.text('duplicates.csv')).toBe(
      `_source,_record,_line,_step,_rule,_kept_source,_kept_record,_kept_line,_raw
in.csv,4,5,tidy,deduplicate,in.csv,3,4,"3,Rome,8"
in.csv,5,6,tidy,deduplicate,in.csv,1,2,"1,Rome,9"
`,
    )
  })

  it('settled by a second pass stay so when the run is killed in it, whenever that is', async () => {
    // for the keys 1 and 3 the row that was to stay is quarantined
    const aside = '{id: tidy, type: clean, with: {rules: [{deduplicate: {keys: [id]}}, {outliers: {columns: [amount], action: flag}}]}}'
    const probe =
      '{id: probe, type: validate, with: {rules: [{rule_type: in_set, column: amount, values: [6, 8, 9], on_fail: quarantine}]}}'
    const steps = `${aside}\n  - ${probe}`
    const { run: whole, out: expected } = await run(steps)
    expect(await ids(expected)).toEqual([6, 8, 9])
    expect(whole.ledger).toMatchObject({ balanced: true, rows: { in: 5, out: 3, quarantined: 2, deduplicated: 0 } })
    const second = whole.results.filter(({ event }) => event.settings['round'] === 1 && event.step === 'tidy').map(({ event }) => event)
    expect(second.map(({ task }) => task)).toEqual(['segment', 'segment', 'segment', 'commit'])
    const store = join(place.folder, 'killed-store')
    for (const { task, item } of second) {
      const isIt = (event: TaskEvent) => event.settings['round'] === 1 && event.task === task && event.item === item
      const { run: killed } = await run(steps, {
        store,
        run: `r-${task}-${item}`,
        beforeTask: (event) => {
          if (isIt(event)) throw new TaskError('Engine.Bug', 'killed')
        },
      })
      expect(killed.error).toBe('Engine.Bug')
      const { run: resumed, out } = await run(steps, { store, run: `r-${task}-${item}` })
      expect(resumed.cause).toBeUndefined()
      expect(await ids(out)).toEqual([6, 8, 9])
      expect(resumed.ledger.rows).toEqual(whole.ledger.rows)
      expect(resumed.text('quarantine/quarantine.csv')).toBe(whole.text('quarantine/quarantine.csv'))
    }
  })

  it('of which no survey knew the row that stays fail the run', async () => {
    const name = `run-${number}-store`
    const { run: failed, out } = await run(clean, {
      afterTask: ({ task }) => {
        if (task === 'facts') overwrite(join(place.folder, name), 2, [[0, 0, 1]], [])
      },
    })
    expect(failed.status).toBe('FAILED')
    expect(existsSync(out)).toBe(false)
  })
})
