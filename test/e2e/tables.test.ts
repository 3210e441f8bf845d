/** Tables through the command line: SQLite, clean, SQLite; a second run; a workbook, clean, Parquet. */
import { DatabaseSync } from '@photostructure/sqlite'
import { describe, expect, it } from 'vitest'
import { runCli } from '../kit/cli.ts'
import { workbookOf } from '../kit/workbook.ts'
import { at, place, write } from './place.ts'

const DEFINITION = `version: 1
id: orders
connections:
  shop: {type: sqlite, path: data/shop.db}
  warehouse: {type: sqlite, path: warehouse.db}
steps:
  - {id: find, type: discover, with: {source: {connection: shop, query: "SELECT * FROM orders ORDER BY id"}}}
  - {id: fix, type: clean, with: {rules: [{standardize: [whitespace]}, {deduplicate: {keys: [id]}}]}}
  - {id: load, type: export, with: {to: {connection: warehouse, table: orders}, mode: merge, keys: [id]}}
`

function database(name: string, sql: string): void {
  const opened = new DatabaseSync(at(name))
  opened.exec(sql)
  opened.close()
}

function rows(name: string, sql: string): unknown[] {
  const opened = new DatabaseSync(at(name), { readOnly: true })
  const statement = opened.prepare(sql)
  statement.setReturnArrays(true)
  const found = statement.all()
  opened.close()
  return found
}

describe('a table', () => {
  it('is read, cleaned and merged into another, once for each run', async () => {
    write('data/.keep', '')
    write('pipeline.yaml', DEFINITION)
    database(
      'data/shop.db',
      `CREATE TABLE orders (id INTEGER, name TEXT, amount REAL, day DATE);
       INSERT INTO orders VALUES (9007199254740993, ' Ana ', 1.5, '2024-02-29'), (2, '', NULL, NULL), (2, '', NULL, NULL), (3, 'Cy', 2, '2024-03-01')`,
    )
    const first = await runCli(['run', 'pipeline.yaml'], { cwd: place })
    expect(first.code, `${first.out}${first.err}`).toBe(0)
    expect(first.out).toContain('Exported to sqlite')
    expect(first.out).toMatch(/Output: sqlite:\/\/warehouse\.db\/orders \(/)
    const shown = 'SELECT CAST(id AS TEXT), name, amount, day, typeof(amount) FROM orders ORDER BY orders.id'
    expect(rows('warehouse.db', shown)).toEqual([
      ['2', '', null, null, 'null'],
      ['3', 'Cy', 2, '2024-03-01', 'real'],
      ['9007199254740993', 'Ana', 1.5, '2024-02-29', 'real'],
    ])
    database('data/shop.db', "UPDATE orders SET name = 'Cyd' WHERE id = 3; INSERT INTO orders VALUES (4, 'Di', 3, NULL)")
    const second = await runCli(['run', 'pipeline.yaml', '--quiet'], { cwd: place })
    expect(second.code, second.err).toBe(0)
    expect(rows('warehouse.db', 'SELECT id, name FROM orders WHERE id < 9 ORDER BY id')).toEqual([
      [2, ''],
      [3, 'Cyd'],
      [4, 'Di'],
    ])
    expect(rows('warehouse.db', 'SELECT target, step, pipeline, mode, rows FROM _siftstep_runs ORDER BY rows')).toEqual([
      ['orders', 'load', 'orders', 'merge', 3],
      ['orders', 'load', 'orders', 'merge', 4],
    ])
  })
})

describe('a workbook', () => {
  it('is read from a sheet, cleaned, and published as Parquet with its types', async () => {
    const stock = [
      ['sku', 'name', 'counted', 'on'],
      ['007', ' bolt ', 12, new Date(Date.UTC(2024, 1, 29))],
      ['008', 'nut', 3.5, new Date(Date.UTC(2024, 2, 1))],
      ['007', ' bolt ', 12, new Date(Date.UTC(2024, 1, 29))],
    ]
    write('in/stock.xlsx', await workbookOf({ notes: [['nothing']], stock }))
    write(
      'pipeline.yaml',
      `version: 1
id: stock
steps:
  - {id: find, type: discover, with: {source: {path: in/stock.xlsx, sheet: stock}}}
  - {id: tidy, type: clean, with: {rules: [{standardize: [whitespace]}, {deduplicate: {keys: [sku]}}]}}
  - {id: publish, type: export, with: {to: out, format: parquet}}
`,
    )
    const { code, out, err } = await runCli(['run', 'pipeline.yaml'], { cwd: place })
    expect(code, `${out}${err}`).toBe(0)
    expect(out).toContain('⚖  Rows: 3 in = 2 out + 1 duplicate   balanced ✓')
    const shown = await runCli(['head', 'out', '--json'], { cwd: place })
    expect(JSON.parse(shown.out)).toEqual([
      { sku: '007', name: 'bolt', counted: '12.0', on: '2024-02-29' },
      { sku: '008', name: 'nut', counted: '3.5', on: '2024-03-01' },
    ])
  })
})
