/** The laws every measure obeys: a chunk does not matter, nor the order of merging, nor whether cells or a list of values are measured. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '#core/json.ts'
import { ALL_MEASURES } from '#relational/measures/index.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { layersOf, measuredCells, noLayers } from '#data/survey/cells.ts'
import { measureLists } from '#data/survey/dictionary.ts'
import { mergeStates } from '#data/survey/merge.ts'
import { nest } from '#relational/operations/to-sql.ts'
import { scan } from '#data/survey/scan.ts'
import { COLUMN_KINDS } from '../../kit/column-plans.ts'
import { cellsRelation, type TestDatabase, testDatabase } from '../../kit/database.ts'
import { runs } from '../../kit/seed.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

/** Of a dataset so large that a sketched column keeps only a share of its hashes. */
const RECORDS = ({ sketched }: ColumnPlan) => (sketched ? 300_000 : 1000)

type States = { readonly [measure: string]: Json }

async function measured(plan: ColumnPlan, cells: readonly (string | null)[], records: number): Promise<States> {
  const relation = `SELECT r0, 'file' AS _file FROM (${cellsRelation(cells)})`
  const { files } = await scan(database.session, { relation, columns: [{ plan, sql: 'r0' }], gone: null }, [], records)
  const column = files[0]?.partial.columns[plan.name]
  if (column === undefined) return {}
  if (!('states' in column)) throw new Error('measured as a list of values')
  return column.states
}

/** What a person sees: the values of the states. Examples depend on which cell came first, which the list of values cannot know. */
function values(plan: ColumnPlan, states: States, examples = true): unknown {
  return Object.fromEntries(
    ALL_MEASURES.filter((measure) => measure.appliesTo(plan)).map((measure) => {
      const value = measure.value(states[measure.name] ?? measure.create(), plan)
      return [measure.name, examples ? value : JSON.parse(JSON.stringify(value, (key, entry) => (key === 'first' ? undefined : entry)))]
    }),
  )
}

describe.each(COLUMN_KINDS)('measures of a column of $title', ({ plan, cells }) => {
  it('merge to the same whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(cells, { maxLength: 30 }), fc.array(fc.nat(30), { maxLength: 4 }), async (all, cuts) => {
        const borders = [0, ...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length]
        let merged: States = {}
        for (let at = 0; at + 1 < borders.length; at++)
          merged = mergeStates(merged, await measured(plan, all.slice(borders[at], borders[at + 1]), RECORDS(plan)))
        expect(values(plan, merged)).toEqual(values(plan, await measured(plan, all, RECORDS(plan))))
      }),
      { numRuns: runs(12) },
    )
  })

  it('are the same for the cells and for the list of their values', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(cells, { maxLength: 30 }), async (all) => {
        const counts = new Map<string | null, number>()
        for (const cell of all) counts.set(cell, (counts.get(cell) ?? 0) + 1)
        const lists = await measureLists(database.session, database.folder, plan, [{ source: 7, values: [...counts] }])
        expect(values(plan, lists.get(7) ?? {}, false)).toEqual(values(plan, await measured(plan, all, 1000), false))
      }),
      { numRuns: runs(12) },
    )
  })
})

describe('merging', () => {
  it.each(ALL_MEASURES.map((measure) => [measure.name, measure] as const))(
    'of %s has a neutral element and does not care about order',
    async (name, measure) => {
      const sort = COLUMN_KINDS.find(({ plan }) => measure.appliesTo(plan))
      if (sort === undefined) throw new Error(`no column has ${name}`)
      await fc.assert(
        fc.asyncProperty(
          fc.array(sort.cells, { maxLength: 12 }),
          fc.array(sort.cells, { maxLength: 12 }),
          fc.array(sort.cells, { maxLength: 12 }),
          async (a, b, c) => {
            const states = []
            for (const part of [a, b, c]) states.push((await measured(sort.plan, part, 1000))[name] ?? measure.create())
            const [x, y, z] = states as [Json, Json, Json]
            const seen = (state: Json) =>
              JSON.stringify(measure.value(state, sort.plan), (key, entry) => (key === 'first' ? undefined : entry))
            expect(seen(measure.merge(x, measure.create()))).toBe(seen(x))
            expect(seen(measure.merge(measure.create(), x))).toBe(seen(x))
            expect(seen(measure.merge(x, y))).toBe(seen(measure.merge(y, x)))
            expect(seen(measure.merge(measure.merge(x, y), z))).toBe(seen(measure.merge(x, measure.merge(y, z))))
          },
        ),
        { numRuns: runs(8) },
      )
    },
  )

  it('reads what SQL gives as plain JSON', () => {
    const { plan } = COLUMN_KINDS[3] as (typeof COLUMN_KINDS)[number]
    for (const measure of ALL_MEASURES) expect(JSON.parse(JSON.stringify(measure.create()))).toEqual(measure.create())
    const layers = noLayers()
    measuredCells(plan, 'r0', 0, layers)
    expect(nest('SELECT 1 AS r0', layersOf(layers))).toContain('AS x0')
  })
})
