/** Numbers in JSON that the parser would round are quoted, and nothing else changes. */
import { afterAll, describe, expect, it } from 'vitest'
import { hasRounded, withLongNumbers } from '#io/formats/json-numbers.ts'
import { inspectFile, workplace } from './kit.ts'

const place = workplace()
afterAll(place.clear)

describe('a line of JSON', () => {
  it.each([
    ['{"a":31415926535897932.38}', true],
    ['{"a":[1,{"b":-0.12345678901234567890}]}', true],
    ['{"a":1234567890123456789e3}', true],
    // whole numbers keep their digits, and so does what a float wrote
    ['{"a":12345678901234567890123}', false],
    ['{"a":0.30000000000000004}', false],
    ['{"a":"31415926535897932.38","\\\\":1.5}', false],
  ])('%s has a number that would be rounded: %s', (line, expected) => {
    expect(hasRounded(line)).toBe(expected)
  })

  it('gives long numbers as text to what looks at it', () => {
    expect(JSON.parse(withLongNumbers('{"a":9007199254740993,"b":1.5,"c":"9007199254740993"}'))).toEqual({
      a: '9007199254740993',
      b: 1.5,
      c: '9007199254740993',
    })
  })
})

describe('a source with such numbers', () => {
  it('is staged with these in quotes, bad lines as they are', async () => {
    const lines = ['{"id":1,"v":31415926535897932.38}', '{"id":2,"v":1.50}', '{"id":3,"v":31415926535897932.38']
    const { inspection } = await inspectFile(place.write(`${lines.join('\n')}\n`, 'a.ndjson'), place.store)
    expect(inspection).toMatchObject({ records: 3, bad: [{ record: 3 }] })
    const staged = Buffer.from((await place.store.read(inspection.staged ?? '')) ?? []).toString()
    expect(staged).toBe(`{"id":1,"v":"31415926535897932.38"}\n${lines[1]}\n${lines[2]}\n`)
  })

  it('is read where it lies if no number is long', async () => {
    const { inspection } = await inspectFile(place.write('{"id":1,"v":1.50}\n', 'a.ndjson'), place.store)
    expect(inspection).toMatchObject({ staged: null, direct: true })
  })
})

describe('a header that is repeated', () => {
  it('is one all the same, and a doubt gives its line', async () => {
    const { inspection } = await inspectFile(place.write('id,name\n1,north\n2,south\nid,name\n3,west\n'), place.store)
    expect(inspection).toMatchObject({
      columns: ['id', 'name'],
      records: 4,
      doubts: [expect.stringContaining('line 4 repeats the header')],
    })
  })
})
