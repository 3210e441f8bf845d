/** Which columns of a key are compared without white space at their ends. */
import { expect, it } from 'vitest'
import { isTrimmed } from '#relational/operations/key-set.ts'

it('white space counts, unless the key says otherwise for all columns or for some, whatever the case of their names', () => {
  expect(isTrimmed({}, 'a')).toBe(false)
  expect(isTrimmed({ trimmed: true }, 'a')).toBe(true)
  expect(isTrimmed({ trimmed: ['A', 'b'] }, 'a')).toBe(true)
  expect(isTrimmed({ trimmed: ['a', 'b'] }, 'B')).toBe(true)
  expect(isTrimmed({ trimmed: ['a', 'b'] }, 'c')).toBe(false)
  expect(isTrimmed({ trimmed: [] }, 'a')).toBe(false)
})
