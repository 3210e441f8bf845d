/** siftstep serve as a person types it: schedules, files, requests, and ends of every kind. */
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { folderStore } from '#io/store/folder.ts'
import { queueExecutions } from '#run/serve/queue.ts'
import { childrenOf, runCli, runsIn, works } from '../kit/cli.ts'
import { readExposition } from '../kit/prometheus.ts'
import { at, place, write } from './place.ts'
import { serve } from './serving.ts'

const ORDERS = `version: 1
id: orders
triggers: [{type: s3, bucket: inbox, prefix: incoming/, suffix: .csv}]
inputs: {source: {type: string, required: true}}
steps:
  - {id: find, type: discover, with: {source: "{{ source }}"}}
  - {id: publish, type: export, with: {to: "out/{{ run.id }}", format: csv}}
`
const DAILY = `version: 1
id: daily
schedule: {cron: "0 0 * * *", start_date: ${new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10)}, catchup: true}
steps:
  - {id: find, type: discover, with: {source: data/*.csv}}
  - {id: publish, type: export, with: {to: "daily/{{ ds }}", format: csv}}
`

describe('siftstep serve', () => {
  it('makes up for missed times, starts a run for a new file, and stops when it is asked to', async () => {
    write('orders.yaml', ORDERS)
    write('daily.yaml', DAILY)
    write('data/a.csv', 'id\n1\n')
    const server = serve('orders.yaml', 'daily.yaml', '--settle', '0.5')
    await server.until('run finished', 3)
    expect(readdirSync(at('daily'))).toHaveLength(3)
    write('incoming/a.csv', 'id\n1\n2\n')
    const finished = await server.until('run finished', 4)
    expect(finished.at(-1)).toMatchObject({ pipeline: 'orders', status: 'succeeded', rows: { in: 2, out: 2 } })
    const { code, err } = await server.stop()
    expect(code, err).toBe(0)
    expect(server.lines().at(-1)).toMatchObject({ message: 'stopped' })
    expect(existsSync(at('.siftstep/starts/lease.json'))).toBe(false)

    // nothing is started again
    const again = serve('orders.yaml', 'daily.yaml', '--settle', '0')
    await again.until('scheduling')
    await wait(3000)
    await again.stop('SIGINT')
    expect(again.lines().filter(({ message }) => message === 'run started')).toEqual([])
    expect(runsIn(place)).toHaveLength(4)
  })

  it('that is killed after a start was claimed and before it was begun has the next one begin it, once', async () => {
    write('orders.yaml', ORDERS)
    write('incoming/a.csv', 'id\n1\n')
    const store = folderStore(at('.siftstep'))
    const starts = queueExecutions(
      store,
      'orders',
      (value) => value,
      () => new Date(),
    )
    const input = { inputs: { source: 'incoming/a.csv' }, logical_date: '2027-06-01T00:00:00Z', start: { type: 'schedule' } }
    expect(await starts.start('orders-claimed', input)).toBe('started')
    const [one, other] = [serve('orders.yaml', '--settle', '600'), serve('orders.yaml', '--settle', '600')]
    const finished = () => [...one.lines(), ...other.lines()].filter(({ message }) => message === 'run finished')
    while (finished().length === 0 && works(one.pid) && works(other.pid)) await wait(50)
    expect(finished()).toMatchObject([{ run: 'orders-claimed', status: 'succeeded' }])
    const [leader, second] = one.lines().some(({ message }) => message === 'scheduling') ? [one, other] : [other, one]
    expect(second.lines().map(({ message }) => message)).toContain('standing by')
    process.kill(leader.pid, 'SIGKILL')
    await second.until('scheduling')
    expect(await starts.start('orders-claimed', input)).toBe('exists')
    await wait(1500)
    await second.stop()
    expect(second.lines().filter(({ message }) => message === 'run started')).toEqual([])
    expect(runsIn(place)).toEqual(['orders-claimed'])
  })

  it('that is killed leaves its run to itself, and the next server goes on', async () => {
    write(
      'waits.yaml',
      ORDERS.replace(
        'type: discover, with: {source: "{{ source }}"}',
        'type: sensor, with: {for: go.csv, settle: 0s, timeout: 15m, poke_interval: 1s}',
      )
        .replace('steps:', 'concurrency: {max_active_runs: 1}\nsteps:')
        .replace('  - {id: publish', '  - {id: read, type: discover, with: {source: "{{ source }}"}}\n  - {id: publish'),
    )
    write('incoming/a.csv', 'id\n1\n')
    const server = serve('waits.yaml', '--settle', '0')
    const [begun] = await server.until('run started')
    const run = begun?.run ?? ''
    while (works(server.pid) && !existsSync(at(`.siftstep/runs/${run}/run.json`))) await wait(50)
    const [child] = childrenOf(server.pid)
    // not to the end of its output: the run has that, too
    const gone = once(server.process, 'exit')
    process.kill(server.pid, 'SIGKILL')
    await gone
    expect(works(child ?? 0)).toBe(true)
    const next = serve('waits.yaml', '--settle', '0')
    await next.until('scheduling')
    write('go.csv', 'x\n')
    const [end] = await next.until('run finished')
    expect(end).toMatchObject({ run, status: 'succeeded' })
    await next.stop()
    expect(next.lines().filter(({ message }) => message === 'run started')).toEqual([])
    expect(runsIn(place)).toEqual([run])
  })

  it('that is stopped twice stops its runs, which the next server resumes', async () => {
    write(
      'waits.yaml',
      ORDERS.replace(
        'type: discover, with: {source: "{{ source }}"}',
        'type: sensor, with: {for: go.csv, settle: 0s, timeout: 15m, poke_interval: 1s}',
      ).replace('  - {id: publish', '  - {id: read, type: discover, with: {source: "{{ source }}"}}\n  - {id: publish'),
    )
    write('incoming/a.csv', 'id\n1\n')
    const server = serve('waits.yaml', '--settle', '0')
    const [begun] = await server.until('run started')
    const run = begun?.run ?? ''
    while (works(server.pid) && !existsSync(at(`.siftstep/runs/${run}/run.json`))) await wait(50)
    process.kill(server.pid, 'SIGINT')
    await server.until('stopping')
    expect((await server.stop('SIGINT')).code).toBe(0)
    expect((await runCli(['runs'], { cwd: place })).out).toContain('interrupted (resumable)')
    write('go.csv', 'x\n')
    const next = serve('waits.yaml', '--settle', '0')
    const [end] = await next.until('run finished')
    expect(end).toMatchObject({ run, status: 'succeeded' })
    await next.stop()
  })

  it('starts runs by requests with the token', async () => {
    write('orders.yaml', ORDERS)
    write('a.csv', 'id\n1\n')
    const server = serve('orders.yaml', '--http', '0')
    const [{ address } = { address: '' }] = (await server.until('listening')) as unknown as { address: string }[]
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const post = (token: string) =>
      fetch(`${address}/pipelines/orders/runs`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: '{"inputs": {"source": "a.csv"}}',
      })
    expect((await post('another')).status).toBe(401)
    const answer = await post('a-token-of-a-test')
    expect(answer.status).toBe(202)
    const { run } = (await answer.json()) as { run: string }
    expect(await server.until('run finished')).toMatchObject([{ run, status: 'succeeded' }])
    const runs = await fetch(`${address}/runs`, { headers: { authorization: 'Bearer a-token-of-a-test' } })
    expect(await runs.json()).toMatchObject([{ id: run, status: 'succeeded', start: { type: 'http' } }])
    expect(await (await fetch(`${address}/health`)).json()).toMatchObject({ status: 'ok', leads: true, running: [], waiting: 0 })
    expect((await fetch(`${address}/metrics`)).status).toBe(401)
    const metrics = await fetch(`${address}/metrics`, { headers: { authorization: 'Bearer a-token-of-a-test' } })
    const families = new Map(readExposition(await metrics.text()).map(({ name, samples }) => [name, samples]))
    expect(families.get('siftstep_lease_held')).toEqual([{ labels: {}, value: 1 }])
    expect(families.get('siftstep_last_run_rows')).toContainEqual({ labels: { pipeline: 'orders', kind: 'out' }, value: 1 })
    await server.stop()
    expect(server.written()).not.toContain('a-token-of-a-test')
  })

  it('does what its page says', async () => {
    const page = readFileSync(new URL('../../docs/serve.md', import.meta.url), 'utf8')
    const [, definition = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? []
    const lines = [...page.matchAll(/^siftstep (.+)$/gm)].map(([, line = '']) => line.split(' '))
    const lineOf = (command: string) => lines.find(([name]) => name === command) ?? []
    write('orders.yaml', definition)
    const shown = await runCli(lineOf('schedule'), { cwd: place })
    expect([shown.code, shown.out]).toEqual([0, expect.stringContaining('orders  cron 0 6 * * * Europe/Berlin  on AWS: cron(0 6 * * ? *)')])
    const server = serve(...lineOf('serve').slice(1))
    write('incoming/a.csv', 'id\n1\n')
    expect(await server.until('run finished')).toMatchObject([{ pipeline: 'orders', status: 'succeeded' }])
    expect((await server.stop()).code).toBe(0)
    const plan = await runCli(lineOf('backfill'), { cwd: place })
    expect(plan.out).toMatch(/30 runs, 1 at a time; 0 skipped\n$/)
  })

  it('reports what is wrong before it serves anything', async () => {
    write('orders.yaml', ORDERS)
    write('loop.yaml', ORDERS.replace('out/{{ run.id }}', 'incoming/out').replace('id: orders', 'id: loop'))
    write('none.yaml', ORDERS.replace(/triggers: .*\n/, ''))
    const errors = async (...args: readonly string[]) => {
      const { code, err, out } = await runCli(['serve', ...args], { cwd: place })
      expect([code, out]).toEqual([2, ''])
      return err
    }
    expect(await errors('loop.yaml')).toContain('loop: it writes to incoming/out, below the folder it watches, incoming')
    expect(await errors('none.yaml')).toContain('nothing to serve')
    expect(await errors('missing.yaml')).toContain('the definition missing.yaml does not exist')
    expect(await errors('orders.yaml', 'orders.yaml')).toContain('the id orders is that of a pipeline in orders.yaml')
    expect(await errors('orders.yaml', '--bucket', 'inbx=x')).toContain('no trigger waits for the bucket inbx')
    expect(await errors('orders.yaml', '--http', '8321')).toContain('--http needs a token')
    expect(await errors('orders.yaml', '--http', 'here')).toContain('invalid --http here')
    expect(await errors('orders.yaml', '--settle', 'soon')).toContain('invalid --settle soon')
  })
})
