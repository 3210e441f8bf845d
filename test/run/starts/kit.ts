/** A world to start runs in: executions in memory that behave as Step Functions does, and a store. */
import type { PipelineTrigger, S3Trigger, Schedule } from '#language/definition/definition.ts'
import type { Json, JsonObject } from '#core/json.ts'
import type { RunInput } from '#run/starts/requests.ts'
import type { StartSettings } from '#run/starts/settings.ts'
import { type Message, startRuns, type StartWorld } from '#run/starts/start.ts'
import { memoryStore } from '#io/store/memory.ts'

export const UPLOADS: S3Trigger = {
  type: 's3',
  bucket: 'acme-inbox',
  prefix: 'incoming/',
  suffix: '.csv',
  dedupe: 'etag',
  inputs: { source: '{{ event.uri }}' },
  collects: [],
}

export const NIGHTLY: Schedule = { cron: '30 0 * * *', timezone: 'Europe/Zurich', catchup: false, inputs: { source: 'sales/{{ ds }}.csv' } }

export const settingsOf = (more: Partial<StartSettings>): StartSettings => ({ id: 'sales', name: 'Sales', triggers: [], ...more })

export interface Upload {
  readonly key: string
  readonly etag?: string
  readonly size?: number
  readonly sequencer?: string
  readonly time?: string
  readonly id?: string
  readonly bucket?: string
}

/** As EventBridge delivers it. */
export function uploaded({
  key,
  etag = 'e1',
  size = 10,
  sequencer = '00',
  time = '2026-11-21T08:14:02Z',
  id = 'id-1',
  bucket = 'acme-inbox',
}: Upload): Json {
  const object = { key, size, etag, 'version-id': 'v1', sequencer }
  return {
    version: '0',
    id,
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '111111111111',
    time,
    region: 'eu-west-1',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: { version: '0', bucket: { name: bucket }, object, 'request-id': 'r', requester: 'x', reason: 'PutObject' },
  }
}

export const ORDERS_MACHINE = 'arn:aws:states:eu-west-1:111111111111:stateMachine:Orders'

export const AFTER_ORDERS: PipelineTrigger = {
  type: 'pipeline',
  pipeline: 'orders',
  status: 'succeeded',
  inputs: { source: '{{ event.output }}', of: '{{ event.run_id }}, {{ event.status }} at {{ event.time }}' },
}

export interface EndedRun {
  readonly id?: string
  readonly name?: string
  readonly status?: string
  readonly machine?: string
  /** Null: too large for an event. */
  readonly input?: JsonObject | null
  readonly output?: JsonObject
}

/** As EventBridge reports the end of an execution. */
export function endedRun({
  id = 'id-1',
  name = 'orders-1',
  status = 'SUCCEEDED',
  machine = ORDERS_MACHINE,
  input = { inputs: {} },
  output = { run: name, status: 'succeeded', output: { to: 's3://lake/orders/' } },
}: EndedRun): Json {
  return {
    version: '0',
    id,
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: '111111111111',
    time: '2026-11-21T08:00:00Z',
    region: 'eu-west-1',
    resources: [`${machine.replace(':stateMachine:', ':execution:')}:${name}`],
    detail: {
      executionArn: `${machine.replace(':stateMachine:', ':execution:')}:${name}`,
      stateMachineArn: machine,
      name,
      status,
      startDate: Date.parse('2026-11-21T07:00:00Z'),
      stopDate: Date.parse('2026-11-21T08:00:00Z'),
      input: input === null ? null : JSON.stringify(input),
      inputDetails: { included: input !== null },
      output: status === 'SUCCEEDED' ? JSON.stringify(output) : null,
    },
  }
}

export const scheduled = (scheduled_time: string): Json => ({ type: 'schedule', scheduled_time })

const messagesOf = (...bodies: readonly Json[]): Message[] => bodies.map((body, at) => ({ id: `m${at}`, body: JSON.stringify(body) }))

export interface StartTest {
  readonly world: StartWorld
  /** Runs in the order they were started. */
  readonly started: { readonly name: string; readonly input: RunInput }[]
  /** Runs that have ended; they are there all the same. */
  readonly ended: Set<string>
  readonly lines: { readonly level: string; readonly message: string; readonly more: { readonly [key: string]: unknown } }[]
  /** Failures of the next calls that start a run. */
  readonly failures: Error[]
  clock: number
  /** Ids of the messages that are delivered again. */
  print(...bodies: readonly Json[]): Promise<readonly string[]>
}

/** Why messages started nothing. */
export const reasonsIn = (test: StartTest) => test.lines.filter(({ level }) => level === 'error').map(({ more }) => more['reason'])

export function startTest(settings: StartSettings, store = memoryStore()): StartTest {
  const started: StartTest['started'] = []
  const ended = new Set<string>()
  const lines: StartTest['lines'] = []
  const failures: Error[] = []
  const log = (level: string) => (message: string, more: { readonly [key: string]: unknown }) => lines.push({ level, message, more })
  const world: StartWorld = {
    settings,
    store,
    now: () => new Date(test.clock),
    log: { info: log('info'), error: log('error') },
    executions: {
      start: async (name: string, input: RunInput) => {
        const failure = failures.shift()
        if (failure !== undefined) throw failure
        if (started.some((run) => run.name === name)) return 'exists' as const
        started.push({ name, input })
        return 'started' as const
      },
      exists: async (name: string) => started.some((run) => run.name === name),
      running: async (most: number) =>
        started
          .filter(({ name }) => !ended.has(name))
          .map(({ name }) => name)
          .slice(0, most),
    },
  }
  const start = startRuns(world)
  const test: StartTest = {
    world,
    started,
    ended,
    lines,
    failures,
    clock: Date.parse('2026-11-21T09:00:00Z'),
    print: (...bodies) => start(messagesOf(...bodies)),
  }
  return test
}
