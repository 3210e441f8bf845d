import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { locate } from '#io/formats/locate.ts'
import { spool } from '#io/formats/spool.ts'
import { sharedData, skipReason } from '../../kit/shared-data.ts'
import { inspectFile, openParser, readContext, workplace } from './kit.ts'

const place = workplace()
let parser: Awaited<ReturnType<typeof openParser>>
beforeAll(async () => {
  parser = await openParser()
})
afterAll(() => {
  parser.close()
  place.clear()
})

async function written(rows: number, groups: number): Promise<string> {
  const path = join(place.folder, `rows-${rows}-${groups}.parquet`)
  await parser.rows(
    `COPY (SELECT range + 1 AS id, 'name ' || range AS name FROM range(${rows})) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE ${groups})`,
  )
  return path
}

describe('a Parquet file', () => {
  it('is planned by its footer, whole row groups at a time', async () => {
    const path = await written(20_000, 2048)
    for (const chunk_rows of [1, 4096, 5000, 100_000]) {
      const { inspection, sample } = await inspectFile(path, place.store, {}, { chunk_rows })
      expect(inspection).toMatchObject({
        format: 'parquet',
        columns: ['id', 'name'],
        records: 20_000,
        staged: null,
        dialect: null,
        bad: [],
        notes: [],
      })
      expect(sample.numbers).toEqual([])
      expect(inspection.chunks.reduce((sum, { records }) => sum + records, 0)).toBe(20_000)
      expect(inspection.chunks.every(({ records }) => records % 2048 === 0 || records === inspection.chunks.at(-1)?.records)).toBe(true)
      expect(inspection.chunks.every(({ records }) => records <= Math.max(chunk_rows, 2048))).toBe(true)
      expect(inspection.chunks.every(({ start, end }) => start < end && end < inspection.bytes)).toBe(true)
    }
  })

  it('is read by its chunks', async () => {
    const path = await written(20_000, 2048)
    const { inspection } = await inspectFile(path, place.store, {}, { chunk_rows: 5000 })
    const whole = await spool(inspection, 0, inspection.chunks.length - 1, await readContext(path, place.store, place.folder))
    expect(whole).toMatchObject({ path, rows: null, records: 20_000 })
    const ids: unknown[] = []
    for (let chunk = 0; chunk < inspection.chunks.length; chunk++) {
      const part = await spool(inspection, chunk, chunk, await readContext(path, place.store, place.folder))
      const rows = await parser.rows(
        `SELECT id FROM read_parquet('${part.path}', file_row_number = true) WHERE file_row_number >= ${part.rows?.start} AND file_row_number < ${part.rows?.end}`,
      )
      expect(rows.length).toBe(part.records)
      expect(rows.map(([id]) => Number(id))).toEqual(rows.map((_, at) => part.record(at)))
      ids.push(...rows)
    }
    expect(ids.length).toBe(20_000)
  })

  it('has no text', async () => {
    const path = await written(10, 2048)
    const { inspection } = await inspectFile(path, place.store)
    const found = []
    for await (const one of locate(inspection, [3], await readContext(path, place.store, place.folder))) found.push(one)
    expect(found).toEqual([{ record: 3, line: 0, start: 0, end: 0, byte: 0, raw: '' }])
  })

  it('is refused when it is cut off or broken', async () => {
    const bytes = readFileSync(await written(1000, 2048))
    await expect(inspectFile(place.write(bytes.subarray(0, bytes.length - 5), 'cut.parquet'), place.store)).rejects.toMatchObject({
      name: 'Data.Unreadable',
      message: expect.stringContaining('cut off'),
    })
    const broken = Buffer.from(bytes)
    broken.fill(0xff, bytes.length - 200, bytes.length - 100)
    await expect(inspectFile(place.write(broken, 'broken.parquet'), place.store)).rejects.toMatchObject({
      name: 'Data.Unreadable',
      message: expect.stringContaining('footer'),
    })
    await expect(inspectFile(place.write('id,name\n', 'text.csv'), place.store, { format: 'parquet' })).rejects.toMatchObject({
      name: 'Data.Unreadable',
    })
  })
})

const suite = sharedData('parquet-testing/data')
describe('the files of parquet-testing', () => {
  it.skipIf(suite === undefined)(
    suite === undefined ? skipReason('parquet-testing') : 'have the rows DuckDB reads, or are refused as encrypted or damaged',
    async () => {
      const names = readdirSync(suite as string).filter((name) => name.includes('.parquet') && existsSync(join(suite as string, name)))
      expect(names.length).toBeGreaterThan(40)
      for (const name of names) {
        const path = join(suite as string, name)
        if (name.endsWith('.encrypted')) {
          await expect(inspectFile(path, place.store)).rejects.toMatchObject({
            name: 'Data.UnsupportedFormat',
            message: expect.stringContaining('encrypted'),
          })
          continue
        }
        if (name.endsWith('.json')) continue
        if (name.includes('corrupt-checksum')) {
          await expect(inspectFile(path, place.store)).rejects.toMatchObject({
            name: 'Data.Unreadable',
            message: expect.stringContaining('the checksum of a page of column a, row group 1'),
          })
          continue
        }
        const { inspection } = await inspectFile(path, place.store)
        const read = inspection.staged === null ? path : join(place.folder, 'store', inspection.staged)
        const rows = await parser.rows(`SELECT t::VARCHAR FROM read_parquet('${read}') t`)
        expect({ name, records: inspection.records }).toEqual({ name, records: rows.length })
      }
    },
  )
})
