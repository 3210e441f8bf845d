import { afterAll, describe, expect, it } from 'vitest'
import type { ReadSettings } from '#io/formats/source.ts'
import { inspectFile, workplace } from './kit.ts'

const place = workplace()
afterAll(place.clear)

async function read(text: string, settings: ReadSettings = {}) {
  const { inspection } = await inspectFile(place.write(text), place.store, settings)
  return inspection
}

describe('a header that is not written like the records', () => {
  it.each([
    ['an empty name in front', ',id,name,price\n1,Anna,3.5\n2,Bo,4.5\n3,Cy,5.5\n', ['id', 'name', 'price']],
    ['an empty name in the middle', 'id,,name,price\n1,Anna,3.5\n2,Bo,4.5\n3,Cy,5.5\n', ['id', 'name', 'price']],
    ['a delimiter behind it', 'id,name,price,\n1,Anna,3.5\n2,Bo,4.5\n3,Cy,5.5\n', ['id', 'name', 'price']],
    ['tabs above semicolons', 'id\tname\tprice\n1;Anna;3.5\n2;Bo;4.5\n3;Cy;5.5\n', ['id', 'name', 'price']],
    ['commas above tabs, and letters beyond ASCII', 'id,Größe,price\n1\tS\t3.5\n2\tM\t4.5\n3\tL\t5.5\n', ['id', 'Größe', 'price']],
    ['a quote that is not closed', '"id,name,"price"\n1,Anna,3.5\n2,Bo,4.5\n3,Cy,5.5\n', ['id', 'name', 'price']],
    ['a row that repeats it', 'id,name,price\nid,name,price\n1,Anna,3.5\n2,Bo,4.5\n3,Cy,5.5\n', ['id', 'name', 'price']],
    ['two rows that repeat it', `${'id,name,price\n'.repeat(3)}1,Anna,3.5\n2,Bo,4.5\n3,Cy,5.5\n`, ['id', 'name', 'price']],
  ])('has the names of the columns: %s', async (_, text, columns) => {
    expect(await read(text)).toMatchObject({ columns, records: 3, bad: [] })
  })

  it.each([
    ['a title with a comma', 'Sales, by shop\n1;Anna;3.5\n2;Bo;4.5\n3;Cy;5.5\n', ['column_1', 'column_2', 'column_3']],
    ['a title with as many commas above a header', 'a,b,c\nid;name;price\n1;Anna;3.5\n2;Bo;4.5\n', ['id', 'name', 'price']],
    ['numbers above numbers', '7,8,9\n1;2;3.5\n2;3;4.5\n3;4;5.5\n', ['column_1', 'column_2', 'column_3']],
  ])('is not invented: %s', async (_, text, columns) => {
    expect((await read(text)).columns).toEqual(columns)
  })

  it('is said in a note', async () => {
    const { notes } = await read('id\tname\tprice\n1;Anna;3.5\n2;Bo;4.5\n3;Cy;5.5\n')
    expect(notes.join()).toContain('the fields of the header are delimited by "\\t", those of the records by ";"')
  })
})

describe('a delimiter with a space', () => {
  it('is found where a space follows every delimiter outside quotes', async () => {
    const found = await read('id, name, note\n1, Anna, "a, b"\n2, Bo, "c,d"\n3, , e\n')
    expect(found).toMatchObject({ columns: ['id', 'name', 'note'], records: 3, bad: [], dialect: { delimiter: ',' } })
    expect(found.notes.join()).toContain('fields are delimited by ", "')
  })

  it.each([
    ['one cell has none', 'id, name\n1, Anna\n2,Bo\n3, Cy\n'],
    ['only the header has it', 'id, name\n1,Anna\n2,Bo\n3,Cy\n'],
    ['there are two records', 'id, name\n1, Anna\n'],
  ])('is not found where %s', async (_, text) => {
    expect((await read(text)).notes.join()).not.toContain('delimited by ", "')
  })
})
