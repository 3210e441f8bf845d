/** The sample of a dataset: the same records whatever the chunks, without those left out, and kept apart only where that is worth it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { openSample } from '#data/pass/open-sample.ts'
import { sampleHash } from '#io/formats/sample.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'
import { type PlannedDataset, plannedDataset } from './datasets.ts'

let place: Workplace
let database: TestDatabase
beforeAll(async () => {
  place = workplace()
  database = await testDatabase([place.folder])
})
afterAll(() => {
  place.clear()
  database.close()
})

const NONE = async () => new Set<number>()
const ALL = 2 ** 32

/** The rows of a sample, each as its cells by the dataset's columns. */
async function sampled(
  { dataset, context }: Pick<PlannedDataset, 'dataset' | 'context'>,
  leftOut: (batch: number) => Promise<ReadonlySet<number>> = NONE,
) {
  const { relation, columns, folders, release } = await openSample(dataset, leftOut, context)
  const rows = await database.session.rows(`SELECT ${columns.map(({ sql }) => sql).join(', ')} FROM (${relation})`)
  await release()
  return { rows: rows.map((row) => columns.map(({ sql }) => row[sql] ?? null)), names: columns.map(({ plan }) => plan.name), folders }
}

const withShare = (dataset: DatasetPlan, threshold: number): DatasetPlan => ({ ...dataset, sample: { ...dataset.sample, threshold } })

describe('a sample of text', () => {
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)
  const line = (id: number) => `${id},"name ${id},\n${'x'.repeat(id % 7)}"\n`
  const A = numbers(1, 61)
  // the 30th record cannot be read
  const TEXT = {
    'a.csv': `id,name\n${A.map((id) => (id === 30 ? 'x,y,z\n' : line(id))).join('')}`,
    'b.csv': `id,name\n${numbers(101, 121).map(line).join('')}`,
    'c.csv': 'id\n999\n',
  }
  const discover = 'chunk_rows: 7, types: {id: text, name: text}'
  /** The ids of the records that belong to a sample, by what their hashes are. */
  const expected = (threshold: number) => [
    ...A.filter((id) => id !== 30 && sampleHash(id) < threshold),
    ...numbers(101, 121).filter((id) => sampleHash(id - 100) < threshold),
    ...(sampleHash(1) < threshold ? [999] : []),
  ]
  const ids = (rows: readonly (readonly unknown[])[]) => rows.map(([id]) => Number(id))

  let planned: PlannedDataset
  beforeAll(async () => {
    planned = await plannedDataset(place, 'text', TEXT, { discover, task_bytes: 400 })
    expect(planned.dataset.batches.length).toBeGreaterThan(3)
  })

  it('holds the records whose hash is small enough, with all their cells', async () => {
    for (const threshold of [ALL, ALL / 2, ALL / 5]) {
      const { rows, names } = await sampled({ ...planned, dataset: withShare(planned.dataset, threshold) })
      expect(names).toEqual(['id', 'name'])
      expect(ids(rows)).toEqual(expected(threshold))
      // the third source lacks the other column
      for (const [id, name] of rows) expect(name).toBe(id === '999' ? null : `name ${id},\n${'x'.repeat(Number(id) % 7)}`)
    }
  })

  it('is empty, with its columns, where no record belongs to it', async () => {
    const { rows, names } = await sampled({ ...planned, dataset: withShare(planned.dataset, 0) })
    expect([rows, names]).toEqual([[], ['id', 'name']])
    expect((await sampled({ ...planned, dataset: { ...planned.dataset, sources: [], batches: [] } })).rows).toEqual([])
  })

  it('leaves out rows by their batches', async () => {
    // every second row of every batch
    const odd = async (batch: number) =>
      new Set(Array.from({ length: planned.dataset.batches[batch]?.rows ?? 0 }, (_, row) => row).filter((row) => row % 2 === 1))
    const wanted: number[] = []
    const all = expected(ALL)
    let first = 0
    for (const { rows } of planned.dataset.batches) {
      wanted.push(...all.slice(first, first + rows).filter((_, row) => row % 2 === 0))
      first += rows
    }
    expect(first).toBe(all.length)
    expect(ids((await sampled(planned, odd)).rows)).toEqual(wanted)
    // all rows of a source, and those of one batch alone
    const everything = async (batch: number) => new Set(Array.from({ length: planned.dataset.batches[batch]?.rows ?? 0 }, (_, row) => row))
    expect((await sampled(planned, everything)).rows).toEqual([])
    const [{ rows = 0 } = {}] = planned.dataset.batches
    const ofFirst = async (batch: number) => (batch === 0 ? everything(0) : NONE())
    expect(ids((await sampled(planned, ofFirst)).rows)).toEqual(all.slice(rows))
  })

  it('keeps its part of what was drawn only where that is less than half of it, and reads the same from there', async () => {
    const kept = (dataset: DatasetPlan) => {
      const [{ inspection } = { inspection: '' }] = dataset.sources
      const all = join(place.folder, 'text/store', inspection.replace('/inspections/', '/sample/').replace(/\.json$/, ''))
      expect(existsSync(all)).toBe(true)
      return `${all}-${dataset.sample.threshold}`
    }
    const large = withShare(planned.dataset, (ALL * 7) / 8)
    await sampled({ ...planned, dataset: large })
    expect(existsSync(kept(large))).toBe(false)
    const small = withShare(planned.dataset, ALL / 4)
    const first = await sampled({ ...planned, dataset: small })
    const bytes = readFileSync(kept(small))
    expect(bytes.length).toBeLessThan(readFileSync(kept(small).replace(/-\d+$/, '')).length)
    // what is kept is all that is read the second time
    const reads: string[] = []
    const read = (key: string) => {
      reads.push(key)
      return planned.store.read(key)
    }
    const store = { ...planned.store, read }
    const again = await sampled({ dataset: small, context: { ...planned.context, store } as TaskContext })
    expect(again).toEqual(first)
    expect(ids(again.rows)).toEqual(expected(ALL / 4))
    expect(reads.filter((key) => /\/sample\/[^-]*$/.test(key.replace(/.*\/runs\/[^/]+/, '')))).toEqual([])
  })
})

describe('a sample of typed files', () => {
  let planned: PlannedDataset
  beforeAll(async () => {
    const file = async (name: string, from: number, to: number) => {
      const path = join(place.folder, name)
      await database.session.run(`COPY (SELECT i AS id, 'n' || i AS name FROM range(${from}, ${to}) t(i)) TO '${path}' (FORMAT parquet)`)
      return readFileSync(path)
    }
    const input = { 'a.parquet': await file('a.parquet', 0, 40), 'b.parquet': await file('b.parquet', 40, 100) }
    planned = await plannedDataset(place, 'typed', input, { task_bytes: 1 })
    expect(planned.dataset.batches).toHaveLength(2)
  })
  const ids = (rows: readonly (readonly unknown[])[]) => rows.map(([id]) => Number(id))

  it('holds all rows in their order, typed, without those left out by their batches', async () => {
    const { rows, folders } = await sampled(planned)
    expect(rows.map(([id, name]) => `${id} ${name}`)).toEqual(Array.from({ length: 100 }, (_, id) => `${id} n${id}`))
    expect(folders).toHaveLength(1)
    // again and again: numbers that are given out on the way into a join are wrong now and then only
    const expected = Array.from({ length: 100 }, (_, id) => id).filter((id) => ![0, 39, 40, 42, 99].includes(id))
    for (let time = 0; time < 40; time++) {
      const some = await sampled(planned, async (batch) => new Set(batch === 0 ? [0, 39] : [0, 2, 59]))
      expect(ids(some.rows)).toEqual(expected)
    }
  })

  it('holds about the share of rows that is wanted, the same each time, of every file', async () => {
    const half = { ...planned, dataset: withShare(planned.dataset, ALL / 2) }
    const first = ids((await sampled(half)).rows)
    expect(first.length).toBeGreaterThan(30)
    expect(first.length).toBeLessThan(70)
    expect([first.some((id) => id < 40), first.some((id) => id >= 40)]).toEqual([true, true])
    expect(first).toEqual([...first].sort((a, b) => a - b))
    expect(ids((await sampled(half)).rows)).toEqual(first)
    // a smaller share is a part of it
    const less = ids((await sampled({ ...planned, dataset: withShare(planned.dataset, ALL / 4) })).rows)
    expect(less.every((id) => first.includes(id))).toBe(true)
  })

  it('is empty, with its columns, where there is no file', async () => {
    const { rows, names } = await sampled({ ...planned, dataset: { ...planned.dataset, batches: [] } })
    expect([rows, names]).toEqual([[], ['id', 'name']])
  })

  it('is released with the files it was made of', async () => {
    const { release } = await openSample(planned.dataset, NONE, planned.context)
    await release()
    expect(readdirSync(planned.scratch)).toEqual([])
  })
})
