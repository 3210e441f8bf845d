import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isLongNumber, readExact, writeExact } from '#data/pass/exact-json.ts'
import type { Json } from '#core/json.ts'

it('keeps numbers as they are written, beside texts that look like them', () => {
  const text =
    '{"a":[9007199254740993,-170141183460469231731687303715884105728,1.5],"b":"#9007199254740993","c":"##1","d":{"#":"\\"12345678901234567\\""},"e":null,"f":true}'
  const read = readExact<{ a: readonly object[] }>(text)
  expect(read.a.slice(0, 2).every((one) => isLongNumber(one))).toBe(true)
  expect(writeExact(read as unknown as Json)).toBe(text)
})

it('writes any JSON as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(writeExact(readExact(JSON.stringify(value))))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
