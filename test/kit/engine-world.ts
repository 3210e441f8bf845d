/** A world for the embedded engine in tests: virtual time, objects in memory, random numbers from a seed, and a record of every call. */
import { seeded } from './chance.ts'
import { type VirtualClock, virtualClock } from '#asl/engine/clock.ts'
import { execute } from '#asl/engine/execute.ts'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { Execution, Invocation, World } from '#asl/engine/world.ts'
import type { Machine, States } from '#asl/machine/asl.ts'
import type { Json } from '#core/json.ts'

export interface TestWorld extends World {
  readonly clock: VirtualClock
  /** Every call so far, in order. */
  readonly calls: Invocation[]
  /** Objects by `bucket/key`. */
  readonly stored: Map<string, Uint8Array>
  /** Milliseconds of virtual time since the start. */
  elapsed(): number
}

type Task = (payload: Json, call: Invocation, clock: VirtualClock) => Json | Promise<Json>

/** A world whose functions are `tasks` by name; without one of a name, the call fails. `more` overrides parts of it. */
export function engineWorld(tasks: { readonly [name: string]: Task } = {}, more: Partial<Omit<World, 'clock'>> = {}): TestWorld {
  const clock = virtualClock()
  const start = clock.now()
  const calls: Invocation[] = []
  const stored = new Map<string, Uint8Array>()
  return {
    clock,
    calls,
    stored,
    elapsed: () => clock.now().getTime() - start.getTime(),
    async invoke(call) {
      calls.push(call)
      const task = tasks[call.functionName]
      if (!task) throw new Error(`the test has no function ${call.functionName}`)
      return task(call.payload, call, clock)
    },
    objects: {
      async get(bucket, key) {
        const bytes = stored.get(`${bucket}/${key}`)
        if (!bytes) throw new Error(`no object ${bucket}/${key}`)
        return bytes
      },
      async put(bucket, key, bytes) {
        stored.set(`${bucket}/${key}`, bytes)
      },
    },
    random: seeded(1),
    execution: { id: 'arn:aws:states:eu-west-1:111111111111:execution:demo:run-1', name: 'run-1', startTime: start, roleArn: 'arn:role' },
    stateMachine: { id: 'arn:aws:states:eu-west-1:111111111111:stateMachine:demo', name: 'demo' },
    ...more,
  }
}

/** A machine that starts at its first state. */
export function machineOf(states: States, more: Partial<Machine> = {}): Machine {
  return { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0] ?? '', States: states, ...more }
}

/** Runs a machine of these states in a test world, from the first of them or from StartAt. */
export function run(states: States, input: Json = {}, world: World = engineWorld(), StartAt?: string): Promise<Execution> {
  return execute(machineOf(states, StartAt === undefined ? {} : { StartAt }), input, world)
}

/** An error as a task throws it: the name is what Retry and Catch match. */
export function taskError(name: string, message = 'it went wrong'): Error {
  return Object.assign(new Error(message), { name })
}

/** The names of the states entered, in order. */
export function entered(history: readonly HistoryEvent[]): string[] {
  return history.flatMap((event) => event.stateEnteredEventDetails?.name ?? [])
}

/** A history as short lines `id<-previous Type`, to compare with a recorded one. */
export function outline(history: readonly HistoryEvent[]): string[] {
  return history.map(({ id, previousEventId, type }) => `${id}<-${previousEventId} ${type}`)
}

/** The output of a run that succeeded; otherwise fails the test and shows how the run ended. */
export function outputOf(execution: Execution): Json {
  if (execution.status === 'SUCCEEDED') return execution.output
  const { history, ...end } = execution
  throw new Error(`the run ended ${JSON.stringify(end)} after ${entered(history).join(', ')}`)
}
