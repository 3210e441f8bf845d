/**
 * Starting runs for what a queue tells. A message is done when all it starts has been started, now or before; one that cannot be done
 * stays in the queue, which tells it again and at last moves it to the queue of the dead. So nothing is lost, and nothing starts twice.
 */
import type { Json } from '#core/json.ts'
import { claimedRequests, type ClaimStore, startsPrefix } from './claims.ts'
import { START_KINDS } from './index.ts'
import { type RunInput, type RunRequest, requestOf, together } from './requests.ts'
import type { StartSettings } from './settings.ts'
import type { ParsedMessage, StateStore, StartEvent } from './kind.ts'
import { StartError } from './start-error.ts'
import type { Store } from '#io/store/store.ts'

export interface Message {
  readonly id: string
  readonly body: string
}

/** The executions of the pipeline's machine. */
export interface Executions {
  /** `exists` when there is or was one of that name. Rejects when the service cannot be asked now. */
  start(name: string, input: RunInput): Promise<'started' | 'exists'>
  exists(name: string): Promise<boolean>
  /** Names of those that are running, at most `most`. */
  running(most: number): Promise<readonly string[]>
}

/** Lines of the function's log. */
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

/** A list of running executions does not show at once what was just started. Source: API reference, ListExecutions. */
const SHOWN_AFTER_MS = 30_000

/** Starts runs for one batch of messages after another; resolves with the ids of the messages that are to be told again. */
export function startRuns(world: StartWorld): (messages: readonly Message[]) => Promise<readonly string[]> {
  const { settings, executions, log } = world
  /** When runs were started here, by name. */
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
    // an occurrence may be told by several messages, and a message may tell several
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

    /** The messages that tell an occurrence, or one that it replaces. */
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

  /** False when as many runs as may be are under way. */
  async function startOne({ name, input }: RunRequest): Promise<boolean> {
    if (await isFull(name)) {
      log.info('the run waits: as many as may be are under way', { run: name, max_active_runs: settings.max_active_runs })
      return false
    }
    const outcome = await executions.start(name, input)
    if (outcome === 'started') recent.set(name, world.now().getTime())
    log.info(outcome === 'started' ? 'run started' : 'told again, merged with the run it started', { run: name, start: input.start })
    return true
  }

  async function isFull(name: string): Promise<boolean> {
    const { max_active_runs: most } = settings
    if (most === undefined) return false
    const now = world.now().getTime()
    for (const [run, at] of recent) if (now - at > SHOWN_AFTER_MS) recent.delete(run)
    const active = new Set([...(await executions.running(most + 1)), ...recent.keys()])
    // one that was started before takes no place
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
  throw new StartError('the message is neither a moment of a schedule nor an event')
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
    get: async (what) => {
      const bytes = await store.read(key(what))
      return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as Json)
    },
    set: (what, value) => store.write(key(what), JSON.stringify(value)),
  }
}
