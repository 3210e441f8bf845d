import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { rowOf } from '#io/formats/line-map.ts'
import type { Inspection, ReadSettings } from '#io/formats/source.ts'
import { publishedRows, runDefinition, workplace as folderOf } from '../../kit/run-pipeline.ts'
import { workbookOf } from '../../kit/workbook.ts'
import { inspectFile, workplace } from './kit.ts'

const place = workplace()
const runs = folderOf()
afterAll(() => {
  place.clear()
  runs.clear()
})

type Rows = readonly (readonly (string | number | boolean | Date | null)[])[]

const inspected = async (bytes: Uint8Array, settings: ReadSettings = {}) =>
  (await inspectFile(place.write(bytes, 'book.xlsx'), place.store, settings)).inspection
const textOf = ({ staged }: Inspection) => readFileSync(join(place.folder, 'store', staged ?? ''), 'utf8')
const textOfSheet = async (rows: Rows, more = {}) => textOf(await inspected(await workbookOf({ Sheet1: rows }, more), { header: false }))

describe('a cell of a workbook', () => {
  it('is what is stored, never what a format shows', async () => {
    const day = new Date(Date.UTC(2024, 0, 31))
    const moment = new Date(Date.UTC(2024, 0, 31, 10, 30))
    expect(
      await textOfSheet([
        [1.1, 0.1 + 0.2, 1e21, -7],
        [day, moment, true, false],
        ['a, "b"', ' c ', 'two\nlines', '#DIV/0!'],
      ]),
    ).toBe('1.1,0.30000000000000004,1e+21,-7\n2024-01-31,2024-01-31T10:30:00,true,false\n"a, ""b"""," c ","two\nlines",#DIV/0!\n')
  })

  it('is the same day where days count from 1904', async () => {
    const day = new Date(Date.UTC(2024, 0, 31))
    expect(await textOfSheet([[day, 1]], { dateSystem: '1904' })).toBe('2024-01-31,1\n')
  })

  it('that may be a duration is a doubt', async () => {
    const { doubts } = await inspected(await workbookOf({ Sheet1: [['took'], [new Date(Date.UTC(1900, 0, 2, 12))]] }))
    expect(doubts?.join()).toContain('1 cell')
  })

  it('of a merged area has its value in the first, and the others are empty', async () => {
    const merges = [{ startRow: 0, startCol: 0, endRow: 0, endCol: 1 }]
    expect(
      await textOfSheet(
        [
          ['both', null, 'c'],
          [1, 2, 3],
        ],
        { merges },
      ),
    ).toBe('both,,c\n1,2,3\n')
  })

  it('with a formula is the value that was stored with it', async () => {
    const cells = new Map([['0,1', { formula: 'A1*2', formulaResult: 4, value: 4 }]])
    expect(await textOfSheet([[2, null, 'x']], { cells })).toBe('2,4,x\n')
  })
})

describe('a sheet', () => {
  const TABLE: Rows = [['Sales of the year'], [], ['id', 'note'], [1, 'two\nlines'], [], [2, 'b', 'stray'], [3, null]]
  it('has a record for each row with a value, and each knows its row', async () => {
    const found = await inspected(await workbookOf({ Sales: TABLE }), { header_row: 3, range: 'A1:B9' })
    expect(found).toMatchObject({ columns: ['id', 'note'], records: 3, part: 'Sales', bad: [] })
    expect(found.notes).toEqual([])
    expect([2, 4, 5].map((line) => rowOf(found.rows, line))).toEqual([4, 6, 7])
  })

  it('has a bad record where a row is wider than the table, named by its row', async () => {
    const rows: Rows = [['id', 'note'], ...Array.from({ length: 1000 }, (_, at) => [at, 'a']), [1000, 'b', 'stray']]
    const { bad } = await inspected(await workbookOf({ Sales: rows }))
    expect(bad).toEqual([expect.objectContaining({ record: 1001, line: 1002, reason: expect.stringContaining('3 fields') })])
  })

  it('is the first that is not hidden, and the others are named', async () => {
    const book = await workbookOf({ One: [['a'], [1]], Two: [['b'], [2]] })
    const first = await inspected(book)
    expect(first).toMatchObject({ part: 'One', columns: ['a'] })
    expect(first.notes.join()).toContain('"Two"')
    expect(await inspected(book, { sheet: 'Two' })).toMatchObject({ part: 'Two', columns: ['b'], notes: [] })
    await expect(inspected(book, { sheet: 'Tow' })).rejects.toMatchObject({
      name: 'Data.Unreadable',
      hint: expect.stringContaining('did you mean "Two"'),
    })
  })

  it('without values is a source without records', async () => {
    expect(await inspected(await workbookOf({ Empty: [] }))).toMatchObject({ records: 0, columns: [] })
  })

  it.each<[ReadSettings, string]>([
    [{ header_row: 3, header: false }, 'header_row: 3 contradicts header: false'],
    [{ header_row: 9, range: 'A1:B5' }, 'header_row: 9 contradicts range: A1:B5'],
  ])('is not read where settings contradict each other: %j', async (settings, message) => {
    await expect(inspected(await workbookOf({ Sheet1: [['a']] }), settings)).rejects.toMatchObject({
      name: 'Definition.InvalidSetting',
      message: expect.stringContaining(message),
    })
  })

  it('below a title is found, or the row to set is named', async () => {
    const book = await workbookOf({ Sheet1: [['Title'], ['id', 'price'], [1, 2.5], [2, 3.5], [3, 4.5]] })
    expect(await inspected(book)).toMatchObject({ columns: ['id', 'price'], records: 3 })
  })
})

describe('a workbook', () => {
  it('that is damaged is refused', async () => {
    const book = await workbookOf({ Sheet1: Array.from({ length: 500 }, (_, at) => [at, `name ${at}`]) })
    const sheet = book.indexOf('xl/worksheets/sheet1.xml') + 200
    book.writeUInt8(book.readUInt8(sheet) ^ 0xff, sheet)
    await expect(inspected(book)).rejects.toMatchObject({ name: 'Data.Unreadable', message: expect.stringContaining('damaged') })
    await expect(inspected(book.subarray(0, book.length - 300))).rejects.toMatchObject({ name: expect.stringMatching(/^Data\./) })
  })

  it('goes through a pipeline to Parquet, and a row that cannot be read is quarantined by its sheet and row', async () => {
    const path = runs.write(
      'orders.xlsx',
      await workbookOf({
        Orders: [['id', 'on', 'amount'], [1, new Date(Date.UTC(2024, 0, 31)), 2.5], [], [2, null, 3.5], ...lines(3, 40)],
      }),
    )
    const out = join(runs.folder, 'out')
    const run = await runDefinition(
      `version: 1
id: book
steps:
  - {id: find, type: discover, with: {source: ${path}, types: {id: integer}}}
  - {id: tidy, type: validate, with: {rules: [{rule_type: not_null, column: "on", on_fail: quarantine}]}}
  - {id: publish, type: export, with: {to: ${out}}}
`,
      { store: join(runs.folder, 'store') },
    )
    expect({ status: run.status, cause: run.cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
    expect(run.ledger.rows).toMatchObject({ in: 40, out: 39, quarantined: 1 })
    expect((await publishedRows(out, 'id, "on", amount'))[0]).toMatchObject({ amount: expect.anything() })
    expect(run.text('quarantine/quarantine.csv').split('\n')[1]).toMatch(/^orders\.xlsx#Orders,2,4,,/)
  })
})

const lines = (from: number, to: number): Rows =>
  Array.from({ length: to - from + 1 }, (_, at) => [from + at, new Date(Date.UTC(2024, 1, 1 + (at % 28))), at / 2])
