/** Looking up by text: the list is gone through once, however often it is asked. */
import { describe, expect, it } from 'vitest'
import { isAmong, madeOnce, named, positionBy, positionIn, positionOf } from '#core/text/lookup.ts'

describe('positionBy', () => {
  it('reads each item once for any number of questions', () => {
    let read = 0
    const position = positionBy((item: { readonly id: string }) => {
      read++
      return item.id
    })
    const items = Array.from({ length: 1_000 }, (_, at) => ({ id: `c${at}` }))
    const found = items.map(({ id }) => position(items, id))
    expect(found).toEqual([...items.keys()])
    expect(position(items, 'other')).toBe(-1)
    expect(read).toBe(items.length)
  })

  it('sees what was added to a list since', () => {
    const items = ['a']
    expect(positionIn(items, 'b')).toBe(-1)
    items.push('b')
    expect(positionIn(items, 'b')).toBe(1)
  })

  it('finds the first of equals, and names that every object inherits', () => {
    const items = [{ name: '__proto__' }, { name: 'constructor' }, { name: '__proto__' }]
    expect([positionOf(items, '__proto__'), positionOf(items, 'constructor'), positionOf(items, 'toString')]).toEqual([0, 1, -1])
    expect(named(items, 'constructor')).toBe(items[1])
    expect(named(undefined, 'a')).toBeUndefined()
    expect([isAmong(['toString'], 'toString'), isAmong([], 'toString')]).toEqual([true, false])
  })
})

it('madeOnce makes a value of each object once, undefined too', () => {
  let made = 0
  const make = madeOnce(() => {
    made++
  })
  const of = {}
  make(of)
  make(of)
  expect(made).toBe(1)
})
