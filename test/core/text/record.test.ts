import { describe, expect, it } from 'vitest'
import { entryOf, record } from '#core/text/record.ts'

/** Every name that a plain object has without anybody having put it there. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype)

describe('a record', () => {
  it.each(INHERITED)('has nothing under %s until it is put there', (name) => {
    const empty = record<number>()
    expect(empty[name]).toBeUndefined()
    empty[name] = 1
    expect(empty[name]).toBe(1)
    expect(JSON.stringify(record([[name, 1]]))).toBe(`{"${name}":1}`)
    expect(Object.keys(record([[name, 1]]))).toEqual([name])
  })

  it.each(INHERITED)('reads %s of an object from JSON only where the JSON has it', (name) => {
    expect(entryOf(JSON.parse('{}'), name)).toBeUndefined()
    expect(entryOf(JSON.parse(`{"${name}": 1}`), name)).toBe(1)
    expect(entryOf(undefined, name)).toBeUndefined()
  })
})
