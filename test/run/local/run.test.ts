/** What a run on this machine leaves in its store when it does not end as it should. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import type { HistoryEvent } from '#asl/engine/history.ts'
import { runLocally } from '#run/local/run.ts'
import { logTask } from '#run/local/task-log.ts'
import type { RunRecord } from '#data/report/run-record.ts'
import { NOTHING } from '#core/secrets/mask.ts'
import { parseCause } from '#core/errors/failure.ts'
import type { TaskEvent } from '#core/task/task.ts'
import { memoryStore } from '#io/store/memory.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { workplace, type Workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.clear())

/** A worker that fails at everything. */
const WORKER = `
process.on('message', () => process.send({ memory: 1, error: { name: 'Data.Unreadable', message: 'a.csv is damaged', hint: 'get it again' } }))
process.on('disconnect', () => process.exit())
`

const DEFINITION = `version: 1
id: look
name: Look
steps:
  - {id: find, type: discover, with: {source: a.csv}}
`

function run(signal: AbortSignal | undefined) {
  const compiled = compile(DEFINITION, { file: 'pipeline.yaml' })
  if (!compiled.ok) throw new Error('the definition is wrong')
  return runLocally({
    compiled,
    started: {
      id: 'r-1',
      pipeline: { id: 'look', name: 'Look' },
      file: 'pipeline.yaml',
      definition_sha256: compiled.hash,
      inputs: {},
      started_at: '2026-01-02T03:04:05Z',
      folder: place.folder,
      version: '1',
    },
    resumed: false,
    store: join(place.folder, 'store'),
    worker: place.write('worker.mjs', WORKER),
    processes: 1,
    signal,
    mask: NOTHING,
    onEvent: () => {},
  })
}

const pathOf = (name: string) => join(place.folder, 'store', 'runs', 'r-1', name)
const record = () => JSON.parse(readFileSync(pathOf('run.json'), 'utf8')) as RunRecord
const history = () =>
  readFileSync(pathOf('history.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as HistoryEvent)

describe('a run on this machine', () => {
  it('that was stopped leaves its history', async () => {
    const outcome = await run(AbortSignal.abort())
    expect(outcome.record.status).toBe('interrupted')
    expect(record().status).toBe('interrupted')
    expect(history().at(-1)?.type).toBe('ExecutionAborted')
  })

  it('that failed leaves its history', async () => {
    await run(undefined)
    expect(record()).toMatchObject({ status: 'failed', failure: { error: 'Data.Unreadable' } })
    expect(history().at(-1)?.type).toBe('ExecutionFailed')
  })

  it('that failed reports that first when its history cannot be written', async () => {
    mkdirSync(pathOf('history.jsonl/in-the-way'), { recursive: true })
    const { record: reported, exit_code } = await run(undefined)
    expect(exit_code).toBe(1)
    expect(reported).toMatchObject({ status: 'failed', failure: { error: 'Data.Unreadable' } })
    const { message, hint } = parseCause('failure' in reported ? (reported.failure?.cause ?? '') : '')
    expect(message).toMatch(/a\.csv is damaged\nthe record of the run could not be written either: .*history\.jsonl[^\n]*$/s)
    expect(hint).toBe('get it again')
    // what can be written is
    expect(record().status).toBe('failed')
  })

  it('that was stopped says when its history cannot be written', async () => {
    mkdirSync(pathOf('history.jsonl/in-the-way'), { recursive: true })
    await expect(run(AbortSignal.abort())).rejects.toMatchObject({
      message: expect.stringMatching(/^the run was stopped, but its record could not be written: .*history\.jsonl/),
    })
  })
})

describe('the log of a task', () => {
  const event = { task: 'segment', step: 'tidy', item: 3, run: { id: 'r-1' } } as TaskEvent

  it('keeps what the task wrote and reports every attempt', async () => {
    const store = memoryStore()
    const key = workspace('r-1').log('tidy', 'segment', 3)
    await store.write(key, 'skipped: x\n')
    await logTask(store, event, new Date(), new Date(), { name: 'Data.Unreadable', message: 'two\nlines', hint: 'get it again' })
    await logTask(store, event, new Date(), new Date(), null)
    const lines = Buffer.from((await store.read(key)) ?? []).toString('utf8')
    expect(lines).toMatch(
      /^skipped: x\n\S+Z failed after \d+\.\d s: Data\.Unreadable: two\n {2}lines \(hint: get it again\)\n\S+Z done in \d+\.\d s\n$/,
    )
  })

  it('that cannot be written does not fail the task', async () => {
    const store = { ...memoryStore(), write: async () => Promise.reject(new Error('no room')) }
    await expect(logTask(store, event, new Date(), new Date(), null)).resolves.toBeUndefined()
  })
})
