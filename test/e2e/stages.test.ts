/** A list of stages with everything around it, through the command line: an injected fault reaches the handler, alerts are raised, a trace is sent. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runCli, runsIn } from '../kit/cli.ts'
import { at, place, write } from './place.ts'

const STAGES = `version: 1
id: serverless_etl
owner: data-team
tags: [etl, data-processing]
schedule: {every: 1h}
triggers:
  - {type: event, event_type: order.exported, filter_criteria: {detail: {region: [eu, us]}}, params: {source: "{{ event.detail.uri }}"}}
defaults: {retry: {errors: [States.TaskFailed, States.Timeout], interval: 1s, max_attempts: 1, backoff_rate: 2.0}}
stages:
  - {name: ExtractData, function_name: extract-fn}
  - {name: LoadData, function_name: load-fn}
on_failure: {name: FailureHandler, function_name: failure-fn}
state: {backend: auto, checkpoint: per_chunk}
monitoring:
  metrics: [execution_time, success_rate, data_volume, error_count, resource_usage]
  logs: {level: INFO, structured: true, correlation_id: true, sampling_rate: 1.0}
  tracing: {exporter: otlp}
  alerts:
    - {name: Pipeline Failure, metric: failed_runs, threshold: 1, severity: critical}
    - {name: Long Execution Time, metric: duration, threshold: 30min, severity: warning}
environments:
  staging: {account: "111111111111", region: eu-west-1}
  production: {account: "222222222222", region: eu-west-1, require: [smoke_tests, approval]}
`

it('fails by a fault, and is watched', async () => {
  write('stages.yaml', STAGES)
  write('functions.yaml', 'extract-fn: ./extract.ts\nload-fn: ./load.ts\nfailure-fn: ./failure.ts\n')
  write('extract.ts', 'export const handler = async ({ source }: { source: string }) => ({ rows: source.length })\n')
  write(
    'load.ts',
    "import { existsSync } from 'node:fs'\nexport const handler = async () => { if (existsSync('fault')) throw new RangeError('disk full') }\n",
  )
  write(
    'failure.ts',
    "import { writeFileSync } from 'node:fs'\nexport const handler = async (event: object) => writeFileSync('failure.json', JSON.stringify(event))\n",
  )
  const bodies: string[] = []
  const server = createServer((request, response) => {
    request.on('data', (part) => bodies.push(String(part)))
    request.on('end', () => response.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    const run = () => runCli(['run', 'stages.yaml', '--functions', 'functions.yaml', '--input', 'source=abc'], { cwd: place, env })
    write('fault', '')
    const failed = await run()
    const [first = ''] = runsIn(place)
    expect(failed.code).toBe(1)
    expect(failed.out).toContain('Alert Pipeline Failure (critical): failed_runs is 1, at least 1')
    expect(failed.out).not.toContain('Long Execution Time')
    expect(failed.out).toContain('failure_handler: Called failure-fn')
    expect(failed.err).toContain('disk full')
    expect(JSON.parse(readFileSync(at('failure.json'), 'utf8'))).toMatchObject({
      run: { id: first },
      inputs: { source: 'abc' },
      failure: { Error: 'RangeError', Cause: 'disk full' },
    })
    const metrics = () => readFileSync(at(`.siftstep/runs/${runsIn(place).at(-1)}/metrics.prom`), 'utf8')
    expect(metrics()).toContain('pipeline_success_rate{pipeline="serverless_etl"} 0\n')
    expect(metrics()).toContain('pipeline_errors_total{pipeline="serverless_etl"} 2\n')
    const sent = bodies.splice(0).join('')
    for (const name of ['pipeline_serverless_etl', 'extract_data', 'load_data invoke', 'failure_handler'])
      expect(sent).toContain(`"name":"${name}"`)
    expect(sent).toContain('RangeError: disk full')

    await import('node:fs').then(({ rmSync }) => rmSync(at('fault')))
    const good = await run()
    expect(good.code, `${good.out}${good.err}`).toBe(0)
    expect(metrics()).toContain('pipeline_success_rate{pipeline="serverless_etl"} 0.5\n')
    expect(bodies.join('')).toContain('{"key":"pipeline.status","value":{"stringValue":"succeeded"}}')
    expect(existsSync(at(`.siftstep/runs/${first}/traces.otlp.json`))).toBe(true)
  } finally {
    server.close()
  }
})
