/** The statement that takes a batch through its steps: the arguments of the tally, and how the rows are written. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LoweredFlag, LoweredRelation } from '#relational/operations/lowered.ts'
import { copyTo, extensionOf, INTERMEDIATE, keptRows, marksOf, type PassColumn, type SinkTarget } from '#data/pass/pass.ts'
import { markMembers, maskWords } from '#data/pass/tally.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { flagOf } from './fates.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const column = (name: string, more: Partial<PassColumn> = {}): PassColumn => ({
  ...{ name, type: 'text', sql: name, from: [name], through: [], derived: false, values: null, typed: false, key: false },
  ...more,
})
const raisedBy = (sql: string | null, at = 0): LoweredFlag => ({ ...flagOf({ fate: 'keep', about: 'row' }, at), sql })
const lowering = (flags: readonly LoweredFlag[], layers: LoweredRelation['layers'] = []): LoweredRelation => ({
  columns: [],
  changes: [],
  places: new Map(),
  flags,
  layers,
})
const list = (...rows: readonly (readonly unknown[])[]) =>
  `(SELECT * FROM (VALUES ${rows.map((row) => `(${row.map((cell) => (cell === null ? 'NULL' : `'${cell}'`)).join(', ')})`).join(', ')}) AS t(a, b))`

interface Seen {
  readonly rows: Record<string, unknown>[]
  readonly words: number[][]
  readonly hashes: bigint[]
  readonly proofs: bigint[][]
}

/** Runs the pass with a tally that keeps the rows with these numbers; all when none are named. */
async function passed(
  relation: string,
  lowered: LoweredRelation,
  columns: readonly PassColumn[],
  { count = false, proofs = [] as readonly string[], members = [] as readonly number[], keep = null as readonly number[] | null } = {},
): Promise<Seen> {
  const seen: Seen = { rows: [], words: [], hashes: [], proofs: [] }
  const { session } = database
  session.registerTally(maskWords(lowered.flags.length), proofs.length, (rows, words, hash, keys, kept) => {
    for (let at = 0; at < rows; at++) {
      kept[at] = keep === null || keep.includes(seen.hashes.length) ? 1 : 0
      seen.words.push(words.map((word) => word[at] as number))
      seen.hashes.push(hash[at] as bigint)
      seen.proofs.push(keys.map((key) => key[at] as bigint))
    }
  })
  for (const at of proofs.keys())
    session.registerMarks(marksOf(at), markMembers({ rows: Uint32Array.from(members), repeats: new Uint8Array(members.length) }))
  seen.rows.push(...(await session.rows(keptRows(relation, lowered, columns, count, proofs))))
  return seen
}

const A = column('a')
const B = column('b')

describe('the tally of a pass', () => {
  it('gets the raised flags of each row, 32 per word; flags about keys are raised by the tally itself', async () => {
    const flags = [
      raisedBy("a = 'x'"),
      raisedBy(null, 1),
      ...Array.from({ length: 29 }, () => raisedBy('FALSE')),
      raisedBy("b = 'y'"),
      raisedBy("a = 'x'"),
    ]
    const { words } = await passed(list(['x', 'y'], ['x', 'z'], ['w', 'y'], [null, null]), lowering(flags), [A, B])
    expect(words).toEqual([
      [1 + 2 ** 31, 1, 0],
      [1, 1, 0],
      [2 ** 31, 0, 0],
      [0, 0, 0],
    ])
  })

  it('gets no flags if there are none, or none with a condition', async () => {
    expect((await passed(list(['x', 'y']), lowering([]), [A, B])).words).toEqual([[0]])
    expect((await passed(list(['x', 'y']), lowering([raisedBy(null)]), [A, B])).words).toEqual([[0, 0]])
  })

  it('gets the number of missing cells, those of typed columns also in the high half, only if requested', async () => {
    const columns = [column('a', { typed: true }), B]
    const rows = list(['x', 'y'], [null, 'y'], ['x', null], [null, null])
    expect((await passed(rows, lowering([]), columns, { count: true })).words).toEqual([[0], [0x10001], [1], [0x10002]])
    expect((await passed(rows, lowering([]), columns)).words).toEqual([[0], [0], [0], [0]])
  })

  it('gets a hash of the named columns, and none if one of them is missing', async () => {
    const rows = list(['x', 'y'], ['x', 'z'], ['w', 'y'], [null, 'y'])
    const byA = (await passed(rows, lowering([]), [column('a', { key: true }), B])).hashes
    expect(byA[0]).toBe(byA[1])
    expect(byA[0]).not.toBe(byA[2])
    expect(byA[3]).toBe(0n)
    const byBoth = (await passed(rows, lowering([]), [column('a', { key: true }), column('b', { key: true })])).hashes
    expect(new Set(byBoth).size).toBe(4)
    expect(byBoth[3]).toBe(0n)
  })

  it('gets a hash of the whole row if no columns are named, including missing cells', async () => {
    const { hashes } = await passed(list(['x', null], ['x', null], ['x', 'y'], [null, 'x']), lowering([]), [A, B])
    expect(hashes[0]).toBe(hashes[1])
    expect(new Set(hashes).size).toBe(3)
    expect(hashes).not.toContain(0n)
  })

  it('gets a hash even of a key whose values have no bits set', async () => {
    for (const sql of ['0', 'FALSE', '0.0::DOUBLE', "DATE '1970-01-01'"])
      for (const key of [true, false])
        expect((await passed(`(SELECT ${sql} AS a)`, lowering([]), [column('a', { key })])).hashes).not.toContain(0n)
  })

  it('gets proofs of keys only for rows that share their key with another', async () => {
    const rows = list(['x', '7'], ['y', '8'], ['z', '9'])
    const { proofs } = await passed(rows, lowering([raisedBy(null)]), [A], { proofs: ['b::UBIGINT', 'b::UBIGINT + 1'], members: [0, 2] })
    expect(proofs).toEqual([
      [7n, 8n],
      [0n, 0n],
      [9n, 10n],
    ])
  })
})

describe('the rows of a pass', () => {
  it('are those the tally keeps, with the columns under their names, after all layers of the work', async () => {
    const layers = [['upper(a) AS u'], ["u || '!' AS v"]]
    const columns = [column('Out "1"', { sql: 'v' }), B]
    const { rows } = await passed(list(['x', '1'], ['y', '2'], ['z', '3']), lowering([], layers), columns, { keep: [0, 2] })
    expect(rows).toEqual([
      { 'Out "1"': 'X!', b: '1' },
      { 'Out "1"': 'Z!', b: '3' },
    ])
  })
})

describe('a file of rows', () => {
  const formats = ['parquet', 'csv', 'json', 'ndjson'] as const
  const compressions = {
    parquet: ['none', 'snappy', 'zstd', 'gzip'],
    csv: ['none', 'gzip', 'zstd'],
    json: ['none', 'gzip'],
    ndjson: ['none', 'gzip'],
  } as const
  const targets = formats.flatMap((format) => compressions[format].map((compression): SinkTarget => ({ format, compression })))

  it.each([...targets, INTERMEDIATE])('of $format, $compression holds the rows and has the name readers know it by', async (target) => {
    const path = join(database.folder, `file-${readdirSync(database.folder).length}.${extensionOf(target)}`)
    await database.session.run(copyTo(`SELECT i AS n, 'it''s' AS t FROM range(3) AS r(i)`, path, target))
    // as whoever reads the output reads it: by its name
    const reader = target.format === 'parquet' ? 'read_parquet' : target.format === 'csv' ? 'read_csv' : 'read_json'
    const rows = await database.session.rows(`SELECT * FROM ${reader}('${path}')`)
    expect(rows.map(({ n, t }) => [Number(n), t])).toEqual([
      [0, "it's"],
      [1, "it's"],
      [2, "it's"],
    ])
  })

  it('of one column as CSV has no blank line: a missing cell is written as ""', async () => {
    const path = join(database.folder, 'one-column.csv')
    const rows = `SELECT * FROM (VALUES ('x'), (NULL), ('a,b'), (NULL)) AS r(t)`
    await database.session.run(copyTo(rows, path, { format: 'csv', compression: 'none' }, 1))
    expect(readFileSync(path, 'utf8')).toBe('t\nx\n""\n"a,b"\n""\n')
    await database.session.run(copyTo('SELECT NULL AS t, NULL AS u', path, { format: 'csv', compression: 'none' }, 2))
    expect(readFileSync(path, 'utf8')).toBe('t,u\n,\n')
  })

  it('says by its name what it is', () => {
    expect(targets.map(extensionOf)).toEqual([
      ...['parquet', 'parquet', 'parquet', 'parquet', 'csv', 'csv.gz', 'csv.zst', 'json', 'json.gz', 'ndjson', 'ndjson.gz'],
    ])
  })
})
