/** The layout in which the measuring kernel takes symbols and null values. */
import { describe, expect, it } from 'vitest'
import { packedSymbols, packedTokens } from '#data/survey/kernel-packing.ts'

const sixteen = (...bytes: readonly number[]) => [...bytes, ...new Array<number>(16 - bytes.length).fill(0)]

describe('symbols', () => {
  it('take sixteen bytes each: the length, whether it is a word, the text', () => {
    const packed = packedSymbols([
      { text: '€', word: false },
      { text: 'kg', word: true },
    ])
    expect([...packed]).toEqual([...sixteen(3, 0, 0xe2, 0x82, 0xac), ...sixteen(2, 1, 0x6b, 0x67)])
  })

  it('have room for one where there is none, and for fourteen bytes of text', () => {
    expect([...packedSymbols([])]).toEqual(sixteen())
    expect([...packedSymbols([{ text: 'x'.repeat(14), word: false }])]).toEqual([14, 0, ...new Array<number>(14).fill(0x78)])
    expect(() => packedSymbols([{ text: 'x'.repeat(15), word: false }])).toThrow('longer than 14 bytes')
    // bytes, not characters
    expect(() => packedSymbols([{ text: '€'.repeat(5), word: false }])).toThrow('longer than 14 bytes')
  })
})

describe('null values', () => {
  it('take eight bytes each, the last of them the length', () => {
    expect([...packedTokens(['NA', '1234567'])]).toEqual([0x4e, 0x41, 0, 0, 0, 0, 0, 2, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 7])
    expect(packedTokens([]).length).toBe(0)
    expect(() => packedTokens(['12345678'])).toThrow('longer than 7 bytes')
  })
})
