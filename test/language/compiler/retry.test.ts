/** What a machine waits for, and what it gives up on. */
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { virtualClock } from '#asl/engine/clock.ts'
import { execute } from '#asl/engine/execute.ts'
import { HOST_ERRORS } from '#core/errors/errors.ts'
import type { TaskEvent } from '#core/task/task.ts'

const definition = (defaults = '') => `version: 1
id: sales
${defaults}steps:
  - {id: find, type: discover, with: {source: s3://lake/raw/}}
`

/** How often the first task was asked, when it fails so every time but the last, and what the run failed of. */
async function asked(text: string, failures: number, name: string) {
  const compiled = compile(text, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join())
  let calls = 0
  const execution = await execute(
    compiled.machine,
    {},
    {
      invoke: async ({ payload }) => {
        const { task } = payload as unknown as TaskEvent
        if (task === 'prepare') throw Object.assign(new Error('no'), { name: calls++ < failures ? name : 'Data.Unreadable' })
        return {}
      },
      objects: { get: async () => new Uint8Array(), put: async () => {} },
      clock: virtualClock(),
      random: () => 0.5,
      execution: { id: 'run', name: 'run', startTime: new Date(0), roleArn: 'role' },
      stateMachine: { id: 'machine', name: 'machine' },
    },
  )
  return [calls, (execution as { error?: string }).error]
}

describe('a task that dies before it can throw an error', () => {
  it.each(Object.keys(HOST_ERRORS))('is retried by default after %s, like after an error that may go away', async (name) => {
    expect(await asked(definition(), 2, name)).toEqual([3, 'Data.Unreadable'])
    expect(await asked(definition(), 20, name)).toEqual([4, name])
  })
})

describe('a task that cannot be asked because an account runs as many functions as it may', () => {
  it('is waited for, longer than one that fails', async () => {
    expect(await asked(definition(), 20, 'Lambda.TooManyRequestsException')).toEqual([21, 'Data.Unreadable'])
    expect(await asked(definition(), 20, 'Transient.Unavailable')).toEqual([4, 'Transient.Unavailable'])
  })

  it('is waited for by a step that is never tried again, and by one that is tried again for something else', async () => {
    const retry = (settings: string) => `defaults: {retry: ${settings}}\n`
    const waits = (settings: string) => {
      const compiled = compile(definition(retry(settings)), { file: 'p.yaml' })
      const state = compiled.ok ? compiled.machine.States['find.list'] : undefined
      return state?.Type === 'Task' ? state.Retry?.map(({ ErrorEquals }) => ErrorEquals) : undefined
    }
    expect(waits('{max_attempts: 0}')).toEqual([['Lambda.TooManyRequestsException']])
    expect(waits('{errors: [Data.NoSources]}')).toEqual([['Lambda.TooManyRequestsException'], ['Data.NoSources']])
    expect(waits('{errors: [Sandbox.Timedout]}')).toEqual([['Lambda.TooManyRequestsException'], ['Sandbox.Timedout']])
  })

  it('takes no try from one that fails besides', async () => {
    const compiled = compile(definition(), { file: 'p.yaml' })
    const retry = compiled.ok && compiled.machine.States['Prepare']?.Type === 'Task' ? compiled.machine.States['Prepare'].Retry : []
    expect(retry?.map(({ ErrorEquals }) => ErrorEquals.includes('Lambda.TooManyRequestsException'))).toEqual([true, false])
  })
})
