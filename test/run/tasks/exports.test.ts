/** What a run reports about its outputs. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Manifest } from '#io/publish/manifest.ts'
import { filesIn, parquetRows, publishedRows, runDefinition, workplace } from '../../kit/run-pipeline.ts'

const place = workplace()
afterAll(() => place.clear())

const source = place.write('a.csv', 'id,name\n1,a\n2,b\n')
const definition = (steps: string) => `version: 1
id: outputs
name: Outputs
steps:
  - {id: find, type: discover, with: {source: ${source}, allow_empty: true}}
${steps}`

describe('a run', () => {
  it('of several exports reports each: of a file, and of a folder with the name of a file', async () => {
    const [first, second] = [join(place.folder, 'first.csv'), join(place.folder, 'second.csv/')]
    const run = await runDefinition(
      definition(`  - {id: one, type: export, with: {to: ${first}, format: csv}}
  - {id: more, type: transform, depends_on: [find], with: {operations: [{filter: "id > 1"}]}}
  - {id: two, type: export, with: {to: ${second}, format: csv}}
`),
      { store: join(place.folder, 'store') },
    )
    expect(run.cause).toBeUndefined()
    const { output, steps } = run.report
    expect(output).toMatchObject({ to: second, rows: 1, others: [{ to: first, rows: 2, files: 1, format: 'csv' }] })
    const reportOf = (id: string) => steps.find((step) => step.id === id)?.report
    expect(reportOf('one')).toMatchObject({ level: 'ok', lines: [] })
    expect(readFileSync(first, 'utf8')).toBe('id,name\n1,a\n2,b\n')
    expect(filesIn(second)).toEqual(['_manifest.json', expect.stringMatching(/^part-00001-\w+\.csv$/)])
    expect(reportOf('two')).toMatchObject({ level: 'ok', lines: [] })
  })

  it('writes one file for each source where the name asks for it, of the rows that stay of each', async () => {
    place.write('in/north.csv', 'id,name\n1,a\n2,b\n3,c\n')
    place.write('in/south.csv', 'id,name\n4,d\n')
    place.write('in/west.csv', 'id,name\n7,g\n5,e\n')
    const run = await runDefinition(
      `version: 1
id: outputs
steps:
  - {id: find, type: discover, with: {source: ${place.folder}/in/*.csv, chunk_rows: 1}}
  - {id: some, type: transform, with: {operations: [{filter: "id <> 2 AND id <> 4"}]}}
  - {id: publish, type: export, with: {to: "${place.folder}/by/{source.name}.csv"}}
`,
      { store: join(place.folder, 'store-by') },
    )
    expect(run.cause).toBeUndefined()
    const text = (name: string) => readFileSync(join(place.folder, 'by', `${name}.csv`), 'utf8')
    expect([text('north'), text('south'), text('west')]).toEqual(['id,name\n1,a\n3,c\n', 'id,name\n', 'id,name\n7,g\n5,e\n'])
    expect(filesIn(join(place.folder, 'by'))).toEqual(['north.csv', 'south.csv', 'west.csv'])
  })

  it.each(['{source.file}', '{source.name}.csv'])('names the file %s exactly as its source', async (to) => {
    const names = ['$$cash.csv', '$&.csv', '{source.file}.csv']
    for (const name of names) place.write(`odd/${name}`, `id,name\n1,${name.length}\n`)
    const run = await runDefinition(
      `version: 1
id: outputs
steps:
  - {id: find, type: discover, with: {source: "${place.folder}/odd/*.csv"}}
  - {id: publish, type: export, with: {to: "${place.folder}/by/${to}"}}
`,
      { store: join(place.folder, `store-${to}`) },
    )
    expect(run.cause).toBeUndefined()
    expect(names.map((name) => readFileSync(join(place.folder, 'by', name), 'utf8'))).toEqual(
      names.map((name) => `id,name\n1,${name.length}\n`),
    )
  })

  it('writes a file in the format of its name, and replaces it', async () => {
    const to = join(place.folder, 'new/one.parquet')
    for (const run of ['r-1', 'r-2']) {
      const done = await runDefinition(definition(`  - {id: one, type: export, with: {to: ${to}}}\n`), {
        store: join(place.folder, 'store-one'),
        run,
      })
      expect([done.status, done.cause]).toEqual(['SUCCEEDED', undefined])
    }
    expect(await parquetRows(to)).toEqual([
      { id: '1', name: 'a' },
      { id: '2', name: 'b' },
    ])
    expect(filesIn(join(place.folder, 'new'))).toEqual(['one.parquet'])
  })

  it('appends to a folder once, and only what can be read together with what is there', async () => {
    const to = join(place.folder, 'log')
    const append = (run: string, more = '') =>
      runDefinition(definition(`${more}  - {id: one, type: export, with: {to: ${to}, format: csv, mode: append}}\n`), {
        store: join(place.folder, 'store-log', run),
        run,
      })
    const manifest = () => JSON.parse(readFileSync(join(to, '_manifest.json'), 'utf8')) as Manifest
    for (const run of ['r-1', 'r-2', 'r-2']) {
      const done = await append(run)
      expect([done.status, done.cause]).toEqual(['SUCCEEDED', undefined])
      // the run reports its own rows
      expect(done.report.output).toMatchObject({ to, rows: 2, files: 1 })
    }
    expect(manifest()).toMatchObject({
      rows: 4,
      files: [
        { rows: 2, appended_by: 'r-1/one' },
        { rows: 2, appended_by: 'r-2/one' },
      ],
    })
    expect(filesIn(to)).toHaveLength(3)
    expect(await publishedRows(to)).toEqual([
      { id: '1', name: 'a' },
      { id: '2', name: 'b' },
      { id: '1', name: 'a' },
      { id: '2', name: 'b' },
    ])
    const none = '  - {id: none, type: transform, with: {operations: [{filter: "id > 100"}]}}\n'
    expect(await append('r-3', none)).toMatchObject({ status: 'SUCCEEDED' })
    const other = '  - {id: other, type: transform, with: {columns: {twice: id * 2}}}\n'
    expect(await append('r-4', other)).toMatchObject({
      error: 'Output.Conflict',
      cause: expect.stringContaining('columns there: id integer, name text; in this run: id integer, name text, twice integer'),
    })
    expect(manifest().files).toHaveLength(2)
  })

  it('never replaces a file it read, also after rows met', async () => {
    for (const [at, steps] of ['', '  - {id: sorted, type: transform, with: {operations: [{sort: [id]}]}}\n'].entries()) {
      const run = await runDefinition(definition(`${steps}  - {id: one, type: export, with: {to: ${source}}}\n`), {
        store: join(place.folder, `store-own-${at}`),
      })
      expect(run).toMatchObject({ error: 'Output.Conflict', cause: expect.stringContaining('it is a source of this run') })
    }
    expect(existsSync(source) && readFileSync(source, 'utf8')).toBe('id,name\n1,a\n2,b\n')
  })

  it('whose pattern matches nothing says what allow_empty is for', async () => {
    const run = await runDefinition(definition('').replace(source, join(place.folder, 'none-*.csv')), { store: join(place.folder, 'none') })
    expect(run).toMatchObject({ error: 'Data.NoSources', hint: expect.stringContaining('allow_empty accepts files without rows') })
  })
})
