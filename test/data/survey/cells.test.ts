/** Columns as measures see them: the layers each needs, and what a dictionary column contributes to a key. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nest } from '#relational/operations/to-sql.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import type { KeyMatch } from '#relational/operations/key-set.ts'
import { dictionaryKey, layersOf, measuredCells, noLayers } from '#data/survey/cells.ts'
import { aPlan } from '../../kit/column-plans.ts'
import { cellsRelation, type TestDatabase, testDatabase } from '../../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

async function measured(plan: ColumnPlan, relation: string) {
  const layers = noLayers()
  const { raw, trimmed, present, value, hash, weight } = measuredCells(plan, 'r0', 3, layers)
  const rows = await database.session.rows(
    `SELECT ${raw} AS raw, CAST(${trimmed} AS VARCHAR) AS trimmed, CAST(${present} AS VARCHAR) AS present, CAST(${value} AS VARCHAR) AS value, CAST(${hash} AS VARCHAR) AS hash FROM (${nest(relation, layersOf(layers))})`,
  )
  return { weight, layers, rows, cells: rows.map((row) => [row['raw'], row['trimmed'], row['present'], row['value']]) }
}

describe('cells', () => {
  it('of text are trimmed, without the words for nothing, and hashed as they then stand', async () => {
    const { cells, rows, layers, weight } = await measured(aPlan(), cellsRelation([' a', 'a', 'N/A', null]))
    expect(cells).toEqual([
      [' a', 'a', 'a', 'a'],
      ['a', 'a', 'a', 'a'],
      ['N/A', 'N/A', null, null],
      [null, null, null, null],
    ])
    expect(rows[0]?.['hash']).toBe(rows[1]?.['hash'])
    expect(rows[2]?.['hash']).toBe(rows[3]?.['hash'])
    expect(layers.value).toEqual([])
    expect(weight).toBe('1')
  })

  it('that are parsed are hashed by their value, and those that are not of the type by what they say', async () => {
    const plan = aPlan({ type: 'integer', number: { decimal: '.', grouping: '', symbols: [] } })
    const { cells, rows } = await measured(plan, cellsRelation(['1', ' 1.', 'x', 'y', null]))
    expect(cells.map(([, , present, value]) => [present, value])).toEqual([
      ['1', '1'],
      ['1.', '1'],
      ['x', null],
      ['y', null],
      [null, null],
    ])
    const hashes = rows.map((row) => row['hash'])
    expect(hashes[0]).toBe(hashes[1])
    expect(new Set(hashes.slice(1)).size).toBe(4)
  })

  it('that come with their type stand as they are', async () => {
    const { cells, layers } = await measured(aPlan({ type: 'integer', from_text: false }), 'SELECT unnest([5, NULL]) AS r0')
    expect(cells).toEqual([
      ['5', null, '5', '5'],
      [null, null, null, null],
    ])
    expect(layersOf(layers)).toHaveLength(1)
  })

  it('count with their weight', () => {
    expect(measuredCells(aPlan(), 'r0', 0, noLayers(), 'n').weight).toBe('n')
  })
})

describe('the key of a dictionary column', () => {
  const cells = () => measuredCells(aPlan(), 'r0', 0, noLayers())

  const partOf = (plan: ColumnPlan, match?: KeyMatch) => dictionaryKey(plan, 'r0', cells).part(match)

  it('is the text as it is written, without reading the cells where that is enough', () => {
    const key = dictionaryKey(aPlan(), 'r0', () => expect.fail('the cells are not needed'))
    expect([key.part(undefined), key.present]).toEqual(['r0', 'r0'])
    expect(key.part({ folded: true })).toBe('lower(r0)')
  })

  it.each(['padded', 'worded', 'folded'] as const)('needs the cells where they are %s: text as the key says, values by hash', (trait) => {
    const plan = aPlan({ [trait]: true })
    expect(dictionaryKey(plan, 'r0', cells).present).toBe('p0')
    expect(partOf(plan)).toBe('CASE WHEN p0 IS NOT NULL THEN r0 END')
    expect(partOf(plan, { trimmed: ['other'] })).toBe(partOf(plan))
    expect(partOf(plan, { folded: true })).toContain('lower(r0)')
    expect(partOf(plan, { trimmed: [plan.name.toUpperCase()] })).toContain('trim(r0')
    expect(partOf(aPlan({ [trait]: true, type: 'boolean' }), { folded: true, trimmed: true })).toBe('h0')
  })
})
