/** The native engine as tasks see it: closed to everything outside its folders, plain rows, lists of hashes, and the tally of a pass. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSession, type Session } from '#io/duckdb/session.ts'
import { text } from '#relational/types/sql.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
let session: Session
beforeEach(async () => {
  place = workplace()
  place.write('scratch/x', '')
  place.write('data/a.csv', 'id\n1\n')
  place.write('data-of-others/a.csv', 'id\n1\n')
  session = await openSession({
    memory: 200_000_000,
    scratch: join(place.folder, 'scratch'),
    folders: [join(place.folder, 'data')],
  })
})
afterEach(() => {
  session.close()
  place.clear()
})

const read = (name: string) => session.rows(`SELECT * FROM read_csv(${text(join(place.folder, name))})`)

describe('a session', () => {
  it('reads and writes in its folders and its scratch, and nowhere else', async () => {
    expect(await read('data/a.csv')).toHaveLength(1)
    await session.run(`COPY (SELECT 1 AS a) TO ${text(join(place.folder, 'scratch/made.csv'))}`)
    await session.run(`COPY (SELECT 1 AS a) TO ${text(join(place.folder, 'data/made.csv'))}`)
    await expect(read('data-of-others/a.csv')).rejects.toThrow()
    await expect(read('a.csv')).rejects.toThrow()
    await expect(session.run(`COPY (SELECT 1 AS a) TO ${text(join(place.folder, 'made.csv'))}`)).rejects.toThrow()
    expect(existsSync(join(place.folder, 'made.csv'))).toBe(false)
  })

  it('cannot be opened to more, and loads no extension', async () => {
    await expect(session.run('SET enable_external_access = true')).rejects.toThrow()
    await expect(session.run("SET memory_limit = '8GB'")).rejects.toThrow()
    await expect(session.run('INSTALL httpfs')).rejects.toThrow()
  })

  it('works in one thread, in its memory, in UTC, and keeps the order of its input', async () => {
    const settings = await session.rows(
      "SELECT name, value FROM duckdb_settings() WHERE name IN ('threads', 'TimeZone', 'preserve_insertion_order', 'memory_limit', 'temp_directory') ORDER BY name",
    )
    expect(Object.fromEntries(settings.map(({ name, value }) => [name, value]))).toEqual({
      TimeZone: 'UTC',
      memory_limit: '190.7 MiB',
      preserve_insertion_order: 'true',
      temp_directory: join(place.folder, 'scratch'),
      threads: '1',
    })
  })

  it('takes 64 MB for what is less', async () => {
    const small = await openSession({ memory: 1_000_000, scratch: join(place.folder, 'scratch'), folders: [] })
    const [row] = await small.rows("SELECT value FROM duckdb_settings() WHERE name = 'memory_limit'")
    small.close()
    expect(row).toEqual({ value: '61.0 MiB' })
  })

  it('gives rows as plain JSON, numbers beyond 2^53 and dates as text', async () => {
    expect(
      await session.rows("SELECT 1 AS a, 9007199254740993 AS b, DATE '2024-01-02' AS c, NULL AS d, 'x' AS e, 1.5::DOUBLE AS f"),
    ).toEqual([{ a: 1, b: '9007199254740993', c: '2024-01-02', d: null, e: 'x', f: 1.5 }])
    expect(await session.rows('SELECT 1 AS a WHERE FALSE')).toEqual([])
  })

  it('gives lists of numbers row by row and column by column', async () => {
    const lists = await session.lists(
      'SELECT * FROM (VALUES ([1::UBIGINT, 2], [3::UBIGINT]), ([], [18446744073709551615::UBIGINT])) AS t(a, b)',
    )
    expect(lists.map((row) => row.map((list) => [...list]))).toEqual([
      [[1n, 2n], [3n]],
      [[], [18_446_744_073_709_551_615n]],
    ])
    await expect(session.lists('SELECT 1 AS a')).rejects.toMatchObject({ name: 'Engine.Bug' })
  })
})

describe('the tally', () => {
  it('sees every row once and in order, with its words and its hash, and says which stay', async () => {
    const seen: string[] = []
    session.registerTally(2, 0, (rows, [first, second], hash, _proofs, keep) => {
      for (let row = 0; row < rows; row++) {
        seen.push(`${first?.[row]} ${second?.[row]} ${hash[row]}`)
        keep[row] = (first?.[row] ?? 0) % 2
      }
    })
    const kept = await session.rows(
      'SELECT n FROM (SELECT range AS n FROM range(5000)) WHERE tally(n::UINTEGER, (2 * n)::UINTEGER, (n + 1)::UBIGINT) = 1 ORDER BY n',
    )
    expect(seen).toHaveLength(5000)
    expect([seen[0], seen[4999]]).toEqual(['0 0 1', '4999 9998 5000'])
    expect(new Set(seen).size).toBe(5000)
    expect(kept.length).toBe(2500)
    expect(kept.slice(0, 2)).toEqual([{ n: '1' }, { n: '3' }])
  })

  it('stands in the order of a file that is written in the same pass', async () => {
    const path = join(place.folder, 'scratch/out.csv')
    session.registerTally(1, 0, (rows, _words, _hash, _proofs, keep) => keep.fill(1, 0, rows))
    await session.run(
      `COPY (SELECT range AS n FROM range(3) WHERE tally(range::UINTEGER, range::UBIGINT) = 1) TO ${text(path)} (HEADER FALSE)`,
    )
    expect(await session.rows(`SELECT * FROM read_csv(${text(path)}, header = false)`)).toHaveLength(3)
  })
})

it('errors of the engine are errors of tasks', async () => {
  writeFileSync(join(place.folder, 'data/bad.parquet'), 'PAR1 this is none PAR1')
  await expect(session.rows(`SELECT * FROM read_parquet([${text(join(place.folder, 'data/bad.parquet'))}])`)).rejects.toMatchObject({
    name: 'Data.Unreadable',
    message: expect.stringContaining('bad.parquet'),
  })
  await expect(session.run('SELECT no_such_column')).rejects.toMatchObject({ name: 'Engine.Bug' })
  await expect(session.lists('SELECT no_such_column')).rejects.toMatchObject({ name: 'Engine.Bug' })
})
