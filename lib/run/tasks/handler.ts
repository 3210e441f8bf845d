/**
 * Runs one task: the same handler behind a Lambda and behind a local worker process. A task whose result is already in the store does
 * not run again, so retry, redrive and resume leave finished chunks untouched.
 */
import { type ReadAsset, withAssets } from '#core/assets/assets.ts'
import { findJson } from '#io/workspace/json-store.ts'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '#core/json.ts'
import type { PostOffice } from '#io/channels/channel.ts'
import type { Session } from '#io/duckdb/session.ts'
import type { Store } from '#io/store/store.ts'
import type { Task, TaskContext } from '#io/workspace/context.ts'
import { codeOf } from './index.ts'
import { withItem, withStep, TaskError } from '#core/errors/errors.ts'
import { inParallel } from '#core/task/in-parallel.ts'
import { retriesSoFar } from '#core/task/metrics.ts'
import { detailsOf, foreignError, withLog } from '#core/errors/foreign-error.ts'
import { type Mask, NOTHING } from '#core/secrets/mask.ts'
import { environmentSecrets, rememberedSecrets, type Secrets, withSecrets } from '#core/secrets/secrets.ts'
import { folderGone, systemError } from '#core/errors/system-error.ts'
import { type Again, MAX_RESULT_LENGTH, type LoopItem, type NextCall, type TaskEvent, type TaskResult } from '#core/task/task.ts'
import { shortened } from '#core/task/shortened.ts'
import { taskSpec } from '#core/task/tasks.ts'
import { workspace } from '#io/workspace/workspace.ts'

export interface HandlerWorld {
  readonly store: Store
  /** Parent of scratch folders (default: the system's temporary folder). */
  readonly scratch?: string | undefined
  /** Memory limit of the native engine of one task, in bytes. */
  readonly memory: number
  /** Source of secrets (default: the environment). */
  readonly secrets?: Secrets
  /** The files that belong to the definition, by hash (default: those in the run). */
  readonly asset?: ReadAsset
  /** The program of the processes that run code of the author. */
  readonly functionHost?: string
  /** What there is for mail; nothing when absent. */
  readonly post?: PostOffice
  /** The clock; the system's when absent. */
  readonly now?: () => Date
}

interface Finished {
  /** Hash of the event: another definition or other inputs invalidate the result. */
  readonly event: string
  readonly result: TaskResult
  /** Resources used: for monitoring, never for results. */
  readonly usage: {
    readonly seconds: number
    readonly memory: number
    readonly retries: number
    readonly attempts?: number
    readonly limit?: number
  }
}

export async function handle(event: TaskEvent, world: HandlerWorld): Promise<TaskResult> {
  const { now = () => new Date() } = world
  const keys = workspace(event.run.id)
  const marker = keys.task(event.task, event.step, event.item ?? null, roundOf(event.settings), fallbackOf(event.settings))
  const hash = createHash('sha256')
    .update(JSON.stringify([event.task, event.step, event.item ?? null, event.settings]))
    .digest('hex')
  const isRepeated = taskSpec(event.task)?.repeated?.includes(event.step) ?? false
  const finished = isRepeated ? undefined : await findJson<Finished>(world.store, marker)
  if (finished?.event === hash) return finished.result

  const load = codeOf(event.task)
  if (load === undefined) throw new TaskError('Engine.Bug', `unknown task ${event.task}`)
  const task = (await load()) as Task<unknown>
  const scratch = await scratchFolder(world.scratch ?? tmpdir(), event.task)
  const sessions: Session[] = []
  const lines: string[] = []
  const log = keys.log(event.step, event.task, event.item)
  const secrets = rememberedSecrets(world.secrets ?? environmentSecrets(process.env))
  const began = performance.now()
  const retriesBefore = retriesSoFar()
  try {
    const asset = world.asset ?? ((sha256: string) => world.store.read(keys.asset(sha256)))
    const settings = await withAssets(await withSecrets(event.settings, secrets.lookUp), asset)
    const store = maskedStore(world.store, secrets.mask())
    const found = (await task(
      settings,
      event.item ?? 0,
      contextOf(event, { ...world, store, now }, scratch, sessions, lines),
    )) as TaskResult
    const { result, whole } = shortened(withNextCall(secrets.mask().json(found), event, now()), log)
    for (const line of whole) lines.push(line)
    const retries = retriesSoFar() - retriesBefore + (event.attempt ?? 0)
    const usage = {
      seconds: (performance.now() - began) / 1000,
      memory: process.resourceUsage().maxRSS * 1024,
      retries,
      attempts: event.attempt ?? 0,
      limit: memoryLimit(world.memory),
    }
    const text = JSON.stringify({ event: hash, result, usage } satisfies Finished)
    if (text.length > MAX_RESULT_LENGTH)
      throw new TaskError('Engine.Bug', `the result of ${event.task} has ${text.length} bytes, more than a machine can pass on`)
    if (!isRepeated) await world.store.write(marker, text)
    return result
  } catch (error) {
    const known = await asTaskError(error, event)
    const failure = named(withLog(withLoopItem(scratchGone(known, scratch) ?? known, event), log), event)
    // messages of other services go only to the log
    if (failure.cause !== undefined) lines.push(...detailsOf(failure))
    throw secrets.mask().error(failure)
  } finally {
    for (const session of sessions) session.close()
    await rm(scratch, { recursive: true, force: true })
    // if the log cannot be written, the result of the task still counts
    if (lines.length > 0) await world.store.write(log, secrets.mask().text(`${lines.join('\n')}\n`)).catch(() => {})
  }
}

/**
 * Bytes that the process of a task may use: those of the function on Lambda, elsewhere what the native engine is given and 512 MB for everything
 * besides it.
 */
function memoryLimit(engine: number): number {
  const lambda = Number(process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? '')
  return lambda > 0 ? lambda * 1024 * 1024 : engine + 512 * 1024 * 1024
}

/** A store whose texts contain no secrets; binary objects are data. */
const maskedStore = (store: Store, mask: Mask): Store =>
  mask === NOTHING ? store : { ...store, write: (key, bytes) => store.write(key, typeof bytes === 'string' ? mask.text(bytes) : bytes) }

/** An empty folder for one task. */
async function scratchFolder(base: string, task: string): Promise<string> {
  try {
    await mkdir(base, { recursive: true })
    return await mkdtemp(join(base, `siftstep-${task}-`))
  } catch (error) {
    throw systemError(error, `writing ${base}`)
  }
}

/** The answer with the call that the task asks for, when it does: the moment, so that a run resumed later finds it past, and the round. */
function withNextCall(result: TaskResult, { task, settings }: TaskEvent, now: Date): TaskResult {
  const asked = result['again'] as unknown as Again | null | undefined
  if (asked == null) return result
  if (taskSpec(task)?.again === undefined) throw new TaskError('Engine.Bug', `${task} asked to be called again, which it may not`)
  const { after_seconds, state = null, waiting_for = null } = asked
  const due = now.getTime() + after_seconds * 1000
  // Step Functions ignores the milliseconds of a moment that it waits for: a call half a second early would find that nothing has settled
  const at = new Date(after_seconds === 0 ? due : Math.ceil(due / 1000) * 1000).toISOString()
  return { ...result, again: { at, round: roundOf(settings) + 1, state, waiting_for } satisfies NextCall }
}

/** Which call of the task it is, from 0. */
const roundOf = ({ round }: JsonObject): number => (typeof round === 'number' ? round : 0)

/** Which fallback of the step it works for, from 1; 0: none. */
const fallbackOf = ({ fallback }: JsonObject): number => (typeof fallback === 'number' ? fallback : 0)

function contextOf(
  event: TaskEvent,
  world: HandlerWorld & Required<Pick<HandlerWorld, 'now'>>,
  scratch: string,
  sessions: Session[],
  lines: string[],
): TaskContext {
  return {
    store: world.store,
    workspace: workspace(event.run.id),
    run: event.run,
    pipeline: event.pipeline,
    step: event.step,
    item: event.item,
    post: world.post,
    functionHost: world.functionHost,
    scratch,
    memory: world.memory,
    openSession: async (folders) => {
      // loaded only here, so that tasks without data never load the native engine
      const { openSession } = await import('#io/duckdb/session.ts')
      const session = await openSession({ memory: world.memory, scratch, folders })
      sessions.push(session)
      return session
    },
    now: world.now,
    usage: async () => {
      const markers = await world.store.list(workspace(event.run.id).tasks)
      const usages = await inParallel(markers, 16, async ({ key }) => {
        const usage = (await findJson<Finished>(world.store, key))?.usage
        return usage === undefined ? undefined : { ...usage, of: workspace(event.run.id).resultAt(key) }
      })
      const known = usages.filter((usage) => usage !== undefined)
      return {
        retried: known.flatMap(({ of, attempts: times = 0 }) =>
          of === undefined || times === 0 ? [] : [{ step: of.step, task: of.task, times }],
        ),
        memory: Math.max(0, ...known.map(({ memory }) => memory)),
        seconds: known.reduce((sum, { seconds = 0 }) => sum + seconds, 0),
        share: Math.max(0, ...known.map(({ memory, limit }) => (limit === undefined ? 0 : memory / limit))),
        // runs started by an earlier version have no count
        retries: known.reduce((sum, { retries = 0 }) => sum + retries, 0),
      }
    },
    log: (message) => lines.push(message),
  }
}

/** The error of a task whose scratch folder was removed while it ran: the file it misses is an internal one. */
const scratchGone = (cause: TaskError, scratch: string): TaskError | undefined =>
  existsSync(scratch) ? undefined : folderGone(`writing ${scratch}`, cause)

/** An error that names no step belongs to the step of its task. */
const named = (error: TaskError, { step }: TaskEvent) => withStep(error, step) as TaskError

/** Names the failed one of several items. */
function withLoopItem(error: TaskError, { item = 0, settings }: TaskEvent): TaskError {
  const loop = settings['loop'] as LoopItem | undefined
  return loop === undefined ? error : withItem(error, item, loop)
}

/** Turns any thrown value into an error with a name that a machine can match. */
async function asTaskError(error: unknown, { task, step, settings }: TaskEvent): Promise<TaskError> {
  if (error instanceof TaskError) return error
  if (error instanceof Error && error.name === 'ZodError') {
    // loaded only here: it brings the schema descriptions with it
    const invalid = (await import('./check-settings.ts')).invalidSetting(step, await withSecrets(settings, async (name) => name))
    if (invalid !== undefined) return invalid
  }
  return foreignError(error, task)
}
