/**
 * Starts runs for the messages of a queue. A message is done when all its runs have been started, now or before. A message that cannot
 * be handled stays in the queue, is redelivered, and ends in the dead-letter queue. So nothing is lost, and nothing starts twice.
 */
import { findJson, writeJson } from '#io/workspace/json-store.ts'
import type { Json } from '#core/json.ts'
import { claimedRequests, type ClaimStore, startsPrefix } from './claims.ts'
import { START_KINDS } from './index.ts'
import { type RunInput, type RunRequest, requestOf, together } from './requests.ts'
import type { StartSettings } from './settings.ts'
import type { ParsedMessage, StateStore, StartEvent } from './kind.ts'
import { oversizedInput } from './input-size.ts'
import { StartError } from './start-error.ts'
import type { Store } from '#io/store/store.ts'

export interface Message {
  readonly id: string
  readonly body: string
}

/** Executions of the pipeline's machine. */
export interface Executions {
  /** `exists` if there is or was an execution with that name. Rejects if the service is not available. */
  start(name: string, input: RunInput): Promise<'started' | 'exists'>
  exists(name: string): Promise<boolean>
  /** Names of the running executions, at most `most`. */
  running(most: number): Promise<readonly string[]>
}

/** Log of the function. */
export interface Log {
  info(message: string, more: { readonly [key: string]: unknown }): void
  error(message: string, more: { readonly [key: string]: unknown }): void
}

export interface StartWorld {
  readonly settings: StartSettings
  readonly executions: Executions
  readonly store: ClaimStore & Pick<Store, 'write'>
  now(): Date
  readonly log: Log
}

/** The list of running executions lags behind starts. Source: API reference, ListExecutions. */
const SHOWN_AFTER_MS = 30_000

/** Starts runs for batches of messages; resolves with the ids of the messages that must be redelivered. */
export function startRuns(world: StartWorld): (messages: readonly Message[]) => Promise<readonly string[]> {
  const { settings, executions, log } = world
  /** Start times of runs started here, by name. */
  const recent = new Map<string, number>()

  return async (messages) => {
    const failed = new Set<string>()
    const parsed: { message: Message; parsed: ParsedMessage }[] = []
    for (const message of messages) {
      try {
        const found = await parse(message, world)
        for (const why of found.ignored) log.info('nothing to start', { message: message.id, why })
        parsed.push({ message, parsed: found })
      } catch (error) {
        fail([message.id], error)
      }
    }
    // several messages may carry an event, and a message several events
    const tellers = new Map<string, string[]>()
    for (const { message, parsed: found } of parsed)
      for (const { identity } of found.events) tellers.set(identity, [...(tellers.get(identity) ?? []), message.id])
    for (const group of together(parsed.flatMap(({ parsed: found }) => found.events))) {
      const ids = group.flatMap((one) => tellersOf(one))
      try {
        const requests = group[0].collects.length > 0 ? await claimedRequests(group, settings, world.store) : [requestOf(group, settings)]
        for (const request of requests) if (!(await startOne(request))) for (const id of ids) failed.add(id)
      } catch (error) {
        fail(ids, error)
      }
    }
    for (const { message, parsed: found } of parsed) {
      if (failed.has(message.id) || found.settle === undefined) continue
      try {
        if (!(await found.settle())) failed.add(message.id)
      } catch (error) {
        fail([message.id], error)
      }
    }
    return messages.map(({ id }) => id).filter((id) => failed.has(id))

    /** Messages that carry an event, or one that it replaces. */
    function tellersOf({ identity, place }: StartEvent): readonly string[] {
      if (place === undefined) return tellers.get(identity) ?? []
      return parsed.flatMap(({ message, parsed: { events } }) => (events.some((one) => one.place?.key === place.key) ? [message.id] : []))
    }

    function fail(ids: readonly string[], error: unknown): void {
      for (const id of ids) failed.add(id)
      const reason = error instanceof StartError ? error.message : error
      log.error('a message started nothing', { messages: ids, reason })
    }
  }

  /** False if max_active_runs are already running. */
  async function startOne({ name, input }: RunRequest): Promise<boolean> {
    const oversized = oversizedInput(input as unknown as Json)
    if (oversized !== undefined) throw new StartError(`${oversized.what}; ${oversized.hint}`)
    if (await isFull(name)) {
      log.info('waiting: max_active_runs reached', { run: name, max_active_runs: settings.max_active_runs })
      return false
    }
    const outcome = await executions.start(name, input)
    if (outcome === 'started') recent.set(name, world.now().getTime())
    log.info(outcome === 'started' ? 'run started' : 'duplicate event: run already started', { run: name, start: input.start })
    return true
  }

  async function isFull(name: string): Promise<boolean> {
    const { max_active_runs: most } = settings
    if (most === undefined) return false
    const now = world.now().getTime()
    for (const [run, at] of recent) if (now - at > SHOWN_AFTER_MS) recent.delete(run)
    const active = new Set([...(await executions.running(most + 1)), ...recent.keys()])
    // a run that was started before does not count against the limit
    return active.size >= most && !active.has(name) && !(await executions.exists(name))
  }
}

async function parse({ body }: Message, { settings, store }: StartWorld): Promise<ParsedMessage> {
  const message = parsed(body)
  const memory = memoryOf(settings, store)
  for (const sort of START_KINDS) {
    const parsed = await sort.parse(message, settings, memory)
    if (parsed !== undefined) return parsed
  }
  throw new StartError('the message is neither a scheduled time nor an event')
}

function parsed(body: string): Json {
  try {
    return JSON.parse(body) as Json
  } catch {
    throw new StartError(`the message is not JSON: ${body.slice(0, 200)}`)
  }
}

function memoryOf({ id }: StartSettings, store: StartWorld['store']): StateStore {
  const key = (what: string) => `${startsPrefix(id)}/${what}.json`
  return {
    get: (what) => findJson<Json>(store, key(what)),
    set: (what, value) => writeJson(store, key(what), value),
  }
}
