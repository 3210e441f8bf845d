/** A run whose maps go through executions of their own says what failed, as one whose maps do not: of them the service says only that too many failed. */
import { afterAll, describe, expect, it } from 'vitest'
import { causeText } from '#core/errors/failure.ts'
import type { TaskEvent } from '#core/task/task.ts'
import { runDefinition, workplace } from '../../kit/run-pipeline.ts'

const place = workplace()
afterAll(() => place.clear())

const source = place.write('in/a.csv', `id,name\n${Array.from({ length: 50 }, (_, at) => `${at},x\n`).join('')}`)

const definition = (tidy: string) => `version: 1
id: spread
resources: {tiers: [{workers: 1, distributed: true}], task_bytes: 1}
defaults: {retry: {max_attempts: 0}}
steps:
  - {id: find, type: discover, with: {source: "${source}", chunk_rows: 10}}
  - ${tidy}
  - {id: publish, type: export, fuse: false, with: {to: "${place.folder}/out"}}
`
const PLAIN = '{id: tidy, type: clean, fuse: false, with: {rules: [{standardize: [whitespace]}]}}'

let number = 0
const store = () => `${place.folder}/${++number}`

/** As Lambda reports a function that died, and as a task of ours fails. */
const failing = (task: string, item: number, name: string, message: string) => (event: TaskEvent) => {
  if (event.task !== task || event.step !== 'tidy' || event.item !== item) return
  throw Object.assign(new Error(message), { name })
}

const CAUSE = causeText({ step: 'tidy', code: 'Data.Unreadable', message: 'batch 2 cannot be read', hint: 'look at it' })

describe('a distributed map that fails', () => {
  it('fails the run of what its child failed of', async () => {
    const { status, error, cause, report } = await runDefinition(definition(PLAIN), {
      store: store(),
      beforeTask: failing('segment', 2, 'Data.Unreadable', CAUSE),
    })
    expect([status, error, cause]).toEqual(['FAILED', 'Data.Unreadable', 'batch 2 cannot be read'])
    expect(report.failure).toEqual({ error: 'Data.Unreadable', cause: CAUSE })
  })

  it('names the setting to raise where the function was out of memory', async () => {
    const { error, report } = await runDefinition(definition(PLAIN), {
      store: store(),
      beforeTask: failing('segment', 0, 'Runtime.ExitError', 'RequestId: 1 Error: Runtime exited with error: signal: killed'),
    })
    expect(error).toBe('Runtime.ExitError')
    expect(report.failure?.cause).toMatch(/raise `resources\.memory` of the step/)
  })

  it('gone on with, fails the run of what it fails of then', async () => {
    const same = store()
    const run = (task: string, item: number, message: string) =>
      runDefinition(definition(PLAIN), { store: same, beforeTask: failing(task, item, 'Data.Unreadable', message) })
    expect((await run('segment', 1, 'the first')).cause).toBe('the first')
    expect((await run('segment', 3, 'the second')).cause).toBe('the second')
  })

  it('says in the report what a step failed of that the run went on without', async () => {
    const { status, report } = await runDefinition(
      definition(PLAIN.replace('fuse: false,', 'fuse: false, on_error: {continue_on_error: true},')),
      { store: store(), beforeTask: failing('segment', 0, 'Data.Unreadable', 'batch 0 cannot be read') },
    )
    expect(status).toBe('SUCCEEDED')
    expect(JSON.stringify(report)).toContain('batch 0 cannot be read')
    expect(JSON.stringify(report)).not.toContain('tolerated failure threshold')
  })
})
