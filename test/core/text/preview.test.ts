/** Texts that are cut to a length, and lists of names. */
import { expect, it } from 'vitest'
import { beginning, enumeration, preview } from '#core/text/preview.ts'

it('a text is whole up to the length, and longer ones end with a sign within it', () => {
  expect(beginning('abcd', 4)).toBe('abcd')
  expect(beginning('abcde', 4)).toBe('abc…')
  expect(beginning('', 4)).toBe('')
})

it('lists name the first items and the number of the others', () => {
  expect(preview(['a', 'b', 'c'], 2)).toBe('a, b and 1 more')
  expect(preview(['a', 'b'], 2)).toBe('a, b')
  expect(enumeration(['a', 'b', 'c'])).toBe('a, b and c')
  expect(enumeration(['a', 'b'], 'or')).toBe('a or b')
  expect(enumeration(['a'])).toBe('a')
})
