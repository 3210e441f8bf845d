/** Files that are looked into, as one table: typed, text as it stands, and only if every record and every key can be read. */
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assertTyped, openExternal } from '#data/pass/external.ts'
import { folderStore } from '#io/store/folder.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { type TestDatabase, testDatabase } from '../../kit/database.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
let database: TestDatabase
beforeAll(async () => {
  place = workplace()
  database = await testDatabase([place.folder])
})
afterAll(() => {
  place.clear()
  database.close()
})

const logged: string[] = []
function context(): TaskContext {
  const scratch = join(place.folder, 'scratch')
  mkdirSync(scratch, { recursive: true })
  return {
    ...{ store: folderStore(join(place.folder, 'store')), workspace: workspace('r'), step: 'look', scratch },
    ...{
      run: { folder: place.folder },
      log: (text: string) => void logged.push(text),
      now: () => new Date(),
      openSession: async () => database.session,
    },
  } as unknown as TaskContext
}
const open = (source: string, number = 0) => openExternal(source, number, context())
async function rowsOf(source: string) {
  const table = await open(source)
  const rows = []
  for (const relation of table.relations) rows.push(...(await database.session.rows(relation)))
  await table.release()
  return { ...table, rows }
}

describe('a file that is looked into', () => {
  it('is a table with the types that its cells show; text stays as it stands', async () => {
    place.write('one.csv', 'code,name,day,ok\n1,"  Anna ",2024-01-02,yes\n 2,NA,2024-02-03,no\n3,"",2024-03-04,yes\n')
    const { columns, rows, misfits } = await rowsOf('one.csv')
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual(['code integer', 'name text', 'day date', 'ok boolean'])
    expect(rows.map(({ code, name, day, ok }) => [String(code), name, String(day), ok])).toEqual([
      ['1', '  Anna ', '2024-01-02', true],
      ['2', 'NA', '2024-02-03', false],
      ['3', null, '2024-03-04', true],
    ])
    expect(misfits).toHaveLength(1)
    expect(readdirSync(join(place.folder, 'scratch'))).toEqual([])
  })

  it('may be several files, each with columns of its own', async () => {
    place.write('many/a.csv', 'code,name\n1,a\n2,b\n')
    place.write('many/b.csv', 'code,more\n3,x\n')
    place.write('many/c.ndjson', '{"code": 4, "name": "d"}\n')
    symlinkSync('a.csv', join(place.folder, 'many', 'z.csv'))
    logged.length = 0
    const { columns, rows, relations } = await rowsOf('many/*')
    expect(columns.map(({ name }) => name)).toEqual(['code', 'name', 'more'])
    expect(relations.length).toBeGreaterThan(1)
    expect(rows.map(({ code, name, more }) => [String(code), name, more])).toEqual([
      ['1', 'a', null],
      ['2', 'b', null],
      ['3', null, 'x'],
      ['4', 'd', null],
    ])
    expect(logged).toEqual([expect.stringMatching(/^skipped: .*z\.csv is a link to .*a\.csv/)])
  })

  it('may be a file that has types, which it keeps', async () => {
    const path = join(place.folder, 'typed.parquet')
    await database.session.run(
      `COPY (SELECT i AS code, i / 2.0 AS half, 'w' || i AS word FROM range(3) t(i)) TO '${path}' (FORMAT parquet)`,
    )
    const { rows, misfits } = await rowsOf('typed.parquet')
    expect(rows.map(({ code, half, word }) => [String(code), Number(half), word])).toEqual([
      ['0', 0, 'w0'],
      ['1', 0.5, 'w1'],
      ['2', 1, 'w2'],
    ])
    expect(misfits).toEqual([])
  })

  it('is refused if a record cannot be read', async () => {
    place.write('bad/a.csv', 'code,name\n1,a\n2,b,too,many\n')
    place.write('bad/b.csv', 'code,name\n1,a\n')
    await expect(open('bad/*.csv')).rejects.toMatchObject({
      name: 'Data.Unreadable',
      message: 'bad/*.csv: 1 of 3 records cannot be read as rows',
      hint: 'all records of a lookup file must be valid; fix the file',
    })
  })

  it('is refused if it changes while it is open', async () => {
    place.write('changing.csv', 'code\n1\n2\n')
    const table = await open('changing.csv')
    writeFileSync(join(place.folder, 'changing.csv'), 'code\n1\n7\n8\n')
    await expect(table.release()).rejects.toMatchObject({ name: 'Data.SourceChanged' })
  })
})

describe('the cells of a file that is looked into', () => {
  // the sample of a file that large does not see the cell that is unlike the others
  const cells = (odd: string) => Array.from({ length: 24_000 }, (_, at) => `${at === 12_007 ? odd : at},${at === 12_009 ? 'x' : at}\n`)

  it('must be of the type of their column where it is asked for', async () => {
    place.write('odd.csv', `code,other\n${cells('A17').join('')}`)
    const table = await open('odd.csv')
    const assert = (...names: string[]) => assertTyped(database.session, 'odd.csv', table, names)
    await expect(assert('code')).rejects.toMatchObject({
      name: 'Data.Unreadable',
      message: 'odd.csv: 1 cell of the column "code" cannot be read as integer, the type of the others',
      hint: 'all cells of a lookup file must fit the type of their column; fix the file',
    })
    await expect(assert('nothing', 'other')).rejects.toMatchObject({ message: expect.stringContaining('column "other"') })
    await assert('nothing')
    await assert()
    await table.release()
  })

  it('may be missing', async () => {
    place.write('gaps.csv', `code,other\n${cells('').join('')}`)
    const table = await open('gaps.csv')
    await assertTyped(database.session, 'gaps.csv', table, ['code'])
    await table.release()
  })
})
