/** Cells before and after a rule changed them: a few different ones for each rule and column, in the order of the rows. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { runTable } from '../../kit/run-table.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
let database: TestDatabase
beforeAll(async () => {
  place = workplace()
  database = await testDatabase([place.folder])
})
afterAll(() => {
  place.clear()
  database.close()
})

const tidy = (...rules: readonly string[]) => [`{id: tidy, type: clean, with: {rules: [${rules.join(', ')}]}}`]

describe('examples of changes', () => {
  it('are there when one rule changed one column', async () => {
    const run = await runTable(place, { input: 'id,city\n1,Rom\n2,Oslo\n', steps: tidy('{map: {column: city, values: {Rom: Roma}}}') })
    expect(await run.changes()).toEqual(['map city: Rom → Roma'])
  })

  it('are at most three, each different, in the order of the rows', async () => {
    const cells = ['d', 'b', 'x', 'd', 'a', 'b', 'c', 'e']
    const rule = '{map: {column: w, values: {a: A, b: null, c: C, d: D, e: E}}}'
    const run = await runTable(place, { input: `id,w\n${cells.map((cell, at) => `${at},${cell}\n`).join('')}`, steps: tidy(rule) })
    expect(await run.changes()).toEqual(['map w: d → D', 'map w: b → ~', 'map w: a → A'])
  })

  it('are kept for each rule and column apart, in the order of the rules, and for none that changed nothing', async () => {
    const rules = [
      '{map: {column: a, values: {x: y}}}',
      '{map: {column: b, values: {x: z, nobody: n}}}',
      '{map: {column: c, values: {nobody: n}}}',
    ]
    const run = await runTable(place, {
      input: 'a,b,c\nx,x,x\nq,x,x\n',
      discover: 'types: {a: text, b: text, c: text}',
      steps: tidy(...rules),
    })
    expect(await run.changes()).toEqual(['map a: x → y', 'map b: x → z'])
  })

  it('of numbers are kept as text, and of typed files as well', async () => {
    const path = join(place.folder, 'in.parquet')
    await database.session.run(`COPY (SELECT i AS id, 1.5 * i AS n, 'w' || i AS w FROM range(5) t(i)) TO '${path}' (FORMAT parquet)`)
    const run = await runTable(place, {
      input: { 'in.parquet': readFileSync(path) },
      steps: tidy('{map: {column: w, values: {w1: one, w3: three}}}', '{map: {column: id, values: {"3": "7"}}}'),
    })
    expect(run.cause).toBeUndefined()
    expect(await run.changes()).toEqual(['map w: w1 → one', 'map w: w3 → three', 'map id: 3 → 7'])
  })
})
