/** An approval in the machine: waits, goes on, is rejected, and what becomes of the rows. Time is virtual. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { virtualClock } from '#asl/engine/clock.ts'
import type { JsonObject } from '#core/json.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { compile } from '#language/compiler/compile.ts'
import { runDefinition, type TestRunOptions, type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
  place.write('in.csv', 'id\n1\n2\n')
})
afterEach(() => place.clear())

const definition = (settings: string, condition = '') => `version: 1
id: asking
steps:
  - {id: find, type: discover, with: {source: ${place.folder}/in.csv}}
  - {id: tidy, type: clean, with: {rules: [{standardize: [whitespace]}]}}
  - {id: check, type: approval, with: {${settings}}}
  - {id: load, type: export, ${condition}with: {to: ${place.folder}/out.csv}}
`

type Act = (run: string) => void

/** A run; `acts` are called before the look of their number, from 1. */
async function run(text: string, acts: readonly Act[] = [], options: Partial<TestRunOptions> = {}) {
  let look = 0
  const clock = virtualClock()
  const began = clock.now().getTime()
  const outcome = await runDefinition(text, {
    store: join(place.folder, 'store'),
    clock,
    beforeTask: ({ step, run: { id } }) => (step === 'check' ? acts[look++]?.(id) : undefined),
    ...options,
  })
  const looks = outcome.results.filter(({ event }) => event.step === 'check')
  return {
    ...outcome,
    looks: looks.length,
    result: looks.at(-1)?.result['result'] as JsonObject | undefined,
    elapsed: (clock.now().getTime() - began) / 1000,
  }
}

const put = (id: string, content: string) => place.write(`store/${workspace(id).approval('check')}`, content)
const decide =
  (decision: 'approved' | 'rejected', reason: string | null = null): Act =>
  (id) =>
    void put(id, JSON.stringify({ decision, by: 'ana', reason, at: '2026-01-02T03:04:05.000Z' }))
const nothing: Act = () => {}
const published = () => existsSync(join(place.folder, 'out.csv'))

describe('an approval', () => {
  it('waits in the machine until it is approved; nothing is published before', async () => {
    const before: boolean[] = []
    const see: Act = () => void before.push(published())
    const done = await run(definition('timeout: 1h, poke_interval: 20s'), [
      see,
      see,
      (id) => {
        see(id)
        decide('approved', 'looks right')(id)
      },
    ])
    expect(done.status).toBe('SUCCEEDED')
    expect({ looks: done.looks, before, published: published() }).toEqual({ looks: 3, before: [false, false, false], published: true })
    expect(done.result).toEqual({
      approved: true,
      decision: 'approved',
      by: 'ana',
      reason: 'looks right',
      decided_at: '2026-01-02T03:04:05.000Z',
      waited_seconds: 40,
    })
    expect(done.ledger.balanced).toBe(true)
  })

  it('that is rejected fails the run before anything is published, and goes on when it is approved and resumed', async () => {
    const text = definition('message: Publish?')
    const refused = await run(text, [nothing, decide('rejected', 'prices are missing')])
    expect(refused).toMatchObject({ status: 'FAILED', error: 'Approval.Rejected' })
    expect(refused.cause).toContain('Rejected by ana: prices are missing')
    expect(published()).toBe(false)
    const resumed = await run(text, [decide('approved')])
    expect(resumed.status).toBe('SUCCEEDED')
    expect(published()).toBe(true)
  })

  it('that nobody decides fails when its time is over, after a last look', async () => {
    const late = await run(definition('timeout: 100s'))
    expect(late).toMatchObject({ status: 'FAILED', error: 'Approval.Timeout', looks: 4, elapsed: 100 })
  })

  it('is approved up to the look at the end of its time', async () => {
    const inTime = await run(definition('timeout: 100s'), [nothing, nothing, nothing, nothing, decide('approved')])
    expect(inTime).toMatchObject({ status: 'SUCCEEDED', looks: 5 })
  })

  it.each([
    ['rejected', 'on_reject: skip', decide('rejected'), { approved: false, decision: 'rejected', by: 'ana' }],
    ['not decided', 'on_timeout: skip, timeout: 10s', nothing, { approved: false, decision: 'timeout', by: null }],
  ])('that is %s can leave the rest to a condition', async (_, settings, act, result) => {
    const done = await run(definition(settings, 'condition: "{{ check.result.approved }} == true", '), [act])
    expect(done.status, done.cause).toBe('SUCCEEDED')
    expect(done.result).toMatchObject(result)
    expect(published()).toBe(false)
  })

  it('takes no object that is no decision for an approval', async () => {
    const broken: Act = (id) => void put(id, '{"decision":"yes","by":"ana","reason":null,"at":"now"}')
    const done = await run(definition('timeout: 1h'), [broken])
    expect(done).toMatchObject({ status: 'FAILED', error: 'Data.Unreadable' })
    expect(done.cause).toContain('approvals/check.json')
  })

  it('looks less often when it may wait long, and refuses more looks than a machine can hold', () => {
    expect(compile(definition('timeout: 30d'), { file: 'p.yaml' }).ok).toBe(true)
    const refused = compile(definition('timeout: 1d, poke_interval: 10s'), { file: 'p.yaml' })
    expect(refused.ok ? '' : refused.problems.map(({ what, hint }) => `${what}; ${hint}`).join()).toContain(
      'makes 8640 looks, and a step has at most 1000; write a `poke_interval` of 87s or more',
    )
  })
})
