/** The measuring kernel by itself: which cells it measures and which it leaves to be read, and the hashes of values. */
import { describe, expect, it } from 'vitest'
import { type KernelColumn, type KernelText, MOMENT, openMeasureKernel } from '#data/survey/kernel.ts'
import { MAX_TOKEN_LENGTH } from '#data/survey/kernel-packing.ts'

const column = (more: Partial<KernelColumn> = {}): KernelColumn => ({
  ...{ kind: 'text', empties: 0, form: 0, sets: 0, trimmed: 0, salt: 0, verbatim: true, sketched: false, shift: 0 },
  ...more,
})

/** The kernel after it read a text of lines, each a record. */
function read(lines: readonly string[], columns: readonly (KernelColumn | undefined)[], more: Partial<KernelText> = {}) {
  const kernel = openMeasureKernel(
    {
      ...{ delimiter: ',', quote: '"', fields: columns.length, rows: lines.length, block_bytes: 1 << 16, sets: 0, named: 0 },
      ...{ skip_first: false, tokens: [], ...more },
    },
    columns,
  )
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  kernel.block().set(bytes)
  expect(kernel.read(bytes.length, true)).toBe(0)
  return kernel
}

const number = { point: true, formatted: true, grouping: ',', symbols: [{ text: '$', word: false }] }
const listed = (kernel: ReturnType<typeof read>, field = 0) => kernel.listed(field).map(({ value, count, row }) => [value, count, row])

describe('the kernel', () => {
  it('measures plain numbers itself, and lists what it cannot read with its count and first row', () => {
    const kernel = read(['1.5', 'x', '"1,000"', '$2', 'x', '1e400', '-3'], [column({ kind: 'number', number })])
    expect(kernel.rows()).toBe(7)
    expect(kernel.counted(0)).toMatchObject({ missing: 0, count: 4, minimum: -3, maximum: 1000 })
    expect(listed(kernel)).toEqual([
      ['x', 2, 1],
      ['1e400', 1, 5],
    ])
    expect(kernel.hashes(0)).toHaveLength(4)
  })

  it('measures moments in the forms it was given, and lists those in others', () => {
    const moment = { forms: MOMENT.iso_dash | MOMENT.seconds | MOMENT.minutes, rewritten: false }
    const kernel = read(['2024-02-03 10:00:00', '2024-02-04', '03/02/2024'], [column({ kind: 'moment', moment })])
    expect(kernel.counted(0)).toMatchObject({ count: 2, earliest: 1706954400000000n, latest: 1707004800000000n })
    expect(listed(kernel)).toEqual([['03/02/2024', 1, 2]])
  })

  it('lists nothing of plain text, every value of a list, and all that is there of other columns', () => {
    const cells = ['a', 'b', 'a', '']
    const kernel = read(
      cells.map((cell) => `${cell},${cell},${cell},`),
      [column(), column({ kind: 'values' }), column({ kind: 'other' }), undefined],
    )
    expect(kernel.counted(0)).toMatchObject({ missing: 1, count: 3 })
    expect(listed(kernel, 0)).toEqual([])
    for (const field of [1, 2])
      expect(listed(kernel, field)).toEqual([
        ['a', 2, 0],
        ['b', 1, 1],
      ])
    expect(listed(kernel, 3)).toEqual([])
  })

  it('knows what means nothing in a column, its words alone', () => {
    const tokens = ['none', 'x']
    const kernel = read(['none,none', 'x,x', 'None,a', 'y,'], [column({ empties: 0b01 }), column({ empties: 0b11 })], { tokens })
    const nulls = (field: number) => kernel.counted(field).effects.null_values
    expect([kernel.counted(0).missing, nulls(0)]).toEqual([1, { cells: 1, first: 'none' }])
    expect([kernel.counted(1).missing, nulls(1)]).toEqual([3, { cells: 2, first: 'none' }])
    const long = 'x'.repeat(MAX_TOKEN_LENGTH + 1)
    expect(() => read([], [column()], { tokens: [long] })).toThrow(`${long} is longer`)
    expect(() => read(['x'], [column()], { tokens: [long.slice(1)] })).not.toThrow()
  })

  it('takes a quote for one only where the text is quoted', () => {
    expect(listed(read(['"a,""b"'], [column({ kind: 'values' })]))).toEqual([['a,"b', 1, 0]])
    expect(listed(read(['"a', '\0b', '\0c'], [column({ kind: 'values' })], { quote: '' }))).toEqual([
      ['"a', 1, 0],
      ['\0b', 1, 1],
      ['\0c', 1, 2],
    ])
  })

  it('skips a header, and leaves over a record that is not complete', () => {
    const kernel = openMeasureKernel(
      { delimiter: ';', quote: '"', fields: 1, rows: 2, block_bytes: 64, sets: 0, named: 0, skip_first: true, tokens: [] },
      [column({ kind: 'values' })],
    )
    const put = (text: string, from = 0) => kernel.block().set(Buffer.from(text), from)
    put('head\none\ntw')
    expect(kernel.read(11, false)).toBe(2)
    expect(kernel.rows()).toBe(1)
    put('o', 2)
    // the last record needs no line end
    expect(kernel.read(3, true)).toBe(0)
    expect(listed(kernel)).toEqual([
      ['one', 1, 0],
      ['two', 1, 1],
    ])
  })

  it('refuses a record with more or fewer fields than were inspected', () => {
    expect(() => read(['a,b'], [column()])).toThrow('a record that differs from its inspection')
    expect(() => read(['a'], [column(), column()])).toThrow('a record that differs from its inspection')
  })

  it('hashes texts of any length, a short one behind a long one too, by what they say', () => {
    const kernel = read(['a'], [column()])
    const texts = ['a', '', 'b', 'a longer text than those before it', 'c', 'é', 'x'.repeat(100_000)]
    const hashes = texts.map((text) => kernel.textHash(text))
    expect(new Set(hashes).size).toBe(texts.length)
    expect(texts.map((text) => kernel.textHash(text))).toEqual(hashes)
    // as it hashes the cells it measures itself
    expect([...kernel.hashes(0)].map((hash) => BigInt.asIntN(64, hash))).toEqual([hashes[0]])
    expect(kernel.numberHash(1)).not.toBe(kernel.numberHash(2))
    expect(kernel.numberHash(-0)).toBe(kernel.numberHash(0))
    expect(kernel.momentHash(1n)).not.toBe(kernel.momentHash(2n))
  })
})
