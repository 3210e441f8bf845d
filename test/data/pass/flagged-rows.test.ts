/** Flagged rows: which rows, for what reason, and their text in the source. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LEFT, removedBy, WRITTEN } from '#data/pass/members.ts'
import type { FlaggedRow } from '#data/pass/outcome.ts'
import { type FlaggedRows, flaggedRows, listedRows } from '#data/pass/flagged-rows.ts'
import type { Account } from '#data/pass/tally.ts'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Flag } from '#relational/operations/lowered-pass.ts'
import { folderStore } from '#io/store/folder.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { runDefinition, type Workplace, workplace } from '../../kit/run-pipeline.ts'
import { flagOf } from './fates.ts'

describe('listed rows', () => {
  const deduplicate = flagOf({ fate: 'deduplicate', about: 'key' }, 0)
  const aside = flagOf({ fate: 'quarantine', about: 'key' }, 1)
  const fates = (...own: number[]): Account['fates'][number] => ({
    rows: Uint32Array.from(own, (_, at) => at * 10),
    fates: Uint32Array.from(own),
    proofs: new BigUint64Array(own.length),
  })
  const rows_key = (flags: readonly Flag[], quarantined: Account['quarantined'], all: Account['fates']) =>
    listedRows(flags, { quarantined, fates: all } as unknown as Account)

  it('are quarantined rows, with all reasons; duplicates, with the rule that removed them; and the rows that stay in their place', () => {
    const found = rows_key(
      [flagOf({ fate: 'quarantine', about: 'row' }, 0), deduplicate],
      [[7, [0, 5]]],
      [fates(WRITTEN, LEFT, removedBy(0))],
    )
    expect(found).toEqual([
      { row: 7, flags: [0, 5], fate: 'quarantine' },
      { row: 0, flags: [], fate: 'kept' },
      { row: 20, flags: [1], fate: 'deduplicate' },
    ])
  })

  it('that a later rule quarantines still stay in place of their duplicates, and are not duplicates', () => {
    expect(rows_key([deduplicate, aside], [], [fates(removedBy(1)), fates(removedBy(1))])).toEqual([{ row: 0, flags: [], fate: 'kept' }])
  })

  it('are none if repeats are flagged or quarantined, and not removed', () => {
    expect(rows_key([aside], [], [fates(WRITTEN, removedBy(0))])).toEqual([])
    expect(rows_key([flagOf({ fate: 'keep', about: 'key' }, 0)], [], [fates(WRITTEN, WRITTEN)])).toEqual([])
    expect(rows_key([deduplicate], [], [])).toEqual([])
  })

  it('are named once each, by the rule that removed them', () => {
    const two = [deduplicate, flagOf({ fate: 'deduplicate', about: 'key' }, 1)]
    expect(rows_key(two, [], [fates(WRITTEN, removedBy(1)), fates(WRITTEN, removedBy(1))])).toEqual([
      { row: 0, flags: [], fate: 'kept' },
      { row: 10, flags: [1], fate: 'deduplicate' },
    ])
  })
})

describe('the entry of a flagged row', () => {
  let place: Workplace
  let dataset: DatasetPlan
  let context: TaskContext
  // two sources of text, one of lines of JSON; record 1 of each is the first below the header
  const INPUT = {
    'a.csv': 'id,name\n1,"say ""hi"""\n2,plain\n3,\n',
    'b.csv': 'id,name\n4,other\n',
    'c.ndjson': '{"id":5,"name":null}\n{"id":6,"name":{"a":1}}\n{"id":"7","name":"text"}\n{"id":8}\n',
  }
  beforeAll(async () => {
    place = workplace()
    for (const [name, text] of Object.entries(INPUT)) place.write(`in/${name}`, text)
    const root = join(place.folder, 'store')
    const source = JSON.stringify(join(place.folder, 'in/*'))
    const definition = `version: 1\nid: told\nsteps:\n  - {id: find, type: discover, with: {source: ${source}, types: {id: text, name: text}}}\n`
    const run = await runDefinition(definition, { store: root })
    expect(run.cause).toBeUndefined()
    const planned = run.results.find(({ event }) => event.task === 'plan')?.result as unknown as { dataset: { plan: string } }
    const store = folderStore(root)
    dataset = JSON.parse(Buffer.from((await store.read(planned.dataset.plan)) as Uint8Array).toString()) as DatasetPlan
    context = { store, scratch: place.folder } as unknown as TaskContext
  })
  afterAll(() => place.clear())

  const flags: readonly Flag[] = [
    { ...flagOf({ fate: 'keep', about: 'row' }, 0, 'unread'), column: 'id', counts: 'cells' },
    { ...flagOf({ fate: 'keep', about: 'row' }, 1, 'same column'), column: 'id' },
    { ...flagOf({ fate: 'keep', about: 'row' }, 2, 'other column'), column: 'name' },
    { ...flagOf({ fate: 'keep', about: 'row' }, 3, 'no column') },
  ]

  /** Rows of the batch as `source record`. */
  async function print(
    places: readonly (readonly [source: number, record: number])[],
    raised: readonly number[] = [2],
  ): Promise<FlaggedRow[]> {
    const origin = (row: number) => ({ source: places[row]?.[0] as number, record: places[row]?.[1] as number })
    const rows = places.map((_, row): FlaggedRows => ({ row, flags: raised, fate: 'quarantine' }))
    const rows_key: FlaggedRow[] = []
    for await (const one of flaggedRows(dataset, { origin }, flags, rows, context)) rows_key.push(one)
    return rows_key
  }

  it('comes in the order of the sources and records, whatever the order it was asked for in', async () => {
    const rows_key = await print([
      [1, 1],
      [0, 3],
      [2, 2],
      [0, 1],
    ])
    expect(rows_key.map(({ row, source, record }) => [row, source, record])).toEqual([
      [3, 0, 1],
      [1, 0, 3],
      [0, 1, 1],
      [2, 2, 2],
    ])
  })

  it('says where the row stands, its text, the rule and the cell it is about', async () => {
    expect(await print([[0, 1]])).toEqual([
      {
        ...{ fate: 'quarantine', row: 0, source: 0, record: 1, line: 2, byte: 8, raw: '1,"say ""hi"""' },
        ...{ step: 's', rule: 'other column', column: 'name', value: 'say "hi"', reason: 'reason 2' },
      },
    ])
  })

  it('comes once for each time it is asked for, also of one record', async () => {
    const rows_key = await print([
      [0, 2],
      [0, 2],
      [0, 3],
    ])
    expect(rows_key.map(({ row, record }) => [row, record])).toEqual([
      [0, 2],
      [1, 2],
      [2, 3],
    ])
  })

  it('has the value as text: of JSON what stands there, and none where nothing does', async () => {
    const values = async (source: number, records: readonly number[]) =>
      (await print(records.map((record) => [source, record]))).map(({ value }) => value)
    expect(await values(0, [2, 3])).toEqual(['plain', ''])
    expect(await values(2, [1, 2, 3, 4])).toEqual([null, '{"a":1}', 'text', null])
  })

  it('has no value where the rule is about the row, or a column that is not of the source', async () => {
    const [row] = await print([[0, 1]], [3])
    expect([row?.column, row?.value, row?.reason]).toEqual(['', null, 'reason 3'])
  })

  it('names every reason; of a cell that could not be read, no rule on it is one', async () => {
    const reasons = async (raised: readonly number[]) => (await print([[0, 1]], raised))[0]?.reason
    expect(await reasons([0, 1, 2, 3])).toBe('reason 0; reason 2; reason 3')
    expect(await reasons([1, 2])).toBe('reason 1; reason 2')
    // the first decided, whatever else there is
    expect(await reasons([1, 0])).toBe('reason 1; reason 0')
  })

  it('names no rule where the row is only named as the one that stays', async () => {
    const [row] = await print([[0, 1]], [])
    expect(row).toMatchObject({ step: '', rule: '', column: '', value: null, reason: '', raw: '1,"say ""hi"""' })
  })
})
