/** What the measuring kernel is told of a column. */
import { expect, it } from 'vitest'
import { kernelColumn, wordsOf } from '../../lib/survey/lane.ts'
import { aPlan } from '../kit/column-plans.ts'

const column = (plan: ReturnType<typeof aPlan>, words: readonly string[] = []) =>
  kernelColumn(
    plan,
    4,
    [
      { columns: ['a'], keep: 'first' },
      { columns: null, keep: 'first' },
      { columns: ['b', 'c'], keep: 'last' },
    ],
    0,
    words,
  )

it('its cells are keys as they stand only where none is padded, a word for nothing, or another in its case', () => {
  expect(column(aPlan()).verbatim).toBe(true)
  for (const trait of ['padded', 'worded', 'folded'] as const) expect(column(aPlan({ [trait]: true })).verbatim).toBe(false)
})

it('it is part of the key sets that name it, and of those of the whole row', () => {
  expect(['a', 'b', 'c', 'd'].map((name) => column(aPlan({ name })).sets)).toEqual([0b011, 0b110, 0b110, 0b010])
})

it('its words for nothing are bits of the words of all columns, the empty text not among them', () => {
  const [own, other] = [aPlan({ null_words: ['', 'none', 'x'] }), aPlan({ null_words: ['nil', 'x'] })]
  const words = wordsOf([own, other])
  expect(words).toEqual(['none', 'x', 'nil'])
  expect([column(own, words).empties, column(other, words).empties]).toEqual([0b011, 0b110])
})

it('is salted by its place, and of the sort of its type', () => {
  const number = { decimal: '.', grouping: '', symbols: [] } as const
  expect(column(aPlan())).toMatchObject({ salt: 4, sort: 'text', form: 0 })
  expect(column(aPlan({ dictionary: true })).sort).toBe('values')
  expect(column(aPlan({ type: 'integer', number })).sort).toBe('number')
  expect(column(aPlan({ type: 'date', date: { to: 'date', formats: ['%Y-%m-%d'] } })).sort).toBe('moment')
  expect(column(aPlan({ type: 'boolean' })).sort).toBe('other')
})
