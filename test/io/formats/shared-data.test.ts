import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRecords } from '#io/formats/record-text.ts'
import { spool } from '#io/formats/spool.ts'
import { sharedData, skipReason } from '../../kit/shared-data.ts'
import { CSV, inspectFile, isGood, openParser, readContext, withNulls, workplace } from './kit.ts'

const place = workplace()
let parser: Awaited<ReturnType<typeof openParser>>
beforeAll(async () => {
  parser = await openParser()
})
afterAll(() => {
  parser.close()
  place.clear()
})

/** Folders of tables, and which of their files have no header. */
const FOLDERS: readonly (readonly [string, RegExp])[] = [
  ['real-nycflights13', /^$/],
  ['real-openflights', /\.dat$/],
  ['real-vega', /^$/],
  ['real-fivethirtyeight', /^$/],
  ['real-csse-daily', /^$/],
  ['csv-spectrum/csvs', /^$/],
  ['csv-clevercsv', /^$/],
  ['csv-csvlint', /^$/],
  ['cleaning-raha/beers', /^$/],
  ['cleaning-raha/hospital', /^$/],
  ['timeseries-nab/data/realAWSCloudwatch', /^$/],
  ['outlier-odds', /^$/],
]

async function rowsOf(path: string) {
  const { inspection } = await inspectFile(path, place.store, {}, { chunk_rows: 5000 })
  const rows: unknown[][] = []
  for (let chunk = 0; chunk < inspection.chunks.length; chunk++) {
    const spooled = await spool(inspection, chunk, chunk, await readContext(path, place.store, place.folder))
    const part = await parser.readCsv(spooled.path, inspection.columns.length, inspection.dialect ?? CSV, spooled)
    expect(part.length).toBe(spooled.records)
    rows.push(...part)
    await spooled.release()
  }
  return { inspection, rows }
}

describe('real tables', () => {
  for (const [folder, headerless] of FOLDERS) {
    const place_ = sharedData(folder)
    const names = place_ === undefined ? [] : readdirSync(place_).filter((name) => /\.(csv|tsv|dat)$/.test(name))
    it.skipIf(place_ === undefined)(
      place_ === undefined ? skipReason(folder) : `of ${folder} are read whole, with the right header`,
      async () => {
        expect(names.length).toBeGreaterThan(0)
        for (const name of names) {
          const path = join(place_ as string, name)
          const { inspection, rows } = await rowsOf(path)
          expect({ name, header: inspection.dialect?.header }).toEqual({ name, header: !headerless.test(name) })
          expect({ name, rows: rows.length }).toEqual({ name, rows: inspection.records - inspection.bad.length })
          // the text as read, by the grammar over strings
          const bytes = inspection.staged === null ? readFileSync(path) : Buffer.from((await place.store.read(inspection.staged)) ?? [])
          const text = bytes.toString('utf8', inspection.chunks[0]?.start ?? 0)
          const good = [...readRecords(text, inspection.dialect ?? CSV)].filter((record) => isGood(record, inspection.columns.length))
          expect(rows).toEqual(good.map(({ cells }) => withNulls(cells)))
        }
      },
    )
  }

  const spectrum = sharedData('csv-spectrum')
  it.skipIf(spectrum === undefined)(spectrum === undefined ? skipReason('csv-spectrum') : 'of csv-spectrum equal their JSON', async () => {
    // the pair of location_coordinates holds another phone number
    for (const name of readdirSync(join(spectrum as string, 'csvs')).filter((one) => !one.startsWith('location'))) {
      const { inspection, rows } = await rowsOf(join(spectrum as string, 'csvs', name))
      // the files came with LF where their pairs have CR LF
      const pair = readFileSync(join(spectrum as string, 'json', name.replace('.csv', '.json')), 'utf8').replaceAll('\\r\\n', '\\n')
      const wanted = JSON.parse(pair) as Record<string, string>[]
      const found = rows.map((row) => Object.fromEntries(inspection.columns.map((column, at) => [column, row[at] ?? ''])))
      expect({ name, found }).toEqual({ name, found: wanted })
    }
  })

  const openflights = sharedData('real-openflights/countries.dat')
  it.skipIf(openflights === undefined)(
    openflights === undefined ? skipReason('real-openflights') : 'have the records one can count',
    async () => {
      const { inspection } = await rowsOf(openflights as string)
      expect(inspection).toMatchObject({ records: 261, bad: [], columns: ['column_1', 'column_2', 'column_3'] })
    },
  )

  const starWars = sharedData('real-fivethirtyeight/star-wars-survey__StarWars.csv')
  it.skipIf(starWars === undefined)(
    starWars === undefined ? skipReason('real-fivethirtyeight') : 'join two header rows, the second with the names that the first has not',
    async () => {
      const { inspection, rows } = await rowsOf(starWars as string)
      expect(inspection.records).toBe(1186)
      expect(inspection.columns[4]).toContain('Star Wars: Episode II')
      expect(rows[0]?.[0]).toBe('3292879998')
    },
  )

  const titled = sharedData('csv-csvlint/title-row.csv')
  it.skipIf(titled === undefined)(titled === undefined ? skipReason('csv-csvlint') : 'pass over a title', async () => {
    const { inspection } = await rowsOf(titled as string)
    expect(inspection).toMatchObject({ columns: ['Foo', 'Bsr', 'Baz'], records: 2, dialect: { skip_lines: 1 } })
  })

  const many = sharedData('csv-csvlint/invalid_many_rows.csv')
  it.skipIf(many === undefined)(many === undefined ? skipReason('csv-csvlint') : 'report the record with invalid quotes', async () => {
    const { inspection } = await rowsOf(many as string)
    expect(inspection.bad).toMatchObject([{ record: 3, line: 4, reason: 'has text after a closing quote' }])
  })
})
