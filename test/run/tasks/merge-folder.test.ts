/** mode: merge into folders: rows of the same keys are replaced where they are, the rest is added, all or nothing, once for each run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { join } from 'node:path'
import { connectorOf } from '#io/connectors/index.ts'
import type { Manifest } from '#io/publish/manifest.ts'
import type { Store } from '#io/store/store.ts'
import { name as quoted, text } from '#relational/types/sql.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { runDefinition, type TestRunOptions, workplace } from '../../kit/run-pipeline.ts'
import { openS3Place, type S3Place } from '../../kit/s3-place.ts'

const place = workplace()
let reader: TestDatabase
let bucket: S3Place
beforeAll(async () => {
  reader = await testDatabase([place.folder])
  bucket = await openS3Place({ own: true })
})
afterAll(async () => {
  reader.close()
  await bucket.close()
  place.clear()
})

let files = 0
interface Settings extends Partial<TestRunOptions> {
  readonly csv: string
  readonly to: string
  readonly keys?: string
  readonly mode?: string
  readonly id?: string
  readonly task_bytes?: number
}
async function run({ csv, to, keys = '[id]', mode = 'merge', id = 'sales', task_bytes = 1e9, ...more }: Settings) {
  const source = place.write(`in/${++files}.csv`, csv)
  const ran = await runDefinition(
    `version: 1
id: ${id}
resources: {workers: 1, task_bytes: ${task_bytes}}
defaults: {retry: {max_attempts: 0}}
steps:
  - {id: find, type: discover, with: {source: "${source}", chunk_rows: 2, types: {id: integer, name: text}}}
  - {id: publish, type: export, with: {to: "${to}", mode: ${mode}${mode === 'merge' ? `, keys: ${keys}` : ''}}}
`,
    { store: join(place.folder, 'store'), run: `r-${files}`, ...more },
  )
  const steps = Object.assign({}, ...ran.results.filter(({ event }) => event.task === 'commit').map(({ result }) => result['steps'])) as {
    publish?: { inserted: number; updated: number; unchanged: number }
  }
  const { inserted, updated, unchanged } = steps.publish ?? {}
  return { ...ran, counts: [inserted, updated, unchanged] }
}

const read = async (uri: string) => {
  const connector = await connectorOf(uri)
  if (connector.holds !== 'files') throw new Error(`${uri} is a table`)
  const source = await connector.open(uri)
  return Buffer.from(await source.read(0, source.size))
}
const manifestOf = async (to: string) => JSON.parse((await read(`${to}/_manifest.json`)).toString('utf8')) as Manifest
/** The rows that the manifest lists, in order, as `id name`; a missing name is ~. */
async function rowsOf(to: string) {
  const rows: string[] = []
  for (const { name, rows: count } of (await manifestOf(to)).files) {
    const path = place.write(`read/${name}`, await read(`${to}/${name}`))
    const found = await reader.session.rows(`SELECT ${quoted('id')}, ${quoted('name')} FROM read_parquet(${text(path)})`)
    expect(found).toHaveLength(count)
    rows.push(...found.map(({ id, name: own }) => `${id} ${own ?? '~'}`))
  }
  return rows
}
const namesOf = async (to: string) => (await manifestOf(to)).files.map(({ name }) => name)

describe.each([
  ['a folder', (name: string) => join(place.folder, 'out', name)],
  ['a bucket', (name: string) => `s3://${bucket.bucket}/${name}`],
])('rows merged into %s', (_what, at) => {
  it('take the place of rows with their keys, and are added where there are none', async () => {
    const to = at('merged')
    const first = await run({ csv: 'id,name\n1,a\n2,b\n3,c\n4,d\n', to, task_bytes: 1 })
    expect(first.cause).toBeUndefined()
    expect(first.counts).toEqual([4, 0, 0])
    const before = await namesOf(to)
    const second = await run({ csv: 'id,name\n9,new\n2,B\n3,c\n8,\n', to })
    expect(second.counts).toEqual([2, 1, 1])
    expect(await rowsOf(to)).toEqual(['1 a', '2 B', '3 c', '4 d', '9 new', '8 ~'])
    expect(second.ledger).toMatchObject({
      balanced: true,
      rows: { in: 4, out: 4 },
      merged: [{ step: 'publish', inserted: 2, updated: 1, unchanged: 1 }],
    })
    expect((await manifestOf(to)).rows).toBe(6)
    // nothing of before is left but what is listed
    const connector = await connectorOf(to)
    const listed =
      connector.holds === 'files' ? (await connector.list(to)).map(({ uri }) => uri.slice(uri.lastIndexOf('/') + 1)).sort() : []
    expect(listed).toEqual((await namesOf(to)).sort())
    expect(before).toHaveLength(1)
  })

  it('leave files without a changed row as they are', async () => {
    const to = at('files')
    await run({ csv: 'id,name\n1,a\n2,b\n', to })
    await run({ csv: 'id,name\n3,c\n', to })
    await run({ csv: 'id,name\n4,d\n', to })
    const [one, two, three] = await namesOf(to)
    expect((await run({ csv: 'id,name\n3,C\n1,a\n', to })).counts).toEqual([0, 1, 1])
    const after = await namesOf(to)
    expect([after[0], after[2]]).toEqual([one, three])
    expect(after[1]).not.toBe(two)
    expect(await rowsOf(to)).toEqual(['1 a', '2 b', '3 C', '4 d'])
  })

  it('of a run that was killed after it published are not merged again, and counted as they were', async () => {
    const to = at('killed')
    await run({ csv: 'id,name\n1,a\n2,b\n', to })
    const csv = 'id,name\n2,B\n3,c\n'
    const killed = await run({ csv, to, run: 'r-killed', through: dyingBehind('manifest.json') })
    expect(killed.status).toBe('FAILED')
    expect(await rowsOf(to)).toEqual(['1 a', '2 B', '3 c'])
    // another run changes a row meanwhile: what was merged before it is not merged behind it
    await run({ csv: 'id,name\n2,later\n', to })
    const resumed = await run({ csv, to, run: 'r-killed' })
    expect(resumed.cause).toBeUndefined()
    expect(resumed.counts).toEqual([1, 1, 0])
    expect(await rowsOf(to)).toEqual(['1 a', '2 later', '3 c'])
  })

  it('fail where another run publishes between reading and publishing, and change nothing', async () => {
    const to = at('raced')
    await run({ csv: 'id,name\n1,a\n', to })
    let other = false
    const overtaken = await run({
      csv: 'id,name\n1,slow\n',
      to,
      run: 'r-slow',
      through: (folder) => ({
        ...folder,
        createLocal: async (key) => {
          if (key.includes('/files/') && !other) {
            other = true
            await run({ csv: 'id,name\n2,fast\n', to, run: 'r-fast' })
          }
          return folder.createLocal(key)
        },
      }),
    })
    expect(overtaken).toMatchObject({ status: 'FAILED', error: 'Output.Conflict' })
    expect(overtaken.cause).toContain('another run has published there since this run read it')
    expect(await rowsOf(to)).toEqual(['1 a', '2 fast'])
  })

  it.each([
    ['without a key', 'id,name\n,x\n2,y\n', '[id]', '1 row cannot be merged: the key (id) is missing'],
    ['with one key twice', 'id,name\n2,x\n2,y\n', '[id]', '2 rows have the same key (id): 2'],
    [
      'of other columns',
      'id,name,more\n1,a,b\n',
      '[id]',
      'columns there: id integer, name text; in this run: id integer, name text, more text',
    ],
    ['with an unknown key', 'id,name\n1,a\n', '[nope]', 'has no column "nope"'],
  ])('%s are refused', async (what, csv, keys, message) => {
    const to = at(`refused-${what.replaceAll(' ', '-')}`)
    await run({ csv: 'id,name\n1,a\n', to })
    const refused = await run({ csv, to, keys })
    expect(refused.status).toBe('FAILED')
    expect(refused.cause).toContain(message)
    expect(await rowsOf(to)).toEqual(['1 a'])
  })

  it('do not depend on chunks and batches', async () => {
    const csv = `id,name\n${Array.from({ length: 9 }, (_, id) => `${id},${'x'.repeat(id)}`).join('\n')}\n`
    const later = `id,name\n${[8, 3, 20, 5, 21].map((id) => `${id},new`).join('\n')}\n`
    const merged = async (task_bytes: number) => {
      const to = at(`law-${task_bytes}`)
      await run({ csv, to, task_bytes: 1e9 })
      const { counts } = await run({ csv: later, to, task_bytes })
      return { counts, rows: await rowsOf(to), files: await namesOf(to) }
    }
    expect(await merged(1)).toEqual(await merged(1e9))
  })
})

/** Dies when the object is written: the manifest of the run is written when the output is published. */
const dyingBehind =
  (object: string) =>
  (folder: Store): Store => ({
    ...folder,
    write: async (key, bytes) => {
      if (key.endsWith(`/${object}`)) throw new Error('killed')
      return folder.write(key, bytes)
    },
  })

it('merges by several columns, where texts are compared exactly', async () => {
  const to = join(place.folder, 'out/exact')
  await run({ csv: 'id,name\n1,a\n1,A\n1,"a "\n', to, keys: '[id, name]' })
  expect((await run({ csv: 'id,name\n1,a\n1," a"\n', to, keys: '[name, id]' })).counts).toEqual([1, 0, 1])
  expect(await rowsOf(to)).toEqual(['1 a', '1 A', '1 a ', '1  a'])
})

it('never merges into the output of another pipeline', async () => {
  const to = join(place.folder, 'out/other')
  await run({ csv: 'id,name\n1,a\n', to, id: 'first' })
  expect(await run({ csv: 'id,name\n1,b\n', to, id: 'second' })).toMatchObject({ status: 'FAILED', error: 'Output.Conflict' })
  expect(await rowsOf(to)).toEqual(['1 a'])
})
