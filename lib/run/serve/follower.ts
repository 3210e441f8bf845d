/**
 * Follows the runs in the store: each that ends is sent to the pipelines that start after it, as Step Functions reports it on the bus. Whoever
 * started the run, and in whatever process: its record says how it ended. What was sent before starts nothing, because the name of each run that
 * starts is claimed in the store; so a server that is killed at any moment loses no start, and the next one repeats none.
 */
import { stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { localExecution, localMachine } from '#asl/engine/arns.ts'
import type { Json } from '#core/json.ts'
import type { Store } from '#io/store/store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import type { PipelineTrigger } from '#language/definition/definition.ts'
import { hasEnded, isGood, readRun, runIds, type StoredRun } from '#run/runs/list.ts'
import { isAwaited, STATUS_CHANGE } from '#run/starts/kinds/pipeline.ts'
import type { StartSettings } from '#run/starts/settings.ts'
import type { Log } from '#run/starts/start.ts'
import type { ServedPipeline } from './describe.ts'
import type { Send } from './scheduler.ts'
import { keptSince } from './since.ts'

export interface FollowerWorld {
  readonly store: Store
  /** The folder of the store. */
  readonly folder: string
  readonly pipelines: readonly ServedPipeline[]
  /** Starts runs of a pipeline with these settings. */
  senderOf(settings: StartSettings): Send
  readonly log: Log
}

export interface Follower {
  /** Looks at all runs once. */
  look(): Promise<void>
}

/** A trigger, with a sender for it alone. */
interface Line {
  readonly pipeline: ServedPipeline
  readonly trigger: PipelineTrigger
  readonly send: Send
  /** When a server first had the trigger: earlier ends start nothing. */
  readonly since: Date
}

/** How often the end of a run is sent that cannot start another one, as on AWS, until a server is started again. */
const MAX_SENT = 10

export async function openFollower({ store, folder, pipelines, senderOf, log }: FollowerWorld, now: Date): Promise<Follower> {
  const lines: Line[] = []
  for (const pipeline of pipelines) {
    const { settings } = pipeline
    const triggers = settings.triggers.filter((trigger): trigger is PipelineTrigger => trigger.type === 'pipeline')
    const since = await keptSince(store, settings.id, triggers, now)
    for (const trigger of triggers)
      lines.push({ pipeline, trigger, send: senderOf({ ...settings, triggers: [trigger] }), since: since.get(trigger) ?? now })
  }
  const awaited = new Set(lines.map(({ trigger }) => trigger.pipeline))
  /** Runs that start nothing any more. */
  const done = new Set<string>()
  /** Records as they were when all was done about them, by run. */
  const seen = new Map<string, string>()
  const failures = new Map<string, number>()

  async function lookAt(run: string): Promise<void> {
    const print = await printOf(join(folder, ...workspace(run).run.split('/')))
    if (print === undefined || seen.get(run) === print) return
    const found = await readRun(store, run)
    if (found === undefined) return
    const { record } = found
    if (!awaited.has(record.pipeline.id) || record.made_by !== undefined) {
      done.add(run)
      return
    }
    if (hasEnded(found) && !(await sendAll(found))) return
    // a run that failed, or was stopped, may be resumed and end again
    if (isGood(found)) done.add(run)
    else seen.set(run, print)
  }

  /** False if it is to be sent again. */
  async function sendAll(found: StoredRun): Promise<boolean> {
    const { record } = found
    const ended = 'finished_at' in record ? record.finished_at : ''
    let all = true
    for (const line of lines) {
      const { pipeline, trigger, send, since } = line
      if (trigger.pipeline !== record.pipeline.id || Date.parse(ended) < since.getTime()) continue
      const event = eventOf(found, ended, pipeline.served.folder)
      if (!isAwaited(event, trigger, pipeline.settings)) continue
      const again = await send([{ id: record.id, body: JSON.stringify(event) }])
      if (again.length === 0) continue
      const key = `${record.id} ${pipeline.id} ${trigger.status}`
      const count = (failures.get(key) ?? 0) + 1
      failures.set(key, count)
      if (count < MAX_SENT) all = false
      else
        log.error('the end of a run starts nothing', { pipeline: pipeline.id, run: record.id, reason: `given up after ${count} attempts` })
    }
    return all
  }

  return {
    look: async () => {
      if (lines.length === 0) return
      for (const run of await runIds(folder)) {
        if (done.has(run)) continue
        await lookAt(run).catch((error: unknown) => log.error('a run could not be followed', { run, reason: error }))
      }
    },
  }
}

/** Changes with the file; undefined if there is none. */
async function printOf(path: string): Promise<string | undefined> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  return facts === undefined ? undefined : `${facts.size} ${facts.mtimeMs} ${facts.ino}`
}

/** As EventBridge reports the end of an execution; the addresses of its output as the pipeline in `folder` reads them. */
function eventOf({ record, state }: StoredRun, ended: string, folder: string): Json {
  const { id, pipeline, logical_date, started_at, start } = record
  const output = 'output' in record ? record.output : null
  const here = ({ to }: { readonly to: string }) => ({ to: addressIn(folder, to, record.folder) })
  const published = output === null ? null : { ...here(output), others: (output.others ?? []).map(here) }
  const input = { started_at, ...(logical_date === undefined ? {} : { logical_date }), ...(start === undefined ? {} : { start }) }
  return {
    version: '0',
    id: `${id} ${ended}`,
    'detail-type': STATUS_CHANGE,
    source: 'aws.states',
    account: '',
    time: ended,
    region: 'local',
    resources: [localExecution(pipeline.id, id)],
    detail: {
      executionArn: localExecution(pipeline.id, id),
      stateMachineArn: localMachine(pipeline.id),
      name: id,
      status: isGood({ state }) ? 'SUCCEEDED' : 'FAILED',
      startDate: Date.parse(started_at),
      stopDate: Date.parse(ended),
      input: JSON.stringify(input),
      output: isGood({ state }) ? JSON.stringify({ run: id, status: state, output: published }) : null,
    },
  }
}

/** A path that is relative to the folder of one pipeline, for another one. */
function addressIn(folder: string, address: string, from: string): string {
  if (folder === from || isAbsolute(address) || /^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return address
  const path = relative(folder, resolve(from, address))
  return path === '' ? '.' : address.endsWith('/') ? `${path}/` : path
}
