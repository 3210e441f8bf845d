/** What the examples about files and a warehouse produce, beyond their books: their outputs, their archive, and their second run. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { runCli } from './kit/cli.ts'
import { copyExample } from './kit/example-copy.ts'

const scratch = mkdtempSync(join(tmpdir(), 'siftstep-outputs-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const copyOf = (name: string): string => copyExample(name, join(scratch, name))

describe('daily-sales', () => {
  it('publishes totals with the date, quarantines the row with a hole, and archives the file', async () => {
    const folder = copyOf('daily-sales')
    const before = readFileSync(join(folder, 'input/daily_sales.csv'), 'utf8')
    const { code } = await runCli(['run', 'pipeline.yaml', '--quiet'], { cwd: folder })
    expect(code).toBe(0)
    const [published = ''] = readdirSync(join(folder, 'processed'))
    const [, digits = ''] = /^sales_(\d{8})\.csv$/.exec(published) ?? []
    const rows = readFileSync(join(folder, 'processed', published), 'utf8')
      .trimEnd()
      .split('\n')
    expect(rows[0]).toBe('order_id,product,quantity,price,total_amount,processed_date')
    const date = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`
    const given = before.trimEnd().split('\n').slice(1)
    const expected = given.flatMap((line) => {
      const [, , quantity = '', price = ''] = line.split(',')
      return quantity === '' ? [] : [`${line},${((Number(quantity) * Number(price.replace('.', ''))) / 100).toFixed(2)},${date}`]
    })
    expect(rows.slice(1)).toEqual(expected)
    expect(readFileSync(join(folder, 'archive', digits, 'daily_sales.csv'), 'utf8')).toBe(before)
    expect(existsSync(join(folder, 'input/daily_sales.csv'))).toBe(false)
    writeFileSync(join(folder, 'input/daily_sales.csv'), 'order_id,product,quantity,price\n')
    const empty = await runCli(['run', 'pipeline.yaml'], { cwd: folder })
    expect([empty.code, empty.err]).toEqual([1, expect.stringContaining('No sales data found for processing')])
  })
})

describe('files-as-they-arrive', () => {
  it('processes each file, skips an empty folder, and completes in part with a file that is no table', async () => {
    const folder = copyOf('files-as-they-arrive')
    const run = () => runCli(['run', 'pipeline.yaml'], { cwd: folder })
    expect((await run()).code).toBe(0)
    expect(readdirSync(join(folder, 'processed')).sort()).toEqual(['processed_north.csv', 'processed_south, coast.csv'])
    expect(readdirSync(join(folder, 'archive')).sort()).toEqual(['north.csv', 'south, coast.csv'])
    const empty = await run()
    expect([empty.code, empty.out]).toEqual([0, expect.stringContaining('process_files: skipped')])
    writeFileSync(join(folder, 'input/broken.csv'), Buffer.from(Array.from({ length: 900 }, (_, at) => at % 5)))
    writeFileSync(join(folder, 'input/east.csv'), 'reading,station,celsius\n1,S9,3.5\n')
    const part = await run()
    expect([part.code, part.out]).toEqual([4, expect.stringContaining('broken.csv')])
    expect(readdirSync(join(folder, 'input'))).toEqual(['broken.csv'])
    expect(existsSync(join(folder, 'processed/processed_east.csv'))).toBe(true)
    const failed = await run()
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('none of the sources can be read')])
  })
})

describe('warehouse', () => {
  it('keeps the rows as they were read, and loads them with category and code', async () => {
    const folder = copyOf('warehouse')
    for (let times = 0; times < 2; times++) expect((await runCli(['run', 'pipeline.yaml', '--quiet'], { cwd: folder })).code).toBe(0)
    expect(JSON.parse(readFileSync(join(folder, 'raw/products.json'), 'utf8'))).toEqual([
      { id: 1, name: 'Product A', price: 29.99, category: 'Electronics' },
      { id: 2, name: 'Product B', price: 19.99, category: 'Books' },
      { id: 3, name: 'Product C', price: 39.99, category: 'Clothing' },
    ])
    const database = new DatabaseSync(join(folder, 'warehouse.db'))
    expect(database.prepare('SELECT id, price, price_category, product_code FROM products ORDER BY id').all()).toEqual([
      { id: 1, price: 29.99, price_category: 'Medium', product_code: 'ELE001' },
      { id: 2, price: 19.99, price_category: 'Low', product_code: 'BOO002' },
      { id: 3, price: 39.99, price_category: 'High', product_code: 'CLO003' },
    ])
    database.close()
  })
})
