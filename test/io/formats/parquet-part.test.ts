import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parquetMetadata } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyRowGroups } from '#io/formats/parquet-part.ts'
import { sharedData, skipReason } from '../../kit/shared-data.ts'
import { memorySource, openParser, workplace } from './kit.ts'

const place = workplace()
let parser: Awaited<ReturnType<typeof openParser>>
beforeAll(async () => {
  parser = await openParser()
})
afterAll(() => {
  parser.close()
  place.clear()
})

/** A source that counts what is read of it. */
function counted(bytes: Uint8Array) {
  const source = memorySource(bytes)
  let read = 0
  return {
    source: {
      ...source,
      read: (offset: number, length: number) => {
        read += length
        return source.read(offset, length)
      },
    },
    read: () => read,
  }
}

const rowsOf = (path: string, where = '') => parser.rows(`SELECT * FROM read_parquet('${path}', file_row_number = true)${where}`)
const withoutNumber = (rows: readonly unknown[][]) =>
  rows.map((row) => JSON.stringify(row.slice(0, -1), (_, value) => (typeof value === 'bigint' ? `${value}` : value)))

describe('row groups as a file of their own', () => {
  it('are the rows of the source, and only they are read', async () => {
    const path = join(place.folder, 'many.parquet')
    await parser.rows(
      `COPY (SELECT range AS id, 'name ' || range AS name, range % 7 AS few, [range, 1] AS list FROM range(60_000)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048, COMPRESSION uncompressed)`,
    )
    const bytes = readFileSync(path)
    const groups = parquetMetadata(Uint8Array.from(bytes).buffer).row_groups.length
    expect(groups).toBe(30)
    for (const [start, end] of [
      [0, 2048],
      [2048 * 13, 2048 * 16],
      [2048 * 29, 60_000],
      [0, 60_000],
      [0, 2048 * 20],
    ] as const) {
      const { source, read } = counted(bytes)
      const part = join(place.folder, `part-${start}-${end}.parquet`)
      await copyRowGroups(source, { start, end }, part)
      const wanted = await rowsOf(path, ` WHERE file_row_number >= ${start} AND file_row_number < ${end}`)
      expect(withoutNumber(await rowsOf(part))).toEqual(withoutNumber(wanted))
      expect(await parser.rows(`SELECT count(*) FROM read_parquet('${part}') WHERE few = 3`)).toEqual(
        await parser.rows(
          `SELECT count(*) FROM read_parquet('${path}', file_row_number = true) WHERE few = 3 AND file_row_number >= ${start} AND file_row_number < ${end}`,
        ),
      )
      if (end - start < 10_000) expect(read()).toBeLessThan(bytes.length / 5)
    }
  })

  it('may be none: the file has the columns all the same', async () => {
    const path = join(place.folder, 'typed.parquet')
    await parser.rows(`COPY (SELECT 1 AS id, DATE '2026-01-02' AS day, {'a': 1.5::DECIMAL(9,2)} AS nested) TO '${path}' (FORMAT parquet)`)
    const part = join(place.folder, 'none.parquet')
    await copyRowGroups(memorySource(readFileSync(path)), { start: 0, end: 0 }, part)
    const describeFile = (file: string) => parser.rows(`DESCRIBE SELECT * FROM read_parquet('${file}')`)
    expect(await describeFile(part)).toEqual(await describeFile(path))
    expect(await rowsOf(part)).toEqual([])
  })

  it('take up the room of what they hold', async () => {
    const path = join(place.folder, 'wide.parquet')
    await parser.rows(
      `COPY (SELECT range AS id, md5(range::VARCHAR) AS hash FROM range(400_000)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 100_000, COMPRESSION uncompressed)`,
    )
    const part = join(place.folder, 'last.parquet')
    await copyRowGroups(memorySource(readFileSync(path)), { start: 300_000, end: 400_000 }, part)
    const [whole, copied] = [statSync(path), statSync(part)]
    expect(copied.size).toBeGreaterThan(whole.size * 0.9)
    expect(copied.blocks * 512).toBeLessThan(whole.size * 0.4)
  })
})

const suite = sharedData('parquet-testing/data')
describe('the files of parquet-testing', () => {
  it.skipIf(suite === undefined)(
    suite === undefined ? skipReason('parquet-testing') : 'are read the same from a copy of their row groups',
    async () => {
      let compared = 0
      for (const name of readdirSync(suite as string).filter((file) => file.endsWith('.parquet'))) {
        const path = join(suite as string, name)
        if (!existsSync(path)) continue
        // what the parser does not open has nothing to compare
        const wanted = await rowsOf(path).catch(() => undefined)
        if (wanted === undefined) continue
        const part = join(place.folder, `copy-${name}`)
        await copyRowGroups(memorySource(readFileSync(path)), { start: 0, end: Number.MAX_SAFE_INTEGER }, part)
        expect({ name, rows: withoutNumber(await rowsOf(part)) }).toEqual({ name, rows: withoutNumber(wanted) })
        compared++
      }
      expect(compared).toBeGreaterThan(30)
    },
  )
})
