/** One pipeline that starts another, as a person sees it: servers, runs by hand, and what they say of the cause. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { runCli, runsIn } from '../kit/cli.ts'
import { at, place, published, write } from './place.ts'
import { serve } from './serving.ts'

const ORDERS = `version: 1
id: orders
steps:
  - {id: find, type: discover, with: {source: "data/*.csv"}}
  - {id: check, type: validate, with: {rules: [{rule_type: range, column: price, min: 0, severity: error}]}}
  - {id: publish, type: export, with: {to: "out/{{ run.id }}", format: csv}}
`
const REPORT = `version: 1
id: report
triggers:
  - {type: pipeline, pipeline: orders, inputs: {source: "{{ event.output }}", of: "{{ event.run_id }}"}}
inputs: {source: {type: string, required: true}, of: {type: string, required: true}}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}"}}
  - {id: publish, type: export, with: {to: "report/{{ of }}", format: csv}}
`
const BOTH = `${ORDERS}---\n${REPORT}`

const GOOD = 'id,price\n1,2\n2,3\n'
const cli = (...args: readonly string[]) => runCli([...args], { cwd: place })
/** Runs the first pipeline by hand; gives its run. */
async function runOrders(code = 0): Promise<string> {
  const before = runsIn(place)
  const ended = await cli('run', 'both.yaml', '--pipeline', 'orders', '--quiet', '--workers', '1')
  expect(ended.code, `${ended.out}${ended.err}`).toBe(code)
  return runsIn(place).find((run) => !before.includes(run)) ?? ''
}
const reports = () => runsIn(place).filter((run) => run.startsWith('report-'))
const recordOf = (run: string) => JSON.parse(readFileSync(at(`.siftstep/runs/${run}/run.json`), 'utf8'))

describe('a pipeline that starts after another', () => {
  it('starts once when a run of the other ends, and names that run as its cause', async () => {
    write('both.yaml', BOTH)
    write('data/a.csv', GOOD)
    // without a server nothing starts, and nothing is promised
    const early = await runOrders()
    expect(runsIn(place)).toEqual([early])
    const server = serve('both.yaml')
    expect(await server.until('serving', 2)).toMatchObject([{ pipeline: 'orders' }, { pipeline: 'report', after: ['orders'] }])
    await server.until('scheduling')
    const first = await runOrders()
    const [end] = await server.until('run finished')
    expect(end).toMatchObject({ pipeline: 'report', status: 'succeeded', rows: { in: 2, out: 2 } })
    const second = end?.run ?? ''
    expect(recordOf(second)).toMatchObject({
      start: { type: 'pipeline', pipeline: 'orders', run: first, status: 'succeeded' },
      inputs: { source: `out/${first}`, of: first },
      logical_date: recordOf(first).started_at,
    })
    expect(published('report')).toEqual([first])
    const cause = `pipeline orders ${first}`
    expect((await cli('runs')).out).toMatch(new RegExp(`${second} +report +\\S+ \\S+ +${cause} +succeeded`))
    expect((await cli('show', second)).out).toContain(`  started by  ${cause}\n`)
    expect((await cli('why', second)).out).toContain(`started by: ${cause}`)
    expect(JSON.parse((await cli('why', second, '--json')).out)).toMatchObject({ started_by: cause })
    expect((await cli('show', first)).out).not.toContain('started by')
    expect((await server.stop()).code).toBe(0)

    // no server ran when this one ended; the next one starts what is missing, and nothing twice
    const late = await runOrders()
    const next = serve('both.yaml')
    expect(await next.until('run finished')).toMatchObject([{ pipeline: 'report', status: 'succeeded' }])
    await wait(3000)
    await next.stop()
    expect(next.lines().filter(({ message }) => message === 'run started')).toHaveLength(1)
    expect(
      reports()
        .map((run) => recordOf(run).start.run)
        .sort(),
    ).toEqual([first, late].sort())
  })

  it('starts once also when the server is killed between the end of the one and the start of the other', async () => {
    write('both.yaml', BOTH)
    write('data/a.csv', GOOD)
    const server = serve('both.yaml')
    await server.until('scheduling')
    // it can do nothing from here on
    process.kill(server.pid, 'SIGSTOP')
    const first = await runOrders()
    expect(reports()).toEqual([])
    const gone = once(server.process, 'exit')
    process.kill(server.pid, 'SIGKILL')
    await gone
    const [one, other] = [serve('both.yaml'), serve('both.yaml')]
    const finished = () => [...one.lines(), ...other.lines()].filter(({ message }) => message === 'run finished')
    while (finished().length === 0) await wait(50)
    await wait(3000)
    await Promise.all([one.stop(), other.stop()])
    expect(finished()).toMatchObject([{ pipeline: 'report', status: 'succeeded' }])
    expect(reports().map((run) => recordOf(run).start.run)).toEqual([first])
  })

  it('starts not when the run failed, and with `status: failed` only then', async () => {
    write(
      'both.yaml',
      `${BOTH}---\n${ORDERS.replace('id: orders', 'id: repair\ntriggers: [{type: pipeline, pipeline: orders, status: failed}]').replaceAll('price', 'id').replace('out/', 'repaired/')}`,
    )
    write('data/a.csv', 'id,price\n1,2\n2,-3\n')
    const server = serve('both.yaml')
    await server.until('scheduling')
    const first = await runOrders(3)
    const [end] = await server.until('run finished')
    expect(end).toMatchObject({ pipeline: 'repair', status: 'succeeded' })
    await wait(3000)
    await server.stop()
    expect(reports()).toEqual([])
    expect(recordOf(end?.run ?? '').start).toEqual({ type: 'pipeline', pipeline: 'orders', run: first, status: 'failed' })
  })

  it('is refused by validate and serve when it starts itself through others, and warned of when the other is unknown', async () => {
    write('orders.yaml', ORDERS.replace('id: orders', 'id: orders\ntriggers: [{type: pipeline, pipeline: report}]'))
    write('report.yaml', REPORT)
    const message =
      'orders.yaml:3:39 trigger-cycle triggers.0.pipeline: the pipelines would start each other forever: orders → report → orders'
    for (const command of ['validate', 'serve'])
      expect(await cli(command, 'orders.yaml', 'report.yaml')).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) })
    write('orders.yaml', ORDERS)
    write('report.yaml', REPORT.replace('pipeline: orders', 'pipeline: order'))
    const warned = await cli('validate', 'orders.yaml', 'report.yaml')
    expect(warned.code).toBe(0)
    expect(warned.err).toContain('report.yaml:4:32 warning unknown-name triggers.0.pipeline: no pipeline `order` is among those given')
    expect(warned.err).toContain('did you mean `orders`?')
    expect((await cli('validate', 'report.yaml')).err).toBe('')
  })
})
