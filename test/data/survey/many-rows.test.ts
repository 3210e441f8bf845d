/** Columns of many rows in both lanes: few values among them are counted exactly, and texts are listed as long as they are few and short. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Layout } from '#data/dataset/plan.ts'
import { MEASURES } from '#relational/measures/index.ts'
import type { Spool } from '#io/formats/spool.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { kernelScan } from '#data/survey/kernel-scan.ts'
import { mergePartials } from '#data/survey/merge.ts'
import { type ColumnPartial, MAX_VALUE_LENGTH, MAX_VALUES } from '#data/survey/partial.ts'
import { scan } from '#data/survey/scan.ts'
import { aPlan } from '../../kit/column-plans.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const typed = (name: string, type: ColumnPlan['type'] = 'integer') => aPlan({ name, type, from_text: false, sketched: true })

/** The partial of one file; `columns` are expressions over `i`. */
async function scanned(rows: number, columns: { readonly [name: string]: string }, plans: readonly ColumnPlan[], records = rows) {
  const selected = Object.values(columns).map((sql, at) => `${sql} AS r${at}`)
  const relation = `SELECT ${selected.join(', ')}, 'one' AS _file FROM range(${rows}) AS numbers(i)`
  const measured = { relation, columns: plans.map((plan, at) => ({ plan, sql: `r${at}` })), gone: null }
  const { files } = await scan(database.session, measured, [], records)
  return files[0]?.partial.columns ?? {}
}

const distinctOf = (partial: ColumnPartial | undefined, plan: ColumnPlan) =>
  partial !== undefined && 'states' in partial ? MEASURES.distinct.value(partial.states['distinct'] as never, plan) : undefined

describe('distinct values of many rows', () => {
  it('are exact in SQL where they are few', async () => {
    const columns = { two: 'i % 2', three: 'i % 3', some: 'i % 13', more: 'i % 1000', word: "'w' || (i % 700)", id: 'i' }
    const plans = Object.keys(columns).map((name) => typed(name, name === 'word' ? 'text' : 'integer'))
    const partials = await scanned(150_000, columns, plans)
    const found = plans.map((plan) => [plan.name, distinctOf(partials[plan.name], plan)?.value])
    expect(Object.fromEntries(found.slice(0, 5))).toEqual({ two: 2, three: 3, some: 13, more: 1000, word: 700 })
    const id = distinctOf(partials['id'], typed('id'))
    expect(id?.exact).toBe(false)
    expect(Math.abs((id?.value ?? 0) / 150_000 - 1)).toBeLessThan(0.05)
  })

  it('are exact in the kernel where they are few, though the column was to be sketched', async () => {
    const rows = 100_000
    const number = { decimal: '.', grouping: '', symbols: [] } as const
    const plans = ['three', 'more', 'id'].map((name) => aPlan({ name, type: 'integer', number, sketched: true }))
    const path = join(mkdtempSync(join(database.folder, 'kernel-')), 'in.csv')
    writeFileSync(path, Array.from({ length: rows }, (_, at) => `${at % 3},${at % 4000},${at}\n`).join(''))
    const layout: Layout = {
      ...{ layout: 'delimited', delimiter: ',', quote: '"', escape: '"' },
      columns: plans.map(({ name }) => ({ physical: name, column: name, cast: null })),
    }
    const spool: Spool = {
      ...{ path, skip_header: false, new_line: '\n', bytes: 0, longest_record: 100, one_piece: false, records: rows, rows: null },
      record: (row) => row + 1,
      release: async () => {},
    }
    const world = { scratch: database.folder, session: async () => database.session }
    const { partial } = await kernelScan(spool, layout, plans, [], 3_600_000, world)
    const [three, more, id] = plans.map((plan) => distinctOf(partial.columns[plan.name], plan))
    expect([three, more]).toEqual([3, 4000].map((value) => ({ value, exact: true, error: 0 })))
    expect(id?.exact).toBe(false)
    expect(Math.abs((id?.value ?? 0) / rows - 1)).toBeLessThan(0.08)
  })
})

describe('texts that come with their type', () => {
  const text = typed('t', 'text')
  const listed = (partial: ColumnPartial | undefined) => (partial !== undefined && 'listed' in partial ? partial.listed : 'none')

  it('are listed as written, with their counts, the missing ones apart', async () => {
    const partials = await scanned(10, { t: "CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN ' a' WHEN 2 THEN 'a' WHEN 3 THEN 'NA' ELSE '' END" }, [
      text,
    ])
    expect(Object.fromEntries((listed(partials['t']) ?? []) as [string, number][])).toEqual({ null: 2, ' a': 2, a: 2, NA: 2, '': 2 })
  })

  it('are listed up to a bound and no further', async () => {
    expect(listed((await scanned(MAX_VALUES, { t: "'v' || i" }, [text]))['t'])).toHaveLength(MAX_VALUES)
    expect(listed((await scanned(MAX_VALUES + 1, { t: "'v' || i" }, [text]))['t'])).toBeNull()
  })

  it('are listed as long as each is short', async () => {
    const long = (length: number) => ({ t: `CASE WHEN i = 3000 THEN repeat('x', ${length}) ELSE 'v' END` })
    expect(listed((await scanned(5000, long(MAX_VALUE_LENGTH), [text]))['t'])).toHaveLength(2)
    expect(listed((await scanned(5000, long(MAX_VALUE_LENGTH + 1), [text]))['t'])).toBeNull()
  })

  it('are listed together over batches, or not at all', async () => {
    const batches = async (...expressions: string[]) => {
      const partials = []
      for (const sql of expressions)
        partials.push({ sources: [{ source: 0, rows: 9000, columns: await scanned(9000, { t: sql }, [text]) }] })
      return mergePartials(partials)[0]?.columns['t']
    }
    expect(listed(await batches("'v' || (i % 3)", "'v' || (i % 4)"))).toEqual([
      ['v0', 5250],
      ['v1', 5250],
      ['v2', 5250],
      ['v3', 2250],
    ])
    expect(listed(await batches("'v' || i", "'w' || i"))).toBeNull()
    const apart = distinctOf(await batches("'v' || i", "'w' || i"), text)
    expect(apart).toEqual({ value: 18_000, exact: true, error: 0 })
  })
})
