/** What a run on this machine leaves for those who watch it: alerts, metrics as text, and a trace that is sent to a collector. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { raisedAlerts } from '#run/local/alerts.ts'
import { prometheusText } from '#run/local/prometheus.ts'
import { otlpTraces, sendTraces } from '#run/local/traces.ts'
import { definitionOf, foundIn } from '../../language/definition/problems-of.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const HEAD = (monitoring: string) =>
  `version: 1\nid: etl\nmonitoring: ${monitoring}\nsteps:\n  - {id: find, type: discover, with: {source: a.csv}}\n`

describe('alerts', () => {
  const ALERTS = `{alerts: [{name: Failure, metric: failed_runs, threshold: 1, severity: critical}, {name: Errors, metric: error_rate, threshold: 0.05},
    {name: Slow, metric: duration, threshold: 30min}, {name: Quality, metric: quality_score, threshold: 90%, severity: error}]}`
  const { alerts } = definitionOf(HEAD(ALERTS)).monitoring
  const raised = (figures: object) =>
    raisedAlerts(alerts, { failed_runs: 0, error_rate: 0, duration: 1, quality_score: 1, ...figures }).map(({ name, text }) => [name, text])

  it('have the comparison of their metric unless they say another', () => {
    expect(raised({})).toEqual([])
    expect(raised({ failed_runs: 1 })).toEqual([['Failure', 'failed_runs is 1, at least 1']])
    expect(raised({ error_rate: 0.06 })).toEqual([['Errors', expect.stringMatching(/^error_rate is 6(\.0)?\s?%, more than 5(\.0)?\s?%$/)]])
    expect(raised({ error_rate: 0.05 })).toEqual([])
    expect(raised({ duration: 1801 })).toEqual([['Slow', expect.stringContaining('more than')]])
    expect(raised({ duration: 1800 })).toEqual([])
    expect(raised({ quality_score: 0.89 })).toEqual([['Quality', 'quality_score is 0.89, less than 0.9']])
    expect(raised({ quality_score: 0.9 })).toEqual([])
    // what was not measured raises nothing
    expect(raised({ quality_score: null, error_rate: null })).toEqual([])
  })

  it('are refused with a threshold of another kind, a name twice, or a metric that does not exist', () => {
    const of = (alert: string) => foundIn(HEAD(`{alerts: [${alert}]}`))
    expect(of('{name: A, metric: quality_score, threshold: 90}')).toEqual(['invalid-value at 90}]}'])
    expect(of('{name: A, metric: failed_runs, threshold: 30min}')).toEqual(['invalid-value at 30min}]}'])
    expect(of('{name: A, metric: duration, threshold: 5}, {name: A, metric: duration, threshold: 6}')).toEqual([
      expect.stringMatching(/^invalid-value at A, metric/),
    ])
    expect(of('{name: A, metric: durations, threshold: 5}')).toEqual([expect.stringMatching(/^invalid-value at durations/)])
  })
})

it('metrics are text for Prometheus, only those that are named', () => {
  const figures = { pipeline: 'etl', seconds: 1.5, rows: { in: 10, out: 8, quarantined: 2 }, errors: 3, successRate: 0.75, memory: 1000 }
  expect(
    prometheusText(['execution_time', 'data_volume'], figures),
  ).toBe(`# HELP pipeline_duration_seconds Seconds from the start of the run to its end.
# TYPE pipeline_duration_seconds gauge
pipeline_duration_seconds{pipeline="etl"} 1.5
# HELP data_records_processed Rows read, written and quarantined by the run.
# TYPE data_records_processed counter
data_records_processed{pipeline="etl",kind="in"} 10
data_records_processed{pipeline="etl",kind="out"} 8
data_records_processed{pipeline="etl",kind="quarantined"} 2
`)
  expect(prometheusText(['success_rate', 'error_count', 'resource_usage'], figures)).toMatch(
    /pipeline_success_rate\{pipeline="etl"\} 0\.75\n[\s\S]*pipeline_errors_total\{pipeline="etl"\} 3\n[\s\S]*pipeline_memory_bytes\{pipeline="etl"\} 1000\n/,
  )
})

describe('a trace', () => {
  const RUN = { run: 'r-1', pipeline: { id: 'etl', name: 'ETL' }, version: 'abc', status: 'failed', error: 'E: no', from: 1000, to: 4000 }
  const TASKS = [
    { step: 'find', task: 'list', item: null, attempt: 1, from: 1000, to: 1500, error: null },
    { step: 'tidy', task: 'segment', item: 0, attempt: 1, from: 1500, to: 2000, error: 'E: no' },
    { step: 'tidy', task: 'segment', item: 1, attempt: 1, from: 1600, to: 2500, error: null },
  ]
  const spansOf = (parent?: string) => otlpTraces({ ...RUN, parent }, TASKS).resourceSpans[0]?.scopeSpans[0]?.spans ?? []

  it('has a span for the run, for each step and for each chunk, each below the one it belongs to', () => {
    const spans = spansOf()
    expect(spans.map(({ name }) => name)).toEqual(['pipeline_etl', 'find', 'tidy', 'find list', 'tidy segment', 'tidy segment'])
    const [run, find, tidy, list, ...segments] = spans
    expect([run?.parentSpanId, find?.parentSpanId, tidy?.parentSpanId]).toEqual([undefined, run?.spanId, run?.spanId])
    expect([list?.parentSpanId, ...segments.map(({ parentSpanId }) => parentSpanId)]).toEqual([find?.spanId, tidy?.spanId, tidy?.spanId])
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length)
    expect([tidy?.startTimeUnixNano, tidy?.endTimeUnixNano]).toEqual(['1500000000', '2500000000'])
    expect(run?.status).toEqual({ code: 2, message: 'E: no' })
    expect(JSON.stringify(run?.attributes)).toContain('{"key":"pipeline.status","value":{"stringValue":"failed"}}')
    for (const { traceId, spanId } of spans)
      expect([traceId, spanId]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{16}$/)])
  })

  it('continues that of whoever started the run', () => {
    const [run] = spansOf('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
    expect([run?.traceId, run?.parentSpanId]).toEqual(['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'])
    expect(spansOf('nonsense')[0]?.parentSpanId).toBeUndefined()
  })

  async function collector(status: number) {
    const got: { url: string; headers: IncomingMessage['headers']; body: string }[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => {
        body += part
      })
      request.on('end', () => {
        got.push({ url: request.url ?? '', headers: request.headers, body })
        response.writeHead(status).end('{}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    return { got, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  it('is sent to the endpoint of the environment, with its headers', async () => {
    const { got, endpoint } = await collector(200)
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/`, OTEL_EXPORTER_OTLP_HEADERS: 'x-team=data%20team,bad' }
    expect(await sendTraces({ resourceSpans: [] }, env)).toBeNull()
    expect(got).toMatchObject([
      { url: '/v1/traces', body: '{"resourceSpans":[]}', headers: { 'x-team': 'data team', 'content-type': 'application/json' } },
    ])
  })

  it('that cannot be sent says why', async () => {
    const { endpoint } = await collector(503)
    expect(await sendTraces({}, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toBe(`${endpoint}/v1/traces answered 503`)
    expect(await sendTraces({}, {})).toBe('OTEL_EXPORTER_OTLP_ENDPOINT is not set')
    expect(await sendTraces({}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })).toMatch(/cannot be reached \(/)
  })
})
