import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ByteSink } from '#io/bytes/file.ts'
import { findJsonProblem } from '#io/formats/json-problem.ts'
import { readJsonRecord } from '#io/formats/json-record.ts'
import { locate } from '#io/formats/locate.ts'
import { sampleHash } from '#io/formats/sample.ts'
import { splitValues } from '#io/formats/split-values.ts'
import { spool } from '#io/formats/spool.ts'
import { surveyLines } from '#io/formats/survey-lines.ts'
import { sharedData, skipReason } from '../../kit/shared-data.ts'
import { inspectFile, memorySource, openParser, readContext, workplace } from './kit.ts'

const place = workplace()
let parser: Awaited<ReturnType<typeof openParser>>
beforeAll(async () => {
  parser = await openParser()
})
afterAll(() => {
  parser.close()
  place.clear()
})

/** What is written of a text, read in blocks of a size. */
async function split(text: string, block: number): Promise<{ lines: string; notes: readonly string[] }> {
  const parts: Uint8Array[] = []
  const sink: ByteSink = {
    bytes: 0,
    close: async () => {},
    write: async (part) => {
      parts.push(part.slice())
    },
  }
  const { notes, doubts } = await splitValues(memorySource(Buffer.from(text)), sink, 0, block)
  return { lines: Buffer.concat(parts).toString('utf8'), notes: [...notes, ...doubts] }
}

describe('a list of JSON', () => {
  it('becomes a value a line, with nothing changed but white space', async () => {
    const json = fc.json({ maxDepth: 4 })
    const space = fc.constantFrom('', ' ', '\n', '\r\n\t')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(json, space, space), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 50 }),
        async (values, block) => {
          const written = `[${values.map(([value, before, after]) => `${before}${JSON.stringify(JSON.parse(value), null, before.length)}${after}`).join(',')}]`
          const { lines, notes } = await split(written, block)
          expect(notes).toEqual([])
          expect(
            lines
              .split('\n')
              .slice(0, -1)
              .map((line) => JSON.parse(line) as unknown),
          ).toEqual(values.map(([value]) => JSON.parse(value) as unknown))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('keeps numbers and strings as they are written', async () => {
    const { lines } = await split('[{"a": 1e400,\n "b": 12345678901234567890, "c": "x  \\n ] } , \\" y", "d": 1.500}]', 1 << 20)
    expect(lines).toBe('{"a": 1e400,  "b": 12345678901234567890, "c": "x  \\n ] } , \\" y", "d": 1.500}\n')
  })

  it.each([
    ['{"a":1} {"a":2}\n{"a":3}', '{"a":1}\n{"a":2}\n{"a":3}\n', []],
    ['[1,"a",null,true,[2]]', '1\n"a"\nnull\ntrue\n[2]\n', []],
    ['[]', '', []],
    ['[{"a":1}', '{"a":1}\n', [expect.stringContaining('the JSON list is cut off')]],
    ['[{"a":1},,{"a":2}]', '{"a":1}\n{"a":2}\n', ['1 comma of the list has no value before it']],
    ['[{"a":1} {"a":2}]', '{"a":1}\n{"a":2}\n', ['1 value of the list follows another without a comma']],
    ['[{"a":1}] {"a":2}', '{"a":1}\n{"a":2}\n', ['1 value follows after the end of the list']],
    // a string that is not closed in its line ends with it, and the value where the next one begins
    ['[\n{"a": "x},\n{"a": "y"},\n{"a": "z"}\n]', '{"a": "x}, \n{"a": "y"}\n{"a": "z"}\n', []],
    [
      '[\n  {\n    "a": "x,\n    "b": {\n    }\n  },\n  {\n    "a": 1\n  }\n]',
      '{     "a": "x,     "b": {     }   }\n{     "a": 1   }\n',
      [],
    ],
  ])('%j becomes %j', async (text, lines, notes) => {
    for (const block of [1, 2, 7, 1 << 20]) expect(await split(text, block)).toEqual({ lines, notes })
  })
})

describe('keys that cannot be columns', () => {
  it.each([
    ['twice', '{"a":1,"a":2}\n{"a":3}\n', ['a', 'a_2'], '{"a":1,"a_2":2}\n{"a":3}\n', '"a" is renamed to a_2'],
    ['in another spelling', '{"a":1,"\\u0061":[2]}\n', ['a', 'a_2'], '{"a":1,"a_2":[2]}\n', '"a" is renamed to a_2'],
    [
      'with a name that another record has',
      '{"a":1,"a":2}\n{"a_2":3}\n',
      ['a', 'a_3', 'a_2'],
      '{"a":1,"a_3":2}\n{"a_2":3}\n',
      '"a" is renamed to a_3',
    ],
    ['empty', '{"":"x","b":{"":1}}\n', ['no_name', 'b'], '{"no_name":"x","b":{"":1}}\n', '"" is renamed to no_name'],
    [
      'empty three times',
      '{"":1,"":2,"":3}\n',
      ['no_name', 'no_name_2', 'no_name_3'],
      '{"no_name":1,"no_name_2":2,"no_name_3":3}\n',
      'no_name_2',
    ],
  ])('%s get other names', async (_, content, columns, lines, said) => {
    const { inspection } = await inspectFile(place.write(content, 'keys.ndjson'), place.store)
    expect(inspection).toMatchObject({ columns, bad: [], notes: [expect.stringContaining(said)] })
    expect(readFileSync(join(place.folder, 'store', inspection.staged ?? ''), 'utf8')).toBe(lines)
  })
})

describe('a record of JSON', () => {
  it.each([
    ['{"b":1,"a":2,"1":3}', { keys: ['b', 'a', '1'] }],
    ['{"a":{"b":[{"c":1}]},"d":"x\\"{,\\\\","\\u0065":0}', { keys: ['a', 'd', 'e'] }],
    ['{}', { keys: [] }],
    ['3', { reason: 'is a number, not an object' }],
    ['null', { reason: 'is null, not an object' }],
    ['"x"', { reason: 'is a string, not an object' }],
    ['[{}]', { reason: 'is a list, not an object' }],
    ['{"a":1,"a":2}', { keys: ['a', 'a'] }],
    ['{"a":1,"\\u0061":2}', { keys: ['a', 'a'] }],
    ['{"":1}', { keys: [''] }],
    ['{"a":"\\ud800"}', { reason: 'contains half of a surrogate pair, which is not a character' }],
    ['{"a":"\\\\ud800"}', { keys: ['a'] }],
    ['{"a":"\\ud83d\\ude00"}', { keys: ['a'] }],
    [`{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`, { reason: 'is nested 2001 levels deep, more than 1000' }],
    ['{"a":1,}', { reason: 'is not valid JSON: "}", expected a key in double quotes, at character 8' }],
    ['{"a" 1}', { reason: 'is not valid JSON: "1", expected a colon, at character 6' }],
    ['{"a":1 "b":2}', { reason: 'is not valid JSON: "\\"", expected a comma or }, at character 8' }],
    ['{"a":"x', { reason: 'is not valid JSON: an unclosed string, at character 8' }],
    ['{"a":NaN}', { reason: 'is not valid JSON: "N", expected a value, at character 6' }],
    ['{"a":1} x', { reason: 'is not valid JSON: "x" after the end of the value, at character 9' }],
    ['{"a":"\\x"}', { reason: 'is not valid JSON: an invalid escape sequence, at character 7' }],
    ['{"a":"\t"}', { reason: 'is not valid JSON: a control character in a string, at character 7' }],
  ])('%j', (text, expected) => {
    expect(readJsonRecord(text)).toEqual(expected)
  })

  it('reports a problem exactly when JSON.parse rejects the text', () => {
    const parts = [
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      'a',
      '1',
      '-',
      '.',
      'e',
      '0',
      ' ',
      '\\',
      'u',
      'null',
      'true',
      '"k":',
      '\n',
      '\u007f',
      '\u0080',
      'é',
    ]
    const isJson = (text: string) => {
      try {
        JSON.parse(text)
        return true
      } catch {
        return false
      }
    }
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 12, size: 'max' }), (given) => {
        const text = given.join('')
        expect(findJsonProblem(text) === null).toBe(isJson(text))
      }),
      { numRuns: 5000 },
    )
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(findJsonProblem(text)).toBeNull()
      }),
    )
  })
})

describe('lines of JSON', () => {
  const settings = { chunk_rows: 3, sample: { records: 1e6, bytes: 1e9 } }
  const line = fc.oneof(
    {
      arbitrary: fc.record({ a: fc.integer(), 'b é': fc.string() }, { requiredKeys: ['a'] }).map((value) => JSON.stringify(value)),
      weight: 6,
    },
    { arbitrary: fc.constantFrom('', '  ', '{"a":', '[1]', '{"c":1}\r'), weight: 1 },
  )

  it('are the same whatever the blocks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 20 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 60 }),
        async (lines, isEnded, block_bytes) => {
          const text = lines.join('\n') + (isEnded ? '\n' : '')
          const whole = await surveyLines(memorySource(Buffer.from(text)), 'x', 0, settings)
          expect(await surveyLines(memorySource(Buffer.from(text)), 'x', 0, { ...settings, block_bytes })).toEqual(whole)
          expect(whole.records).toBe(lines.filter((one) => one.trim() !== '').length)
          const good = lines.filter((one) => one.trim() !== '' && !['{"a":', '[1]'].includes(one))
          const drawn = Buffer.from(whole.sample.text)
          expect(drawn.toString()).toBe(good.map((one) => `${one}\n`).join(''))
          expect(whole.sample.ends.map((to, at) => drawn.subarray(whole.sample.ends[at - 1] ?? 0, to).toString())).toEqual(
            good.map((one) => `${one}\n`),
          )
          expect(whole.bad.map(({ start, end }) => Buffer.from(text).toString('utf8', start, end).trim())).toEqual(
            lines.filter((one) => ['{"a":', '[1]'].includes(one)),
          )
        },
      ),
    )
  })

  it('sample as delimited text does', async () => {
    const text = Array.from({ length: 3000 }, (_, at) => `{"id":${at + 1}}\n`).join('')
    const { sample } = await surveyLines(memorySource(Buffer.from(text)), 'x', 0, { chunk_rows: 7, sample: { records: 100, bytes: 1e6 } })
    expect(sample.numbers).toEqual(
      Array.from({ length: 3000 }, (_, at) => at + 1).filter((record) => sampleHash(record) < sample.threshold),
    )
    expect(sample.numbers.length).toBeGreaterThan(30)
  })

  it('are refused when columns differ in case only', async () => {
    await expect(surveyLines(memorySource(Buffer.from('{"Id":1}\n{"id":2}\n')), 'x', 0, settings)).rejects.toMatchObject({
      name: 'Data.SchemaMismatch',
      message: expect.stringContaining('"Id" and "id"'),
    })
  })

  it('are read by the parser as they were counted, chunk by chunk, and found again', async () => {
    const text =
      '\ufeff{"id":1,"v":"é"}\n\n{"id":2}\r\n{"id":3,}\n{"id":4,"v":null}\n  \n[5]\n{"id":6,"v":{"x":[1, 2]}}\n{"id":7,"v":12345678901234567890}'
    const path = place.write(text, 'lines.ndjson')
    for (const chunk_rows of [1, 2, 3, 100]) {
      const { inspection } = await inspectFile(path, place.store, {}, { chunk_rows })
      expect(inspection).toMatchObject({ format: 'ndjson', records: 7, columns: ['id', 'v'], direct: false })
      const rows: unknown[] = []
      for (let chunk = 0; chunk < inspection.chunks.length; chunk++) {
        const spooled = await spool(inspection, chunk, chunk, await readContext(path, place.store, place.folder))
        const read = await parser.rows(
          `SELECT id, v FROM read_json('${spooled.path}', format = 'newline_delimited', columns = {id: 'VARCHAR', v: 'VARCHAR'})`,
        )
        expect(read.length).toBe(spooled.records)
        rows.push(...read.map(([id, v], at) => [spooled.record(at), id, v]))
        await spooled.release()
      }
      expect(rows).toEqual([
        [1, '1', 'é'],
        [2, '2', null],
        [4, '4', null],
        [6, '6', '{"x":[1,2]}'],
        [7, '7', '12345678901234567890'],
      ])
      const found = []
      for await (const one of locate(inspection, [2, 3, 7], await readContext(path, place.store, place.folder)))
        found.push([one.record, one.line, one.raw])
      expect(found).toEqual([
        [2, 3, '{"id":2}'],
        [3, 4, '{"id":3,}'],
        [7, 9, '{"id":7,"v":12345678901234567890}'],
      ])
    }
  })
})

const suite = sharedData('json-nst/test_parsing')
describe('the JSON parsing test suite', () => {
  const files = suite === undefined || !existsSync(suite) ? [] : readdirSync(suite).filter((name) => name.endsWith('.json'))

  it.skipIf(suite === undefined)(
    suite === undefined ? skipReason('json-nst') : 'distinguishes valid from invalid, and the parser reads what is valid',
    async () => {
      expect(files.length).toBeGreaterThan(150)
      for (const name of files) {
        const content = readFileSync(join(suite as string, name))
        const isOneLine = !content.includes(10) && !content.includes(13)
        const wrapped = Buffer.concat([Buffer.from('{"v":'), content, Buffer.from('}')])
        const { bad, records } = await surveyLines(memorySource(wrapped), name, 0, {
          chunk_rows: 1000,
          sample: { records: 10, bytes: 1e6 },
        })
        if (name.startsWith('y_') && isOneLine) expect({ name, bad }).toEqual({ name, bad: [] })
        // a few are bad on their own and good, or another text, within an object
        if (name.startsWith('n_') && bad.length === 0) expect(isOneLine ? JSON.parse(wrapped.toString()) : records).toBeDefined()
        if (bad.length === 0 && records === 1) {
          const path = place.write(wrapped)
          const rows = await parser.rows(`SELECT v FROM read_json('${path}', format = 'newline_delimited', columns = {v: 'VARCHAR'})`)
          expect({ name, rows: rows.length }).toEqual({ name, rows: 1 })
        }
      }
    },
  )
})

describe('values that are no objects', () => {
  it('are rows, if they are lists', async () => {
    const text = '[["id","name"],\n[1,"a, ]b"],\n[2,{"x":[1,2]}],\n[3],\n[4.50,null]]'
    const { inspection, sample } = await inspectFile(place.write(text, 'a.json'), place.store)
    expect(inspection).toMatchObject({
      columns: ['id', 'name'],
      records: 4,
      bad: [{ record: 3, line: 4, reason: 'is a list, not an object' }],
    })
    expect(Buffer.from(sample.text).toString()).toBe('{"id":1,"name":"a, ]b"}\n{"id":2,"name":{"x":[1,2]}}\n{"id":4.50,"name":null}\n')
    expect(inspection.notes).toContain('the JSON values are lists; the first one names the columns')
  })

  it('have a column for each position where no list has names', async () => {
    const { inspection } = await inspectFile(place.write('[1,2]\n\n[3,4]\n', 'a.ndjson'), place.store, { format: 'ndjson' })
    expect(inspection).toMatchObject({ columns: ['column_1', 'column_2'], records: 2, bad: [] })
  })

  it('are one column, if they are scalars', async () => {
    const { inspection, sample } = await inspectFile(place.write('[1, "two", null, true]', 'a.json'), place.store)
    expect(inspection).toMatchObject({ columns: ['value'], records: 4, bad: [] })
    expect(Buffer.from(sample.text).toString()).toBe('{"value":1}\n{"value":"two"}\n{"value":null}\n{"value":true}\n')
  })

  it('are bad records beside objects, and beside each other', async () => {
    const beside = await inspectFile(place.write('[{"a":1},[2],3]', 'a.json'), place.store)
    expect(beside.inspection).toMatchObject({ columns: ['a'], records: 3, bad: [{ record: 2 }, { record: 3 }] })
    const mixed = await inspectFile(place.write('[[1],2]', 'a.json'), place.store)
    expect(mixed.inspection).toMatchObject({ columns: [], records: 2, bad: [{ record: 1 }, { record: 2 }] })
  })

  it('are a bad record at the end of a list that is cut off, with a warning', async () => {
    const { inspection } = await inspectFile(place.write('[{"a":1},{"a":2},{"a":', 'a.json'), place.store)
    expect(inspection).toMatchObject({ records: 3, bad: [{ record: 3 }], doubts: [expect.stringContaining('the JSON list is cut off')] })
  })
})
