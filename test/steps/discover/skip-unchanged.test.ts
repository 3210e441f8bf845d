/** skip_unchanged: which files a run reads, what it leaves for the next, and that both stand or fall with its output. */
import { readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { publishedRows, runDefinition, type TestRunOptions, type Workplace, workplace } from '../../kit/run-pipeline.ts'

const pipeline = (condition = '', find = '') => `version: 1
id: orders
inputs: {source: {type: string, required: true}, out: {type: string, required: true}}
defaults: {retry: {max_attempts: 0}}
steps:
  - {id: find, type: discover, ${find}with: {source: "{{ source }}", chunk_rows: 2, skip_unchanged: true}}
  - {id: publish, type: export, ${condition}with: {to: "{{ out }}", format: csv, mode: append}}
`
const SKIPPED = 'condition: "{{ find.result.count }} > 0", '

let here: Workplace
beforeEach(() => {
  here = workplace()
  here.write('in/a.csv', 'id,name\n1,Ana\n2,Ben\n3,Cy\n')
  here.write('in/b.csv', 'id,name\n4,Dan\n')
  return () => here.clear()
})

async function run(id: string, definition = pipeline(), more: Partial<TestRunOptions> = {}) {
  const inputs = { source: join(here.folder, 'in/*.csv'), out: join(here.folder, 'out') }
  const ran = await runDefinition(definition, { inputs, store: join(here.folder, 'store'), run: id, ...more })
  const planned = ran.results.find(({ event }) => event.task === 'plan')?.result
  const { lines = [], message = '' } = (planned?.['report'] ?? {}) as { lines?: { text: string }[]; message?: string }
  return { ...ran, found: planned?.['result'], message, warnings: lines.map(({ text }) => text) }
}
const ids = async () => (await publishedRows(join(here.folder, 'out'))).map(({ id }) => String(id)).sort()

describe.each([
  ['with an export of no rows', ''],
  ['with an export that is skipped when nothing is new', SKIPPED],
])('a run %s', (_how, condition) => {
  it('reads new and changed files only, and names those that are gone', async () => {
    const first = await run('r-1', pipeline(condition))
    expect(first.cause).toBeUndefined()
    expect(first.found).toMatchObject({ count: 2, records: 4, unchanged: 0, removed: 0 })
    expect(await ids()).toEqual(['1', '2', '3', '4'])

    const second = await run('r-2', pipeline(condition))
    expect(second.cause).toBeUndefined()
    expect(second.found).toMatchObject({ count: 0, bytes: 0, records: 0, columns: 2, unchanged: 2, removed: 0, sources: [] })
    expect(second.message).toBe('Found 0 new or changed files (0 bytes total), 2 unchanged')
    expect(second.ledger).toMatchObject({ balanced: true, rows: { in: 0, out: 0 } })
    expect(await ids()).toEqual(['1', '2', '3', '4'])

    here.write('in/b.csv', 'id,name\n5,Eve\n')
    here.write('in/c.csv', 'id,name\n6,Fay\n')
    rmSync(join(here.folder, 'in/a.csv'))
    const third = await run('r-3', pipeline(condition))
    expect(third.found).toMatchObject({ count: 2, records: 2, unchanged: 0, removed: 1 })
    expect(third.warnings).toEqual([`${join(here.folder, 'in/a.csv')} is gone: rows of it that were published stay`])
    expect(third.ledger).toMatchObject({ balanced: true, rows: { in: 2, out: 2 } })
    expect(await ids()).toEqual(['1', '2', '3', '4', '5', '6'])

    // it is named once, and read again when it is back
    expect((await run('r-4', pipeline(condition))).found).toMatchObject({ count: 0, unchanged: 2, removed: 0 })
    here.write('in/a.csv', 'id,name\n7,Gus\n')
    expect((await run('r-5', pipeline(condition))).found).toMatchObject({ count: 1, unchanged: 2, removed: 0 })
    expect(await ids()).toEqual(['1', '2', '3', '4', '5', '6', '7'])
  })

  it('that fails before it publishes leaves the files to the next', async () => {
    const failed = await run('r-1', pipeline(condition), {
      beforeTask: ({ task }) => {
        if (task === 'commit') throw new Error('killed')
      },
    })
    expect(failed.status).toBe('FAILED')
    expect((await run('r-2', pipeline(condition))).found).toMatchObject({ count: 2, unchanged: 0 })
    expect(await ids()).toEqual(['1', '2', '3', '4'])
  })
})

it('reads a file again that was written with the same size and the same time', async () => {
  await run('r-1')
  const path = join(here.folder, 'in/b.csv')
  const { atime, mtime } = statSync(path)
  here.write('in/b.csv', 'id,name\n8,Dan\n')
  utimesSync(path, atime, mtime)
  expect((await run('r-2')).found).toMatchObject({ count: 1, unchanged: 1 })
  expect(await ids()).toEqual(['1', '2', '3', '4', '8'])
})

it('tries a file again that could not be read', async () => {
  here.write('in/c.csv', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0, 0, 0]))
  const find = 'on_error: {continue_on_error: true}, '
  expect((await run('r-1', pipeline('', find))).found).toMatchObject({ count: 2, unreadable: 1 })
  here.write('in/c.csv', 'id,name\n9,Ida\n')
  expect((await run('r-2', pipeline('', find))).found).toMatchObject({ count: 1, unreadable: 0, unchanged: 2 })
  expect(await ids()).toEqual(['1', '2', '3', '4', '9'])
})

it('keeps the types of the columns when nothing has changed', async () => {
  const typed = async () =>
    (JSON.parse(readFileSync(join(here.folder, 'out/_manifest.json'), 'utf8')) as { columns: { type: string }[] }).columns.map(
      ({ type }) => type,
    )
  await run('r-1')
  const before = await typed()
  await run('r-2')
  expect(await typed()).toEqual(before)
})

it('refuses tables, which have no version', async () => {
  const path = join(here.folder, 'shop.db')
  const database = new DatabaseSync(path)
  database.exec('CREATE TABLE orders (id INTEGER); INSERT INTO orders VALUES (1)')
  database.close()
  const ran = await run('r-1', pipeline(), { inputs: { source: `sqlite://${path}/orders`, out: join(here.folder, 'out') } })
  expect(ran).toMatchObject({ status: 'FAILED', error: 'Definition.InvalidSetting' })
  expect(ran.hint).toContain('use a detect_changes step')
})

describe('an export that replaces what earlier runs published by what is new', () => {
  const warnings = (find: string, publish: string) => {
    const compiled = compile(
      `version: 1\nid: orders\nsteps:\n  - {id: find, type: discover, with: {source: data/*.csv${find}}}\n${publish}`,
      {
        file: 'p.yaml',
      },
    )
    return compiled.ok ? compiled.warnings.map(({ code, line, what }) => `${line} ${code}: ${what}`) : ['it does not compile']
  }
  const publish = (settings: string) => `  - {id: publish, type: export, with: {${settings}}}\n`

  it('is a warning', () => {
    expect(warnings(', skip_unchanged: true', publish('to: out'))).toEqual([
      '5 replaced-by-new-rows: `publish` replaces what earlier runs published, but `find` passes on only what is new',
    ])
    expect(warnings('', `  - {id: new, type: detect_changes, with: {column: at}}\n${publish('to: out')}`)).toHaveLength(1)
  })

  it.each([
    ['', 'to: out'],
    [', skip_unchanged: true', 'to: out, mode: append'],
    [', skip_unchanged: true', 'to: "out/{{ run.id }}"'],
    [', skip_unchanged: true', 'to: "out/{source.name}.csv"'],
    [', skip_unchanged: false', 'to: out'],
  ])('is none with%s %s', (find, settings) => {
    expect(warnings(find, publish(settings))).toEqual([])
  })
})
