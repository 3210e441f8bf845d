/**
 * Scores the embedded engine against executions recorded from the real service. Run it: `npx tsx test/conformance/asl.ts [cases.json]`.
 * A case is right when every run of it has the recorded status, output, error name and sequence of states entered; whether the error's
 * cause and the whole history are the recorded ones is counted beside that.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { virtualClock } from '#asl/engine/clock.ts'
import { execute } from '#asl/engine/execute.ts'
import { UnsupportedMachine } from '#asl/engine/failure.ts'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { Invocation, World } from '#asl/engine/world.ts'
import type { Machine } from '#asl/machine/asl.ts'
import { sharedData } from '../kit/shared-data.ts'
import type { Json } from '#core/json.ts'

interface Case {
  readonly id: string
  readonly kind: string
  readonly class: string
  readonly jsonata: boolean
  readonly lambdas: readonly { readonly name: string; readonly handler: string }[]
  readonly runs: readonly { readonly definition: Machine; readonly input: Json }[]
  readonly expected: { readonly [name: string]: { readonly events?: readonly Recorded[] } }
}

/** An event as recorded: JSON texts that hold an object are objects. */
type Recorded = { readonly id: number; readonly previousEventId: number; readonly type: string; readonly [details: string]: unknown }

/** What came of a case: `misses` says what is wrong, `beside` what differs beyond what a case is scored on. */
export interface Scored {
  readonly id: string
  readonly class: string
  readonly misses: readonly string[]
  readonly beside: readonly string[]
}

/** Classes of cases the engine can be asked to run: what they need beyond the machine is a few Lambda functions and one object. */
export const CLASSES = ['pure', 'lambda', 'map_s3'] as const

/** Runs every JSONata case of these classes in a file of recordings. */
export async function scoreCases(path: string): Promise<Scored[]> {
  const cases: Case[] = JSON.parse(readFileSync(path, 'utf8'))
  const scored: Scored[] = []
  for (const one of cases) {
    if (one.kind === 'execution' && one.jsonata && (CLASSES as readonly string[]).includes(one.class)) scored.push(await scoreCase(one))
  }
  return scored
}

async function scoreCase(one: Case): Promise<Scored> {
  const histories = Object.values(one.expected).flatMap(({ events }) => (events ? [events] : []))
  const misses: string[] = []
  const beside: string[] = []
  if (histories.length !== one.runs.length) misses.push(`${histories.length} recorded histories for ${one.runs.length} runs`)
  for (const [position, { definition, input }] of one.runs.entries()) {
    const recorded = histories[position]
    if (!recorded) continue
    try {
      const { history } = await execute(definition, input, worldOf(one, recorded))
      const reported = history.map(asRecorded)
      misses.push(...differences(essence(recorded), essence(reported)))
      beside.push(...differences({ cause: causeOf(recorded) }, { cause: causeOf(reported) }), ...firstDifference(recorded, reported))
    } catch (error) {
      if (!(error instanceof UnsupportedMachine)) throw error
      misses.push(`refused: ${error.problems.map(({ path, message }) => `${path} ${message}`).join('; ')}`)
    }
  }
  return { id: one.id.split('::').at(-1) ?? one.id, class: one.class, misses, beside }
}

/** What a case is scored on. */
function essence(events: readonly Recorded[]): { [part: string]: unknown } {
  const last = events.at(-1)
  const details = (name: string) => (last?.[name] ?? {}) as { output?: unknown; error?: unknown }
  return {
    status: last?.type,
    output: details('executionSucceededEventDetails').output,
    error: details('executionFailedEventDetails').error,
    states: events.flatMap((event) =>
      event.type.endsWith('StateEntered') ? [(event['stateEnteredEventDetails'] as { name: string }).name] : [],
    ),
  }
}

function causeOf(events: readonly Recorded[]): unknown {
  return (events.at(-1)?.['executionFailedEventDetails'] as { cause?: unknown } | undefined)?.cause
}

function differences(wanted: { [part: string]: unknown }, got: { [part: string]: unknown }): string[] {
  return Object.keys(wanted)
    .filter((part) => !matches(wanted[part], got[part]))
    .map((part) => `${part}: recorded ${JSON.stringify(wanted[part])}, here ${JSON.stringify(got[part])}`)
}

function firstDifference(wanted: readonly Recorded[], got: readonly Recorded[]): string[] {
  const position = Array.from({ length: Math.max(wanted.length, got.length) }, (_, at) => at).find((at) => !matches(wanted[at], got[at]))
  return position === undefined
    ? []
    : [`event ${position + 1}: recorded ${JSON.stringify(wanted[position])}, here ${JSON.stringify(got[position])}`]
}

/** An event of ours with its JSON texts read, so that it compares with a recorded one. */
function asRecorded(event: HistoryEvent): Recorded {
  return readTexts(event) as Recorded
}

function readTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readTexts)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readTexts(inner)]))
  return readText(value)
}

function readText(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** Words that stand for values that differ from run to run; a text with a part in angle brackets does too. */
const VOLATILE = new Set([
  'date',
  'timestamp',
  'datetime',
  'start-time',
  'entered-time',
  'lambda_function_name',
  'snf_role_arn',
  'bucket-name',
])
/** Parts of a Lambda integration's result that say how the HTTP request went, which no local call has. */
const UNTOLD = new Set(['SdkHttpMetadata', 'SdkResponseMetadata'])

function matches(wanted: unknown, got: unknown): boolean {
  const [a, b] = [readText(wanted), readText(got)]
  if (typeof a === 'string' && (VOLATILE.has(a) || /<[^>]+>/.test(a))) return b !== undefined
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, position) => matches(item, b[position]))
  if (typeof a !== 'object' || a === null) return a === b
  if (typeof b !== 'object' || b === null || Array.isArray(b)) return false
  const [left, right] = [a, b] as { [key: string]: unknown }[]
  const keys = new Set([...Object.keys(a), ...Object.keys(b)].filter((key) => !UNTOLD.has(key)))
  return [...keys].every((key) => key === 'timestamp' || matches(left?.[key], right?.[key]))
}

/** A world with the case's functions and the object its map reads, which is what its recorded output shows and one item more. */
function worldOf(one: Case, recorded: readonly Recorded[]): World {
  const clock = virtualClock()
  let draws = 0
  return {
    clock,
    async invoke(call: Invocation) {
      const handler = one.lambdas.find(({ name }) => call.functionName.endsWith(name))?.handler
      if (handler === 'id_function.py' || handler === 'echo.py') return call.payload
      if (handler === 'wait_60_seconds.py') return clock.sleep(60_000, call.signal).then(() => null)
      if (handler === 'raise_exception.py') throw raised()
      throw Object.assign(new Error(`no function ${call.functionName} (${handler})`), { name: 'Lambda.ResourceNotFoundException' })
    },
    objects: {
      async get() {
        const output = readText(essence(recorded)['output'])
        return new TextEncoder().encode(JSON.stringify([...(output as Json[]), 'one more']))
      },
      async put() {},
    },
    random: () => (draws++ % 97) / 97,
    execution: {
      id: 'arn:aws:states:us-east-1:111111111111:execution:case:run',
      name: 'run',
      startTime: clock.now(),
      roleArn: 'snf_role_arn',
    },
    stateMachine: { id: 'arn:aws:states:us-east-1:111111111111:stateMachine:case', name: 'case' },
  }
}

/** What the service makes of an exception of the recorded Python function. */
function raised(): Error {
  const message = 'Some exception was raised.'
  const stackTrace = ['  File "/var/task/handler.py", line 2, in handler\n    raise Exception("Some exception was raised.")\n']
  const cause = JSON.stringify({ errorMessage: message, errorType: 'Exception', requestId: 'r', stackTrace })
  return Object.assign(new Error(cause), { name: 'Exception' })
}

async function main(): Promise<void> {
  const path = process.argv[2] ?? sharedData('asl-localstack/cases.json')
  if (path === undefined) throw new Error('no recordings: give a path to cases.json, or set SIFTSTEP_SHARED_DATA')
  const scored = await scoreCases(path)
  for (const name of CLASSES) {
    const all = scored.filter((one) => one.class === name)
    const right = all.filter((one) => one.misses.length === 0)
    for (const { id, misses } of all) if (misses.length > 0) console.log(`miss   ${name} ${id}\n         ${misses.join('\n         ')}`)
    for (const { id, beside } of right) if (beside.length > 0) console.log(`differs ${name} ${id}\n         ${beside.join('\n         ')}`)
    const whole = right.filter((one) => one.beside.length === 0).length
    console.log(
      `${name}: ${right.length} of ${all.length} JSONata cases right; ${whole} of them with the recorded history, event by event\n`,
    )
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) await main()
