/** The measuring kernel finds in any text what SQL finds in it: the same states of every measure, the same distinct values, the same repeated keys. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSql } from '#data/dataset/read-sql.ts'
import type { Layout } from '#data/dataset/plan.ts'
import type { Json } from '#core/json.ts'
import type { Spool } from '#io/formats/spool.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import { kernelScan } from '#data/survey/kernel-scan.ts'
import { kernelCanMeasure } from '#data/survey/engine.ts'
import type { ColumnPartial, SourcePartial } from '#data/survey/partial.ts'
import { scan } from '#data/survey/scan.ts'
import { aPlan, COLUMN_KINDS } from '../../kit/column-plans.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { runs } from '../../kit/seed.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const MORE: typeof COLUMN_KINDS = [
  ...(['phone', 'url', 'uuid', 'ip'] as const).map((semantic) => ({
    title: semantic,
    plan: aPlan({ semantic }),
    cells: fc.constantFrom(
      '+1 (555) 010-1234',
      '555',
      'https://a.b/c',
      'HTTP://x y',
      'ftp://',
      'http:///a',
      '123e4567-e89b-12d3-a456-426614174000',
      '10.0.0.255',
      '10.0.0.256',
      '1.2.3',
      '',
      ' 10.1.2.3',
    ),
  })),
  {
    title: 'long numbers',
    plan: aPlan({ type: 'float', number: { decimal: '.', grouping: '', symbols: [] } }),
    cells: fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e4, max: 1e4 }).map(String),
      fc.constantFrom(
        '0.1234567890123456789',
        '1e400',
        '-0',
        '00012',
        '1e-7',
        '5.',
        '.5',
        '+5',
        '1E5',
        '12345678901234567890',
        '-',
        '--1',
        '1_000',
        '0x10',
      ),
    ),
  },
  {
    title: 'numbers of every size',
    plan: aPlan({ type: 'float', number: { decimal: '.', grouping: '', symbols: [] } }),
    cells: fc.oneof(
      fc.nat(400).map((at) => `${at}e-9`),
      fc.nat(400).map((at) => `${1e11 + at}.25`),
      fc.nat(400).map((at) => String(1_700_000_000 + at)),
      fc.integer({ min: -1e6, max: 1e6 }).map((cents) => (cents / 100).toFixed(2)),
      fc.constantFrom('1e-300', '-2.5e200', '5e-324', '1.7976931348623157e308', '0.1', '-0.30000000000000004', '0', '-0.0'),
    ),
  },
  {
    title: 'grouped money',
    plan: aPlan({ type: 'float', number: { decimal: '.', grouping: ',', symbols: ['$', 'EUR', '€'] } }),
    cells: fc.oneof(
      fc
        .tuple(
          fc.constantFrom('', '$', '-', '-$', 'EUR ', '€', '$ ', 'E'),
          fc.constantFrom('1', '1,234', '12.50', '1,2,3.4', '1e5', '', '1.2.3', ',5', '5,'),
          fc.constantFrom('', ' EUR', '€', ' ', 'E', '$'),
        )
        .map((parts) => parts.join('')),
    ),
  },
  {
    title: 'integers with symbols',
    plan: aPlan({ type: 'integer', number: { decimal: '.', grouping: "'", symbols: ['CHF'] } }),
    cells: fc.constantFrom('12', "1'200", 'CHF 5', '5.0', '5.5', '123456789012345678', '-7', 'CHF', '1e3', "CHF 1'000'000'000'000", ''),
  },
  {
    title: 'decimal commas',
    plan: aPlan({ type: 'float', number: { decimal: ',', grouping: '.', symbols: [] } }),
    cells: fc.constantFrom('12', '1.200', '1.200,5', '0,5', '-7', '7,', 'x'),
  },
  {
    title: 'moments in many forms',
    plan: aPlan({
      type: 'timestamp',
      semantic: 'timestamp',
      date: {
        to: 'timestamp',
        formats: ['%Y-%m-%d %H:%M:%S', '%Y/%m/%d %H:%M', '%d/%m/%Y %H:%M', '%b %d, %Y %I:%M %p', 'epoch_s', 'epoch_ms'],
      },
    }),
    cells: fc.constantFrom(
      '2024-02-29 10:11:12',
      '2023-02-29 10:11:12',
      '2024-02-29T10:11:12Z',
      '2024-02-29 10:11:12 UTC',
      '2024-02-29 10:11:12 +0200',
      'Thu Feb 29 10:11:12 2024',
      '2024-02-29T10:11',
      '2024-02-29',
      '2024/02/29 23:59',
      '2024/02/29T23:59',
      '29/02/2024 10:11',
      '29/02/2023 10:11',
      '29/02/2024',
      '2024-02-29 24:00:00',
      '2024-02-29 10:11:12.5',
      '2024-02-29 10:11:12+02:00',
      'Feb 29, 2024 10:11 PM',
      'feb 29, 2024 12:11 am',
      'DEC 01, 1969 12:00 PM',
      'Feb 29, 2023 10:11 PM',
      'Feb 9, 2024 1:11 PM',
      'Feb 09, 2024 13:11 PM',
      'Feb 09, 2024 00:11 AM',
      'Feb 09, 2024 01:60 AM',
      'Feb 09, 2024 01:11 XM',
      'Feb 09, 2024 01:11 PN',
      'Feb 09, 0099 01:11 PM',
      'Feb 09, 2024',
      'Fex 09, 2024 01:11 PM',
      'Feb 09; 2024 01:11 PM',
      'Feb 09, 2024 01:11  PM',
      '1709201472',
      '1709201472123',
      '0999-01-01',
      '12345678901',
      '2024-2-9',
      '99999999999999999999',
      '',
    ),
  },
  {
    title: 'days, months by name',
    plan: aPlan({ type: 'date', semantic: 'date', date: { to: 'date', formats: ['%b %d, %Y', '%Y-%m-%d'] } }),
    cells: fc.constantFrom(
      'Jan 01, 2024',
      'JUL 31, 1999',
      'sep 30, 1000',
      'Sep 31, 2024',
      'Sep 5, 2024',
      'September 05, 2024',
      'Sep 05, 2024 10:00 AM',
      'Sep 05,2024',
      'Oct 05, 0999',
      '2024-02-29',
      'n/a',
      '',
    ),
  },
  {
    title: 'days, month first',
    plan: aPlan({ type: 'date', semantic: 'date', date: { to: 'date', formats: ['%m-%d-%Y', '%Y-%m-%d'] } }),
    cells: fc.constantFrom(
      '02-29-2024',
      '13-01-2024',
      '2024-02-29',
      '2024-02-29 10:00:00',
      '02/29/2024',
      '2-9-2024',
      'n/a',
      '1969-12-31',
      '1200-03-01',
    ),
  },
]

const KINDS = [...COLUMN_KINDS, ...MORE].map(({ title, plan, cells }, at) => ({ title, cells, plan: { ...plan, name: `c${at}` } }))

interface Written {
  readonly rows: readonly (readonly (string | null)[])[]
  readonly quoting: readonly number[]
  readonly newline: '\n' | '\r\n'
  readonly ended: boolean
  readonly header: boolean
}

const table = fc.record<Written>({
  rows: fc.array(fc.tuple(...KINDS.map(({ cells }) => cells)), { minLength: 1, maxLength: 120 }),
  quoting: fc.array(fc.nat(7), { minLength: 7, maxLength: 7 }),
  newline: fc.constantFrom('\n', '\r\n'),
  ended: fc.boolean(),
  header: fc.boolean(),
})

/** The table as text, cells quoted where they must be and here and there where they need not. */
function asText({ rows, quoting, newline, ended, header }: Written): string {
  let count = 0
  const cell = (value: string | null) => {
    const style = quoting[count++ % quoting.length] ?? 0
    if (value === null) return ''
    const must = /[",\r\n]/.test(value) || value.startsWith(' ')
    if (!must && style < 5) return value
    return `${style === 6 && count % 41 !== 1 ? ' ' : ''}"${value.replaceAll('"', '""')}"`
  }
  const lines = [...(header ? [KINDS.map(({ plan }) => plan.name).join(',')] : []), ...rows.map((row) => row.map(cell).join(','))]
  return lines.join(newline) + (ended ? newline : '')
}

const layout: Layout = {
  layout: 'delimited',
  delimiter: ',',
  quote: '"',
  escape: '"',
  columns: KINDS.map(({ plan }) => ({ physical: plan.name, column: plan.name, cast: null })),
}
const PLANS: readonly ColumnPlan[] = KINDS.map(({ plan }) => plan)
const KEYS: readonly KeySet[] = [
  { columns: null, keep: 'first' },
  { columns: ['c0', 'c1'], keep: 'first' },
  { columns: null, keep: 'first', match: { trimmed: true } },
  { columns: ['c0', 'c1'], keep: 'first', match: { trimmed: ['c0'] } },
]

type Partial_ = Omit<SourcePartial, 'source'>

/** What can be compared: hashes differ, their number does not. */
function comparable(partial: ColumnPartial): Json {
  if ('values' in partial)
    return partial.values === null ? null : ([...partial.values].map(([value, count]) => `${value} ${count}`).sort() as Json)
  return Object.fromEntries(
    Object.entries(partial.states).map(([measure, state]) => {
      if (measure === 'distinct') return [measure, (state as { kept: string }).kept.length]
      if (measure === 'effects')
        return [
          measure,
          Object.fromEntries(Object.entries(state as Record<string, { cells: number }>).map(([rule, { cells }]) => [rule, cells])),
        ]
      return [measure, state]
    }),
  ) as Json
}

/** Through JSON, as states travel: it has one zero. */
const comparables = ({ columns }: Partial_) =>
  JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(columns).map(([name, partial]) => [name, comparable(partial)])))) as Json

/** Which rows have equal keys: each row as the number of the first row like it, -1 where it has none. */
function groups(keys: BigUint64Array): number[] {
  const first = new Map<bigint, number>()
  return [...keys].map((key, row) => {
    if (key === 0n) return -1
    if (!first.has(key)) first.set(key, row)
    return first.get(key) ?? -1
  })
}

describe('the measuring kernel', () => {
  it('knows these columns', () => {
    const dataset = { columns: PLANS, layouts: [layout] } as unknown as Parameters<typeof kernelCanMeasure>[0]
    expect(kernelCanMeasure(dataset, KEYS)).toBe(true)
    expect(kernelCanMeasure({ ...dataset, layouts: [{ ...layout, escape: '\\' }] }, KEYS)).toBe(false)
    expect(kernelCanMeasure({ ...dataset, layouts: [{ ...layout, layout: 'lines' }] }, KEYS)).toBe(false)
    expect(kernelCanMeasure({ ...dataset, columns: [{ ...aPlan(), from_text: false }] }, KEYS)).toBe(false)
    expect(kernelCanMeasure({ ...dataset, columns: [aPlan({ null_values: ['', 'x'] })] }, KEYS)).toBe(true)
    for (const word of ['-999', 'not known'])
      expect(kernelCanMeasure({ ...dataset, columns: [aPlan({ null_values: ['', word] })] }, KEYS)).toBe(false)
  })

  it('measures what SQL measures, also with what it knows from files before', async () => {
    const kept = new Map()
    let count = 0
    await fc.assert(
      fc.asyncProperty(table, async (written) => {
        const path = join(database.folder, `t${count++}.csv`)
        const text = asText(written)
        writeFileSync(path, text)
        const rows = written.rows.length
        const spool: Spool = {
          path,
          skip_header: written.header,
          new_line: written.newline,
          bytes: text.length,
          longest_record: Math.min(text.length, 5000),
          one_piece: false,
          records: rows,
          rows: null,
          record: (row) => row + 1,
          release: async () => {},
        }
        const relation = readSql(layout, {
          paths: [path],
          rows: null,
          header: written.header,
          newline: written.newline,
          longest: 100_000,
          whole: 0,
        })
        const { files } = await scan(
          database.session,
          { relation, columns: PLANS.map((plan, at) => ({ plan, sql: `r${at}` })), gone: null },
          KEYS,
          100,
        )
        const sql = files[0]
        const kernel = await kernelScan(spool, layout, PLANS, KEYS, 100, {
          scratch: database.folder,
          session: async () => database.session,
          hashes: kept,
        })
        expect(kernel.partial.rows).toBe(sql?.partial.rows)
        expect(comparables(kernel.partial)).toEqual(comparables(sql?.partial as Partial_))
        expect(kernel.keys.map(groups)).toEqual(sql?.keys.map(groups))
      }),
      { numRuns: runs(6), endOnFailure: true },
    )
  })
})
