/** A server without processes and without waiting: time passes when a test says so, and runs end when it says so. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { folderStore } from '#io/store/folder.ts'
import { writeJson } from '#io/workspace/json-store.ts'
import type { Store } from '#io/store/store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import type { Schedule } from '#language/definition/definition.ts'
import type { ServedPipeline } from '#run/serve/describe.ts'
import type { RunProcess } from '#run/serve/processes.ts'
import { queueExecutions } from '#run/serve/queue.ts'
import type { Send } from '#run/serve/scheduler.ts'
import type { StartSettings } from '#run/starts/settings.ts'
import { type Log, startRuns } from '#run/starts/start.ts'

export function emptyStore(): { readonly folder: string; readonly store: Store } {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-serve-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return { folder, store: folderStore(folder) }
}

export interface TestLog extends Log {
  readonly lines: { readonly message: string; readonly more: { readonly [key: string]: unknown } }[]
}

export function testLog(): TestLog {
  const lines: TestLog['lines'] = []
  const add = (message: string, more: { readonly [key: string]: unknown }) => void lines.push({ message, more })
  return { lines, info: add, error: add }
}

export function pipelineOf(id: string, more: Partial<StartSettings> = {}): ServedPipeline {
  const served = { file: `${id}.yaml`, folder: '/nowhere', overlay: { config: {}, env_file: null } }
  return { id, served, settings: { id, name: id, triggers: [], ...more }, declared: { inputs: {} }, targets: [] }
}

export const cron = (text: string, timezone: string, catchup = false): Schedule => ({ cron: text, timezone, catchup, inputs: {} })

/** Starts of a pipeline, added to the queue of the store. */
export function sendTo({ id, settings: { max_active_runs: _, ...settings } }: ServedPipeline, store: Store, now: () => Date): Send {
  return startRuns({ settings, executions: queueExecutions(store, id, (value) => value, now), store, now, log: testLog() })
}

/** Processes that end when a test says so. */
export function testProcesses(store: Store) {
  const running = new Map<string, (how: string, reason?: string) => void>()
  const begun: string[] = []
  return {
    begun,
    running,
    begin: ({ name }: { readonly name: string }): RunProcess => {
      begun.push(name)
      const ended = new Promise<{ how: string; reason: string | null }>((resolve) => {
        running.set(name, (how, reason) => {
          running.delete(name)
          resolve({ how, reason: reason ?? null })
        })
      })
      return { pid: 1, ended, signal: () => running.get(name)?.('ended with code 130') }
    },
    /** Lets a run end well. */
    finish: async (name: string, status = 'succeeded') => {
      await recordRun(store, name, status)
      running.get(name)?.('ended with code 0')
    },
  }
}

export const recordRun = (store: Store, name: string, status: string) =>
  writeJson(store, workspace(name).run, {
    id: name,
    status,
    started_at: '2027-01-01T00:00:00Z',
    pipeline: { id: 'p', name: 'p' },
    failure: null,
  })
