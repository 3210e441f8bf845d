/** The settings of columns for the measuring kernel. */
import { describe, expect, it } from 'vitest'
import type { DatasetPlan, Layout } from '#data/dataset/plan.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import { FORM, MOMENT } from '#data/survey/kernel.ts'
import { kernelCanMeasure, kernelColumn, nullTokensOf } from '#data/survey/engine.ts'
import { aPlan } from '../../kit/column-plans.ts'

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
  const [own, other] = [aPlan({ null_values: ['', 'none', 'x'] }), aPlan({ null_values: ['nil', 'x'] })]
  const words = nullTokensOf([own, other])
  expect(words).toEqual(['none', 'x', 'nil'])
  expect([column(own, words).empties, column(other, words).empties]).toEqual([0b011, 0b110])
})

it('is salted by its place, and of the kind of its type', () => {
  const number = { decimal: '.', grouping: '', symbols: [] } as const
  expect(column(aPlan())).toMatchObject({ salt: 4, kind: 'text', form: 0 })
  expect(column(aPlan({ dictionary: true })).kind).toBe('values')
  expect(column(aPlan({ type: 'integer', number })).kind).toBe('number')
  expect(column(aPlan({ type: 'date', date: { to: 'date', formats: ['%Y-%m-%d'] } })).kind).toBe('moment')
  expect(column(aPlan({ type: 'boolean' })).kind).toBe('other')
})

it('has the form of its cells and the share of hashes to keep', () => {
  for (const [semantic, form] of Object.entries(FORM)) expect(column(aPlan({ semantic })).form).toBe(form)
  expect(new Set(Object.values(FORM)).size).toBe(5)
  expect(column(aPlan({ semantic: 'category' })).form).toBe(0)
  expect(column(aPlan())).toMatchObject({ sketched: false, shift: 0 })
  expect(kernelColumn(aPlan({ sketched: true }), 0, [], 1_000_000, [])).toMatchObject({ sketched: true, shift: 4, sets: 0 })
})

describe('a column of numbers', () => {
  const reported = (type: 'integer' | 'float', decimal: '.' | ',', grouping: '' | ',' | '.' | "'", ...symbols: string[]) =>
    column(aPlan({ type, number: { decimal, grouping, symbols } })).number

  it('has a fraction when it is of decimals with a point', () => {
    expect(reported('float', '.', '')).toEqual({ point: true, formatted: false, grouping: '', symbols: [] })
    expect(reported('integer', '.', '')?.point).toBe(false)
    expect(reported('float', ',', '')?.point).toBe(false)
    expect(reported('float', ',', '.')?.point).toBe(false)
  })

  it('has another form with grouping or symbols', () => {
    expect(reported('float', '.', ',')).toEqual({ point: true, formatted: true, grouping: ',', symbols: [] })
    expect(reported('integer', '.', "'", 'CHF')).toEqual({
      point: false,
      formatted: true,
      grouping: "'",
      symbols: [{ text: 'CHF', word: true }],
    })
    expect(reported('integer', '.', '', 'CHF', '$')?.symbols).toHaveLength(2)
    expect(reported('integer', '.', '', '$')?.formatted).toBe(true)
    // the kernel takes symbols of fourteen bytes
    expect(reported('integer', '.', '', 'x'.repeat(14))).toMatchObject({ formatted: true, symbols: [{ text: 'x'.repeat(14) }] })
    expect(reported('integer', '.', '', '$', 'x'.repeat(15))).toMatchObject({ formatted: false, symbols: [] })
    expect(reported('integer', '.', '', '€'.repeat(5))).toMatchObject({ formatted: false, symbols: [] })
    expect(reported('integer', ',', '', '$')?.formatted).toBe(false)
  })
})

describe('a column of moments', () => {
  const reported = (to: 'date' | 'timestamp', ...formats: string[]) => column(aPlan({ type: to, date: { to, formats } })).moment
  const forms = (...formats: string[]) => reported('timestamp', ...formats)?.forms
  const slash = '/'.charCodeAt(0) << 16

  it.each([
    [['%Y-%m-%d'], MOMENT.iso_dash],
    [['%Y/%m/%d'], MOMENT.iso_slash],
    [['epoch_s'], MOMENT.epoch_s],
    [['epoch_ms'], MOMENT.epoch_ms],
    [['%d/%m/%Y'], MOMENT.day_first | slash],
    [['%m/%d/%Y'], MOMENT.month_first | slash],
    [['%d-%m-%Y %H:%M'], MOMENT.day_first | MOMENT.minutes | ('-'.charCodeAt(0) << 16)],
    [['%m.%d.%Y %H:%M:%S'], MOMENT.month_first | MOMENT.minutes | MOMENT.seconds | ('.'.charCodeAt(0) << 16)],
    [['%b %d, %Y'], MOMENT.named],
    [['%b %d, %Y %I:%M %p'], MOMENT.named | MOMENT.named_with_time],
    [['%Y-%m-%d', '%d/%m/%Y', 'epoch_s'], MOMENT.iso_dash | MOMENT.day_first | MOMENT.epoch_s | slash],
    // several of a sort are tried in turn, which is left to SQL; so is what the kernel does not know
    [['%d/%m/%Y', '%m/%d/%Y'], 0],
    [['%b %d, %Y', '%B %d, %Y'], 0],
    [['%d %m %Y'], 0],
    [['%d/%m-%Y'], 0],
    [['%d/%m/%y'], 0],
    [['x%d/%m/%Y'], 0],
    [['%a %b %d %Y'], 0],
  ])('written as %j has these forms', (formats, expected) => {
    expect(forms(...formats)).toBe(expected)
  })

  it('that are days has days only', () => {
    expect(reported('date', '%Y-%m-%d')?.forms).toBe(MOMENT.days_only | MOMENT.iso_dash)
    expect(reported('date', '%b %d, %Y %I:%M %p')?.forms).toBe(MOMENT.days_only)
  })

  it('is rewritten unless all of it is written as it comes out', () => {
    expect(reported('date', '%Y-%m-%d')?.rewritten).toBe(false)
    expect(reported('timestamp', '%Y-%m-%d', '%Y-%m-%d %H:%M')?.rewritten).toBe(false)
    expect(reported('date', '%Y/%m/%d')?.rewritten).toBe(true)
    expect(reported('date', '%Y-%m-%d', 'epoch_s')?.rewritten).toBe(true)
  })

  it('has a bit of its own for each form', () => {
    const bits = Object.values(MOMENT)
    expect(bits.reduce((any, bit) => any | bit, 0)).toBe(2 ** bits.length - 1)
    expect(bits.reduce((sum, bit) => sum + bit, 0)).toBe(2 ** bits.length - 1)
  })
})

describe('a dataset is measured by the kernel', () => {
  const layout: Layout = { layout: 'delimited', delimiter: ',', quote: '"', escape: '"', columns: [] }
  const isKnown = (plans: readonly ReturnType<typeof aPlan>[], layouts: readonly Layout[] = [layout], sets: readonly KeySet[] = []) =>
    kernelCanMeasure({ columns: plans, layouts } as unknown as DatasetPlan, sets)

  it('when it is plain delimited text', () => {
    expect(isKnown([aPlan()])).toBe(true)
    expect(isKnown([aPlan()], [{ ...layout, quote: '', escape: '\\' }])).toBe(true)
    expect(isKnown([aPlan()], [{ ...layout, escape: '' }])).toBe(true)
    expect(isKnown([aPlan()], [{ ...layout, escape: '\\' }])).toBe(false)
    expect(isKnown([aPlan()], [layout, { ...layout, layout: 'lines' }])).toBe(false)
    expect(isKnown([aPlan()], [{ ...layout, layout: 'parquet', quote: '' }])).toBe(false)
  })

  it('when it knows every column', () => {
    const number = { decimal: '.', grouping: '', symbols: [] } as const
    expect(isKnown([aPlan(), aPlan({ type: 'integer', number }), aPlan({ type: 'boolean' })])).toBe(true)
    expect(isKnown([aPlan({ semantic: 'email' }), aPlan({ semantic: 'category' })])).toBe(true)
    expect(isKnown([aPlan(), aPlan({ type: 'integer' })])).toBe(false)
    expect(isKnown([aPlan({ from_text: false })])).toBe(false)
  })

  it('with at most 32 words for nothing, of at most 7 bytes, and none like a number', () => {
    const words = (...null_values: string[]) => isKnown([aPlan({ null_values })])
    expect(words('', 'unknown')).toBe(true)
    expect(words('', 'unknown!')).toBe(false)
    expect(words('ünbeks')).toBe(true)
    expect(words('ünbekan')).toBe(false)
    expect(words('', '-9')).toBe(false)
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => 'x'.repeat(1 + (at % 6)) + String.fromCharCode(97 + Math.floor(at / 6)))
    expect(words('', ...many(32))).toBe(true)
    expect(words('', ...many(33))).toBe(false)
  })

  it('with at most 30 keys, and none that is about some rows only', () => {
    const sets = (count: number) => Array.from({ length: count }, (): KeySet => ({ columns: null, keep: 'first' }))
    expect(isKnown([aPlan()], [layout], sets(30))).toBe(true)
    expect(isKnown([aPlan()], [layout], sets(31))).toBe(false)
    const some = { columns: null, keep: 'first', when: { expression: 'a', parameters: {} } } as unknown as KeySet
    expect(isKnown([aPlan()], [layout], [...sets(1), some])).toBe(false)
  })
})
