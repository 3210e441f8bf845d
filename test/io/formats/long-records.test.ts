/** Records of more bytes than a record may have: bad records with a reason, of which only the beginning is listed. */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { locate, type Located } from '#io/formats/locate.ts'
import { MAX_RECORD_BYTES, SHOWN_BYTES, tooLong } from '#io/formats/record-limit.ts'
import { spool } from '#io/formats/spool.ts'
import { inspectFile, readContext, workplace } from './kit.ts'

const place = workplace()
afterAll(place.clear)

const LONG = 'x'.repeat(MAX_RECORD_BYTES)

/** What was inspected, what of each bad record is listed, and the text of the good ones. */
async function read(text: string, name: string, settings = {}) {
  const path = place.write(text, name)
  const { inspection } = await inspectFile(path, place.store, settings)
  const context = await readContext(path, place.store, place.folder)
  const listed: Located[] = []
  for await (const found of locate(
    inspection,
    inspection.bad.map(({ record }) => record),
    context,
  ))
    listed.push(found)
  const good = await spool(inspection, 0, inspection.chunks.length - 1, context)
  const rest = readFileSync(good.path, 'utf8')
  await good.release()
  return { inspection, listed, rest }
}

describe('a line of too many bytes', () => {
  it.each([
    ['delimited text', 'a.csv', 'id,name\n1,ana\n2,', '\n3,dora\n', '1,ana\n3,dora\n'],
    ['quotes', 'a.csv', 'id,name\n1,ana\n2,"', '"\n3,dora\n', '1,ana\n3,dora\n'],
    ['an open quote', 'a.csv', 'id,name\n1,ana\n2,"', '\n3,dora\n', '1,ana\n3,dora\n'],
    ['lines that end in two ways', 'a.csv', 'id,name\r\n1,ana\r\n2,', '\n3,dora\n', '1,ana\n3,dora\n'],
    ['a delimiter of two characters', 'a.txt', 'id||name\n1||ana\n2||', '\n3||dora\n', '"1","ana"\n"3","dora"\n'],
    ['NDJSON', 'a.ndjson', '{"id":1}\n{"id":2,"n":"', '"}\n{"id":3}\n', '{"id":1}\n{"id":3}\n'],
    [
      'NDJSON that is rewritten',
      'a.ndjson',
      '{"id":0.12345678901234567891}\n{"n":"',
      '"}\n{"id":3}\n',
      '{"id":"0.12345678901234567891"}\n{"id":3}\n',
    ],
    ['a JSON list', 'a.json', '[{"id":1},\n{"id":2,"n":"', '"},\n{"id":3}]', '{"id":1}\n{"id":3}\n'],
  ])('is a bad record in %s', async (_, name, before, after, good) => {
    const { inspection, listed, rest } = await read(before + LONG + after, name)
    const [bad] = inspection.bad
    expect(inspection.records).toBe(3)
    expect(inspection.bad).toHaveLength(1)
    expect(bad).toMatchObject({ record: 2, reason: tooLong((bad?.end ?? 0) - (bad?.start ?? 0)) })
    expect(bad?.reason).toMatch(/^is 33,554,4\d\d bytes long, more than the 33,554,432 bytes that a record may have/)
    expect(listed).toHaveLength(1)
    expect(listed[0]?.raw).toMatch(/^"?(2|\{).*x$/)
    expect(listed[0]?.raw).toHaveLength(SHOWN_BYTES)
    expect(rest.replaceAll(/"(\d|ana|dora)"/g, '$1')).toBe(good.replaceAll(/"(\d|ana|dora)"/g, '$1'))
  })

  it('is no header, and says what skips it', async () => {
    const { inspection, rest } = await read(`${LONG}y\n1,ana\n2,ben\n`, 'a.csv')
    expect(inspection).toMatchObject({ columns: ['column_1', 'column_2'], records: 3, bad: [{ record: 1, line: 1, start: 0 }] })
    expect(inspection.doubts).toEqual([expect.stringContaining('set skip_lines: 1')])
    expect(rest).toBe('1,ana\n2,ben\n')
  })

  it('is skipped where a setting says so', async () => {
    const { inspection, rest } = await read(`${LONG}y\r\nid,name\r\n1,ana\r\n`, 'a.csv', { skip_lines: 1 })
    expect(inspection).toMatchObject({ columns: ['id', 'name'], records: 1, bad: [], dialect: { skip_lines: 1 } })
    expect(inspection.chunks).toMatchObject([{ line: 3 }])
    expect(rest).toBe('1,ana\r\n')
  })

  it('is the only record of a text without a newline', async () => {
    const { inspection, rest } = await read(`${LONG}y`, 'a.csv')
    expect(inspection).toMatchObject({ columns: ['column_1'], records: 1, bad: [{ record: 1 }] })
    expect(rest).toBe('')
  })
})

it('a record of as many bytes as it may have is read', async () => {
  const { inspection, rest } = await read(`id,name\n1,${LONG.slice(3)}\n`, 'a.csv')
  expect(inspection).toMatchObject({ records: 1, bad: [], longest_record: MAX_RECORD_BYTES })
  expect(rest).toHaveLength(MAX_RECORD_BYTES + 'id,name\n'.length)
})

it('a character that is cut off at the end of what is listed is left out', async () => {
  const { listed } = await read(`id,name\n1,ana\n${'€'.repeat(MAX_RECORD_BYTES / 3 + 1)}\n`, 'a.csv')
  expect(listed[0]?.raw).toBe('€'.repeat(Math.floor(SHOWN_BYTES / 3)))
})
