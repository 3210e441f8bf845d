// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of templates, as texts
/** Alarms and dashboards look at metrics by their names: those of our own are here held to what the functions do write. */
import type { Context } from 'aws-lambda'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { taskLambda } from '#aws/lambda/lambda.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { startLambda } from '#aws/lambda/start.ts'
import { memoryStore } from '#io/store/memory.ts'
import { caughtLines, finishedBefore } from '../../kit/lambda-lines.ts'
import { settingsOf, startTest, UPLOADS, uploaded } from '../../run/starts/kit.ts'
import { assertLambdas, FULL, ofType, one, pipelineStack, type Resource, resourcesOf } from './stacks.ts'

beforeAll(assertLambdas)
afterEach(() => {
  vi.restoreAllMocks()
})

/** `Siftstep QualityScore service=orders`. */
const spelled = (namespace: unknown, name: unknown, dimensions: readonly (readonly [string, unknown])[]) =>
  [namespace, name, ...dimensions.map(([key, value]) => `${key}=${String(value)}`)].join(' ')

/** The metrics of lines in CloudWatch's embedded format. */
function written(lines: readonly JsonObject[]): ReadonlySet<string> {
  const found = lines.flatMap((line) => {
    const { CloudWatchMetrics } = line['_aws'] as unknown as {
      CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[]
    }
    return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
      Metrics.flatMap(({ Name }) =>
        Dimensions.map((keys) =>
          spelled(
            Namespace,
            Name,
            keys.map((key) => [key, line[key]] as const),
          ),
        ),
      ),
    )
  })
  return new Set(found)
}

/** What a task that ends a run writes, and what the function that starts runs does of one that must wait. */
async function ownMetrics(service: string): Promise<ReadonlySet<string>> {
  const lines = caughtLines()
  const store = memoryStore()
  const last = {
    task: 'finalize',
    run: { id: 'r-1', started_at: '2026-11-21T08:00:00Z', ds: '2026-11-21', ds_nodash: '20261121', ts: '2026-11-21T08:00:00Z' },
    pipeline: { id: 'orders', name: 'Orders' },
    step: 'run',
    settings: {},
  }
  await finishedBefore(store, last, {
    rows: { in: 2, out: 1, quarantined: 1, deduplicated: 0, filtered: 0, fan: 0 },
    rows_in: 2,
    score: 0.9,
  })
  await taskLambda(service, { store, memory: 1e8 })(last, {} as Context)
  const starts = startTest(settingsOf({ triggers: [UPLOADS], max_active_runs: 1 }))
  const reported = (name: string, sent: string) => ({
    messageId: name,
    body: JSON.stringify(uploaded({ key: `incoming/${name}.csv`, id: name })),
    attributes: { SentTimestamp: String(Date.parse(sent)) },
  })
  const event = {
    Records: [reported('a', '2026-11-21T06:00:00Z'), reported('b', '2026-11-21T06:30:00Z'), reported('c', '2026-11-21T08:00:00Z')],
  }
  await startLambda(service, starts.world)(event as never)
  const metrics = lines.metrics()
  vi.restoreAllMocks()
  // of the two that wait, what has waited longest: from half past six to nine
  expect(metrics.map((line) => line['StartWait']).filter((wait) => wait !== undefined)).toEqual([9000])
  return written(metrics)
}

interface Metric {
  readonly Namespace: string
  readonly MetricName: string
  readonly Dimensions: readonly { readonly Name: string; readonly Value: Json }[]
}

/** What an alarm looks at, be it one metric or an expression over some. */
const watched = ({ Properties }: Resource): readonly Metric[] =>
  'MetricName' in Properties
    ? [Properties as unknown as Metric]
    : (Properties['Metrics'] as unknown as { MetricStat?: { Metric: Metric } }[]).flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])

const spelledMetric = ({ Namespace, MetricName, Dimensions }: Metric) =>
  spelled(
    Namespace,
    MetricName,
    Dimensions.map(({ Name, Value }) => [Name, Value] as const),
  )

/** Those of the services, by their documentation. Sources: Step Functions and SQS developer guides, "CloudWatch metrics". */
const OF_SERVICES = [
  ...['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsSucceeded', 'ExecutionTime'].map(
    (name) => `AWS/States ${name} StateMachineArn=\${PipelineMachine}`,
  ),
  'AWS/SQS ApproximateNumberOfMessagesVisible QueueName=${PipelineStartsDead.QueueName}',
]

describe('metrics', () => {
  let resources: readonly Resource[]
  let service: string
  beforeAll(() => {
    resources = resourcesOf(pipelineStack(FULL, { service: 'orders-staging' }))
    const { Environment } = one(resources, 'AWS::Lambda::Function', 'ControlFunction').Properties as unknown as {
      Environment: { Variables: { SIFTSTEP_SERVICE: string } }
    }
    service = Environment.Variables.SIFTSTEP_SERVICE
  })

  it('that alarms look at are written, in their namespace and under their dimension', async () => {
    const known = new Set([...OF_SERVICES, ...(await ownMetrics(service))])
    const alarms = ofType(resources, 'AWS::CloudWatch::Alarm')
    expect(alarms).toHaveLength(9)
    for (const alarm of alarms) for (const metric of watched(alarm)) expect(known, alarm.id).toContain(spelledMetric(metric))
    expect(alarms.flatMap(watched).filter(({ Namespace }) => Namespace === 'Siftstep')).toHaveLength(3)
  })

  it('of our own that the dashboard shows are written', async () => {
    const body = String(one(resources, 'AWS::CloudWatch::Dashboard').Properties['DashboardBody'])
    const shown = [...body.matchAll(/\["Siftstep","(\w+)","(\w+)","([\w-]+)"/g)].map(([, name, key = '', value]) =>
      spelled('Siftstep', name, [[key, value]]),
    )
    expect(shown.length).toBeGreaterThan(6)
    const known = await ownMetrics(service)
    for (const metric of shown) expect(known).toContain(metric)
  })

  it('are written by every function under the same name', () => {
    const names = ofType(resources, 'AWS::Lambda::Function').map(
      ({ Properties }) => (Properties['Environment'] as { Variables: JsonObject }).Variables['SIFTSTEP_SERVICE'],
    )
    expect(new Set(names)).toEqual(new Set(['orders-staging']))
  })
})
