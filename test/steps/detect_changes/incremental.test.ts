/** Incremental runs: what a run reads as new, what it leaves for the next, and that both stand or fall with its output. */
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '#io/store/store.ts'
import { publishedRows, runDefinition, type TestRunOptions, type Workplace, workplace } from '../../kit/run-pipeline.ts'

const SKIPPED = `condition: "{{ new_rows.result.count }} > 0", `
const pipeline = (settings: string, condition = '', types = '') => `version: 1
id: orders
inputs: {source: {type: string, required: true}, out: {type: string, required: true}}
state: {store: auto}
defaults: {retry: {max_attempts: 0}}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}", chunk_rows: 2${types}}}
  - {id: new_rows, type: detect_changes, with: {${settings}}}
  - {id: publish, type: export, ${condition}with: {to: "{{ out }}", format: csv}}
`
const AT = 'column: updated_at'

let here: Workplace
beforeEach(() => {
  here = workplace()
  here.write('in/a.csv', 'id,updated_at\n1,2026-01-01 08:00:00\n2,2026-01-02 09:30:00\n3,2026-01-03 10:00:00\n')
  return () => here.clear()
})

async function run(id: string, definition: string, more: Partial<TestRunOptions> = {}) {
  const inputs = { source: join(here.folder, 'in/*.csv'), out: join(here.folder, 'out') }
  const ran = await runDefinition(definition, { inputs, store: join(here.folder, 'store'), run: id, ...more })
  const commits = ran.results.filter(({ event }) => event.task === 'commit').map(({ result }) => result['steps'])
  return { ...ran, found: (Object.assign({}, ...commits) as { new_rows?: object }).new_rows }
}
const ids = async () => (await publishedRows(join(here.folder, 'out'))).map(({ id }) => id)
const more = (name: string, rows: string) => appendFileSync(join(here.folder, 'in', name), rows)

describe.each([
  ['in one pass', ''],
  ['with an export that is skipped when nothing is new', SKIPPED],
])('incremental runs %s', (_how, condition) => {
  it('process exactly the rows that are new, appended and in new files; the books balance over all', async () => {
    const definition = pipeline(AT, condition)
    const first = await run('r-1', definition)
    expect(first.cause).toBeUndefined()
    expect(first.found).toEqual({ count: 3, since: null, until: '2026-01-03 10:00:00' })
    expect(await ids()).toEqual(['1', '2', '3'])

    more('a.csv', '4,2026-01-04 00:00:00\n5,2026-01-01 00:00:00\n')
    here.write('in/b.csv', 'id,updated_at\n6,2026-01-03 10:00:01\n7,2026-01-05 12:00:00.123456\n8,2026-01-03 10:00:00\n')
    const second = await run('r-2', definition)
    expect(second.found).toEqual({ count: 3, since: '2026-01-03 10:00:00', until: '2026-01-05 12:00:00.123456' })
    expect(await ids()).toEqual(['4', '6', '7'])
    expect(second.object('ledger.json')).toMatchObject({ balanced: true, rows: { in: 8, out: 3, filtered: 5, quarantined: 0 } })
    expect(second.report.steps.find(({ id }) => id === 'new_rows')?.counts).toMatchObject([{ rule: 'already_processed', rows: 5 }])

    const third = await run('r-3', definition)
    expect(third.status).toBe('SUCCEEDED')
    expect(third.found).toEqual({ count: 0, since: '2026-01-05 12:00:00.123456', until: '2026-01-05 12:00:00.123456' })
    expect(third.object('ledger.json')).toMatchObject({ balanced: true, rows: { in: 8, out: 0, filtered: 8 } })
    // an empty table, or what was published before
    expect(await ids()).toEqual(condition === '' ? [] : ['4', '6', '7'])

    // the mark never moves back
    rmSync(join(here.folder, 'in/b.csv'))
    expect((await run('r-4', definition)).found).toMatchObject({ count: 0, until: '2026-01-05 12:00:00.123456' })
  })

  it('that fail before they publish leave the mark; a resume ends with both', async () => {
    const definition = pipeline(AT, condition)
    await run('r-1', definition)
    more('a.csv', '4,2026-01-04 00:00:00\n')
    const failed = await run('r-2', definition, {
      beforeTask: ({ task, step }) => {
        if (task === 'commit' && (condition === '' || step === 'publish')) throw new Error('killed')
      },
    })
    expect(failed.status).toBe('FAILED')
    expect(await ids()).toEqual(['1', '2', '3'])
    // a run that begins meanwhile continues from the old mark
    expect((await run('r-3', definition)).found).toMatchObject({ count: 1, since: '2026-01-03 10:00:00' })
    const late = await run('r-2', definition)
    expect(late).toMatchObject({ status: 'FAILED', error: 'Output.Conflict' })
    expect(late.cause).toContain('the run r-3 of orders has moved on what new_rows remembers since r-2 read it')
  })

  it('that publish at the same moment: one publishes, the other fails before it does', async () => {
    const definition = pipeline(AT, condition)
    await run('r-1', definition)
    more('a.csv', '4,2026-01-04 00:00:00\n')
    let other: Awaited<ReturnType<typeof run>> | undefined
    const through = (folder: Store): Store => ({
      ...folder,
      create: async (key, bytes) => {
        const created = await folder.create(key, bytes)
        // the other run has read the same state, and publishes while this one does
        if (key.includes('.claims/') && other === undefined) other = await run('r-3', definition)
        return created
      },
    })
    expect((await run('r-2', definition, { through })).status).toBe('SUCCEEDED')
    expect(other).toMatchObject({ status: 'FAILED', error: 'Output.Conflict' })
    expect(other?.cause).toContain('the run r-2 of orders is publishing what new_rows found new')
    expect(() => other?.text('manifest.json')).toThrow('ENOENT')
    expect(await ids()).toEqual(['4'])
    expect((await run('r-4', definition)).found).toMatchObject({ count: 0, since: '2026-01-04 00:00:00' })
  })

  it('that are killed between the publish and the mark end with both when they are resumed', async () => {
    const definition = pipeline(AT, condition)
    await run('r-1', definition)
    more('a.csv', '4,2026-01-04 00:00:00\n')
    const through = (folder: Store): Store => ({
      ...folder,
      create: async (key, bytes) => {
        if (key.startsWith('state/') && !key.includes('.claims/')) throw new Error('killed')
        return folder.create(key, bytes)
      },
    })
    expect((await run('r-2', definition, { through })).status).toBe('FAILED')
    // published, and not moved on yet
    expect(await ids()).toEqual(['4'])
    expect((await run('r-2', definition)).found).toMatchObject({ count: 1, until: '2026-01-04 00:00:00' })
    expect(await ids()).toEqual(['4'])
    expect((await run('r-3', definition)).found).toMatchObject({ count: 0, since: '2026-01-04 00:00:00' })
  })
})

describe('detect_changes', () => {
  it.each([
    ['include', ['2', '3', '4'], 0],
    ['quarantine', ['4'], 2],
  ])('reads rows within the lookback once more: late: %s', async (late, expected, quarantined) => {
    const definition = pipeline(`${AT}, lookback: 1d, late: ${late}`)
    await run('r-1', definition)
    here.write('in/a.csv', 'id,updated_at\n1,2026-01-01 08:00:00\n2,2026-01-02 10:00:01\n3,2026-01-03 10:00:00\n4,2026-01-03 10:00:00.5\n')
    const second = await run('r-2', definition)
    expect(second.cause).toBeUndefined()
    expect(await ids()).toEqual(expected)
    expect(second.object('ledger.json')).toMatchObject({ balanced: true, rows: { in: 4, filtered: 1, quarantined } })
  })

  it('sends rows without a value to quarantine, in every run', async () => {
    more('a.csv', '9,\n')
    for (const id of ['r-1', 'r-2']) {
      const ran = await run(id, pipeline(AT))
      expect(ran.object('ledger.json')).toMatchObject({ balanced: true, rows: { in: 4, quarantined: 1 } })
      expect(ran.text('quarantine/quarantine.csv')).toContain('updated_at is missing: whether the row is new is unknown')
    }
  })

  it.each([
    ['integer', 'n\n1\n20\n', '21\n20\n', 20, ['21']],
    ['float', 'n\n0.5\n1.25\n', '1.5\n', 1.25, ['1.5']],
    ['date', 'n\n2026-01-30\n2026-01-31\n', '2026-02-01\n', '2026-01-31', ['2026-02-01']],
  ])('keeps a mark of type %s', async (_type, before, after, mark, expected) => {
    rmSync(join(here.folder, 'in/a.csv'))
    here.write('in/n.csv', before)
    expect((await run('r-1', pipeline('column: n'))).found).toMatchObject({ until: mark })
    more('n.csv', after)
    expect((await run('r-2', pipeline('column: n'))).found).toMatchObject({ since: mark, count: 1 })
    expect((await publishedRows(join(here.folder, 'out'))).map(({ n }) => String(n))).toEqual(expected)
  })

  it('refuses a column without an order, a lookback without meaning, and a mark of another type', async () => {
    here.write('in/a.csv', 'id,word\n1,one\n2,two\n')
    expect(await run('r-1', pipeline('column: word'))).toMatchObject({ error: 'Data.SchemaMismatch' })
    expect((await run('r-2', pipeline('column: id, lookback: 1h'))).cause).toContain(
      'lookback has no meaning with id, a column of type integer',
    )
    await run('r-3', pipeline('column: id'))
    here.write('in/a.csv', 'id,word\n2026-01-01,one\n')
    const changed = await run('r-4', pipeline('column: id'))
    expect(changed).toMatchObject({ error: 'Data.SchemaMismatch' })
    expect(changed.cause).toContain('id is date, and earlier runs of the pipeline have reached 2')
  })
})
