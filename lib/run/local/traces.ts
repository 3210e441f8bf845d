/**
 * A run as an OpenTelemetry trace: a span for the run, one for each step and one for each task (chunk), as OTLP in JSON.
 * Sources: https://opentelemetry.io/docs/specs/otlp and https://www.w3.org/TR/trace-context.
 */
import { createHash } from 'node:crypto'

/** One attempt of a task; times in milliseconds since 1970. */
export interface TaskSpan {
  readonly step: string
  readonly task: string
  readonly item: number | null
  readonly attempt: number
  readonly from: number
  readonly to: number
  /** Name and message of its error; null if it succeeded. */
  readonly error: string | null
}

export interface RunSpan {
  readonly run: string
  readonly pipeline: { readonly id: string; readonly name: string }
  /** Hash of the machine. */
  readonly version: string
  readonly status: string
  readonly error: string | null
  readonly from: number
  readonly to: number
  /** The `traceparent` of whoever started the run; absent: the run begins a trace. */
  readonly parent?: string | undefined
}

const digest = (bytes: number, ...parts: readonly string[]) =>
  createHash('sha256')
    .update(parts.join('\n'))
    .digest('hex')
    .slice(0, bytes * 2)

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/

/** 1: internal. */
const INTERNAL = 1
const [OK, ERROR] = [1, 2]

const attribute = (key: string, value: string | number) => ({
  key,
  value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
})

/** OTLP counts nanoseconds, which a number cannot hold. */
const nanos = (milliseconds: number) => `${BigInt(Math.round(milliseconds)) * 1_000_000n}`

/** The body of an export request. A resumed run continues its trace: ids are made of the names of run, step and task. */
export function otlpTraces(run: RunSpan, tasks: readonly TaskSpan[]) {
  const [, trace = digest(16, 'trace', run.run), parent] = TRACEPARENT.exec(run.parent ?? '') ?? []
  const root = digest(8, 'run', run.run, String(run.from))
  const span = (
    id: string,
    above: string | undefined,
    name: string,
    times: { readonly from: number; readonly to: number },
    error: string | null,
    attributes: readonly object[],
  ) => ({
    traceId: trace,
    spanId: id,
    ...(above === undefined ? {} : { parentSpanId: above }),
    name,
    kind: INTERNAL,
    startTimeUnixNano: nanos(times.from),
    endTimeUnixNano: nanos(times.to),
    attributes,
    status: error === null ? { code: OK } : { code: ERROR, message: error },
  })
  const steps = [...new Set(tasks.map(({ step }) => step))]
  const stepId = (step: string) => digest(8, 'step', run.run, step, String(run.from))
  const spans = [
    span(root, parent, `pipeline_${run.pipeline.id}`, run, run.error, [
      attribute('pipeline.name', run.pipeline.name),
      attribute('pipeline.version', run.version),
      attribute('pipeline.status', run.status),
      ...(run.error === null ? [] : [attribute('pipeline.error', run.error)]),
      attribute('pipeline.run', run.run),
    ]),
    ...steps.map((step) => {
      const own = tasks.filter((task) => task.step === step)
      const times = { from: Math.min(...own.map(({ from }) => from)), to: Math.max(...own.map(({ to }) => to)) }
      return span(stepId(step), root, step, times, own.at(-1)?.error ?? null, [attribute('step', step)])
    }),
    ...tasks.map((task) =>
      span(
        digest(8, 'task', run.run, task.step, task.task, String(task.item), String(task.attempt), String(task.from)),
        stepId(task.step),
        `${task.step} ${task.task}`,
        task,
        task.error,
        [attribute('task', task.task), ...(task.item === null ? [] : [attribute('chunk', task.item)]), attribute('attempt', task.attempt)],
      ),
    ),
  ]
  const resource = { attributes: [attribute('service.name', run.pipeline.id)] }
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'siftstep' }, spans }] }] }
}

/** Milliseconds to wait for a collector: a run does not wait long for who watches it. */
const PATIENCE = 10_000

/**
 * Sends traces to a collector, as the environment says: OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS (`name=value,…`). Gives why they were
 * not sent, or null. Source: https://opentelemetry.io/docs/specs/otel/protocol/exporter.
 */
export async function sendTraces(body: object, env: { readonly [name: string]: string | undefined }): Promise<string | null> {
  const endpoint = env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? ''
  if (endpoint === '') return 'OTEL_EXPORTER_OTLP_ENDPOINT is not set'
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  try {
    const given = (env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '').split(',').flatMap((pair): [string, string][] => {
      const at = pair.indexOf('=')
      return at <= 0 ? [] : [[pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())]]
    })
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...Object.fromEntries(given) },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
    })
    await answer.body?.cancel()
    return answer.ok ? null : `${url} answered ${answer.status}`
  } catch (error) {
    const { message, cause } = error as Error & { readonly cause?: { readonly code?: string } }
    return `${url} cannot be reached (${cause?.code ?? message})`
  }
}
