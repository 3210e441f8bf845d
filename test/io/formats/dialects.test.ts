import { afterAll, describe, expect, it } from 'vitest'
import { readRecords } from '#io/formats/record-text.ts'
import type { ReadSettings } from '#io/formats/source.ts'
import { inspectFile, workplace } from './kit.ts'

const place = workplace()
afterAll(place.clear)

/** What is found, with the records as the parser gets them. */
async function read(text: string, settings: ReadSettings = {}) {
  const path = place.write(text)
  const { inspection, sample } = await inspectFile(path, place.store, settings)
  const records = inspection.dialect === null ? [] : [...readRecords(Buffer.from(sample.text).toString('utf8'), inspection.dialect)]
  return { ...inspection, cells: records.map(({ cells }) => cells.map((cell) => cell.trim())) }
}

const rows = (delimiter: string) =>
  ['id,shop,price', '1,north,2.5', '2,south,3.5', '3,,4'].map((line) => line.replaceAll(',', delimiter)).join('\n')

describe('a delimiter', () => {
  it.each([[', '], ['; '], ['^'], ['\u0001'], ['\u001f'], ['~'], ['||'], ['::'], ['^^'], [';;'], ['~|']])(
    'is found: %j',
    async (delimiter) => {
      const found = await read(rows(delimiter))
      expect(found).toMatchObject({ columns: ['id', 'shop', 'price'], records: 3, bad: [] })
      expect(found.cells).toEqual([
        ['1', 'north', '2.5'],
        ['2', 'south', '3.5'],
        ['3', '', '4'],
      ])
    },
  )

  it('is a space where the fields are those of a table', async () => {
    const found = await read('time load temp\n1 0.5 21\n2 0.6 22\n3 0.7 23\n')
    expect(found).toMatchObject({ columns: ['time', 'load', 'temp'], records: 3 })
    expect((await read('The quick brown fox\njumps over the lazy\ndog and runs away\n')).columns).toHaveLength(1)
  })

  it.each([
    ['a column of times', 'at\n10:30\n11:45\n12:00\n'],
    ['a column of C++ names', 'name\nstd::map\nstd::set\nother\n'],
    ['prices with a caret in a note', 'id,note\n1,a^b\n2,plain\n3,plain\n'],
    ['a column that is always empty', 'a|b|c\n1||2\n3||4\n'],
    ['a column that is always empty in all of many records', `a|b|c\n${'1||2\n'.repeat(40)}`],
  ])('is not invented: %s', async (_, text) => {
    const [first = ''] = text.split('\n')
    expect((await read(text)).columns).toEqual(first.split(/[,|]/))
  })

  it('is the one that a line above the header names', async () => {
    const found = await read('sep=;\nid;note\n1;a,b\n2;c,d\n')
    expect(found).toMatchObject({ columns: ['id', 'note'], records: 2, dialect: { delimiter: ';', skip_lines: 1 }, chunks: [{ line: 3 }] })
    expect(found.notes.join()).toContain('the first line names the delimiter ";"')
    expect(await read('"sep=||"\nid||note\n1||a\n')).toMatchObject({ columns: ['id', 'note'], records: 1 })
  })

  it('is escaped by a backslash where nothing is quoted', async () => {
    const found = await read('id,note,n\n1,a\\,b,5\n2,c\\\\d,6\n3,\\N,7\n4,e\\,f\\,g,8\n')
    expect(found).toMatchObject({ records: 4, bad: [] })
    expect(found.cells).toEqual([
      ['1', 'a,b', '5'],
      ['2', 'c\\d', '6'],
      ['3', '\\N', '7'],
      ['4', 'e,f,g', '8'],
    ])
    expect(found.notes).toContain('a delimiter within a field is escaped with \\')
    // a backslash at the end of every field is one of a path
    expect((await read('path,n\nC:\\a\\,5\nC:\\b\\,6\n')).cells).toEqual([
      ['C:\\a\\', '5'],
      ['C:\\b\\', '6'],
    ])
  })
})

describe('a text with a delimiter of two characters', () => {
  it('keeps its lines and its bad records', async () => {
    const found = await read(`id||note\n1||"a\nb"\n2||"open\n3||c||d\n4||"x"y\n\n${'5||"e, f"\n'.repeat(20)}`)
    expect(found.records).toBe(24)
    expect(found.bad.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '4 has 1 field instead of 2',
      '5 has 3 fields instead of 2',
      '6 has 1 field instead of 2',
    ])
    expect(found.cells.slice(0, 2)).toEqual([
      ['1', 'a\nb'],
      ['5', 'e, f'],
    ])
  })

  it('is read as a setting says', async () => {
    expect(await read('a--b\n1--2\n', { delimiter: '--' })).toMatchObject({ columns: ['a', 'b'], records: 1 })
    await expect(read('a\n', { delimiter: '-é' })).rejects.toThrow('invalid delimiter of a source: "é"')
  })
})

describe('lines above the header', () => {
  it('are comments where they begin with # and are no records', async () => {
    const text = `${Array.from({ length: 15 }, (_, at) => `# remark, number ${at}${at % 2 ? ', and more' : ''}\n`).join('')}id,a,b,c\n1,2,3,4\n2,3,4,5\n`
    const found = await read(text)
    expect(found).toMatchObject({ columns: ['id', 'a', 'b', 'c'], records: 2, bad: [] })
    expect(found.notes.join()).toContain('the first 15 lines are skipped')
    expect((await read('#id,a\n1,2\n2,3\n')).columns).toEqual(['#id', 'a'])
  })
})

describe('a header', () => {
  it.each([
    ['an open quote', '"id,name\n1,ann\n2,bob\n', ['id', 'name']],
    ['text behind a quote', 'id,"na"me\n1,ann\n2,bob\n', ['id', 'na"me']],
    ['quotes within names', 'id,a "b" c\n1,ann\n2,bob\n', ['id', 'a "b" c']],
    ['a NUL and repeated names', 'id\0,id,ID\n1,2,3\n2,3,4\n', ['id␀', 'id', 'ID_2']],
    ['too few names', 'id,name\n1,ann,3\n2,bob,4\n', ['id', 'name', 'column_3']],
    ['too many names', 'id,name,more\n1,ann\n2,bob\n', ['id', 'name']],
  ])('with %s is read', async (_, text, columns) => {
    expect(await read(text)).toMatchObject({ columns, bad: [] })
  })

  it('decides the number of fields where records do not agree', async () => {
    for (const [lines, bad] of [
      [
        ['1,2', '1,2,3', '2,3', '2,3,4'],
        [1, 3],
      ],
      [
        ['1,2,3', '1,2', '2,3,4', '2,3'],
        [2, 4],
      ],
    ] as const)
      expect((await read(`a,b,c\n${lines.join('\n')}\n`)).bad.map(({ record }) => record)).toEqual(bad)
  })
})
