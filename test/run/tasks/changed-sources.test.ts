/** What was inspected is what is read: a source that is changed while a run goes on, with the size and the time it had. */
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '#io/store/store.ts'
import { publishedRows, runDefinition, type TestRunOptions, workplace, type Workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.clear())

const ROWS = Array.from({ length: 50 }, (_, at) => `${at},${at % 2 === 0 ? 'Spain' : 'Italy'}`).join('\n')

const definition = (path: string, out = 'out') => `
version: 1
id: changed
name: Changed
steps:
  - {id: find, type: discover, with: {source: ${path}}}
  - {id: measure, type: profile}
  - {id: tidy, type: clean, with: {rules: [{missing: {columns: [country], strategy: constant, value: none}}]}}
  - {id: give, type: export, with: {to: ${join(place.folder, out)}, format: parquet}}
`

const run = (path: string, options: Partial<TestRunOptions> = {}) =>
  runDefinition(definition(path), { store: join(place.folder, 'store'), ...options })

/** Another text of the same length, with the time the file had. */
function change(path: string, from: string, to: string): void {
  const { atime, mtime } = statSync(path)
  writeFileSync(path, readFileSync(path, 'latin1').replaceAll(from, to), 'latin1')
  utimesSync(path, atime, mtime)
}

/** A Parquet file, made by a run of its own. */
async function parquetSource(): Promise<string> {
  const csv = place.write('made.csv', `id,country\n${ROWS}\n`)
  await runDefinition(definition(csv, 'made'), { store: join(place.folder, 'making') })
  const { files } = JSON.parse(readFileSync(join(place.folder, 'made', '_manifest.json'), 'utf8')) as { files: { name: string }[] }
  return place.write('source.parquet', readFileSync(join(place.folder, 'made', files[0]?.name ?? '')))
}

const textSource = async () => place.write('source.csv', `id,country\n${ROWS}\n`)

describe.each([
  { what: 'text', source: textSource },
  { what: 'Parquet', source: parquetSource },
])('a source of $what', ({ source }) => {
  const failed = { status: 'FAILED', error: 'Data.SourceChanged' }

  it('that is changed between two tasks fails the run, and nothing is published', async () => {
    const path = await source()
    const tasks: string[] = []
    expect((await run(path, { run: 'r-whole', beforeTask: ({ task }) => tasks.push(task) })).status).toBe('SUCCEEDED')
    const before = readFileSync(join(place.folder, 'out', '_manifest.json'))
    const reading = tasks.filter((task) => ['survey', 'segment'].includes(task))
    expect(reading.length).toBeGreaterThan(0)
    for (const [at, moment] of reading.entries()) {
      const [from, to] = at % 2 === 0 ? ['Spain', 'Italy'] : ['Italy', 'Spain']
      let isDone = false
      const ended = await run(path, {
        run: `r-${at}`,
        beforeTask: ({ task }) => {
          if (task === moment && !isDone) change(path, from as string, to as string)
          if (task === moment) isDone = true
        },
      })
      expect(ended).toMatchObject({ ...failed, cause: expect.stringContaining(path) })
      expect(readFileSync(join(place.folder, 'out', '_manifest.json'))).toEqual(before)
    }
  })

  it('that is changed between the check of a task and its reading fails the run', async () => {
    const path = await source()
    const through = (folder: Store): Store => ({
      ...folder,
      createLocal: async (key) => {
        // a segment opens its source, then makes the place for its part, then reads
        if (key.includes('/parts/')) change(path, 'Spain', 'Italy')
        return folder.createLocal(key)
      },
    })
    expect(await run(path, { through })).toMatchObject(failed)
    expect(existsSync(join(place.folder, 'out', '_manifest.json'))).toBe(false)
  })

  it('that is a link to a file in another folder is read and cleaned, from a store behind a link', async () => {
    const path = await source()
    const link = join(place.folder, 'links', `link-${path.slice(path.lastIndexOf('/') + 1)}`)
    mkdirSync(dirname(link))
    symlinkSync(path, link)
    mkdirSync(join(place.folder, 'real-store'))
    symlinkSync(join(place.folder, 'real-store'), join(place.folder, 'store'))
    expect(await run(link)).toMatchObject({ status: 'SUCCEEDED' })
    expect(await publishedRows(join(place.folder, 'out'))).toHaveLength(50)
  })
})

describe('a file that is joined', () => {
  it('and changed while it is read fails the run', async () => {
    const path = await textSource()
    const other = place.write('other.csv', 'country,code\nSpain,ES\nItaly,IT\n')
    const text = definition(path).replace(
      / {2}- \{id: tidy.*\n/,
      `  - {id: look_up, type: transform, with: {operations: [{join: {source: ${other}, on: [country]}}]}}\n`,
    )
    const store = join(place.folder, 'store')
    expect(await runDefinition(text, { store })).toMatchObject({ status: 'SUCCEEDED' })
    const through = (folder: Store): Store => ({
      ...folder,
      createLocal: async (key) => {
        if (key.includes('/parts/')) change(other, 'ES', 'XX')
        return folder.createLocal(key)
      },
    })
    expect(await runDefinition(text, { store, run: 'r-2', through })).toMatchObject({ status: 'FAILED', error: 'Data.SourceChanged' })
  })
})
