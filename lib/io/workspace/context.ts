/** The context of a task: everything it uses apart from its event. */
import type { PostOffice } from '#io/channels/channel.ts'
import type { Session } from '#io/duckdb/session.ts'
import type { PipelineFacts, RunInfo } from '#core/task/task.ts'
import type { Workspace } from './workspace.ts'
import type { Store } from '#io/store/store.ts'

export interface Usage {
  /** Peak resident memory of a process that ran a task, in bytes. */
  readonly memory: number
  /** The times of all finished tasks, added up. */
  readonly seconds: number
  /** The largest share of its memory that such a process used; more than 1 is possible. */
  readonly share: number
  /** How often a task, or one of its service calls, was retried. */
  readonly retries: number
  /** The tasks that were tried again before they succeeded. */
  readonly retried: readonly { readonly step: string; readonly task: string; readonly times: number }[]
}

export interface TaskContext {
  readonly store: Store
  readonly workspace: Workspace
  readonly run: RunInfo
  readonly pipeline: PipelineFacts
  readonly step: string
  /** The index of the map item, if it works for one. */
  readonly item?: number | undefined
  /** The task's own scratch folder, removed when the task ends. */
  readonly scratch: string
  /** The program of the processes that run code of the author; absent where there is none. */
  readonly functionHost?: string | undefined
  /** Bytes the native engine may use. */
  readonly memory: number
  /** Opens a DuckDB that may read and write below these folders; closed when the task ends. */
  openSession(folders: readonly string[]): Promise<Session>
  now(): Date
  /** What there is for mail. */
  readonly post?: PostOffice | undefined
  /** Of a step at the end of a failed run: its error, and whether the report of the run is written. */
  readonly failure?: { readonly error: string; readonly cause: string; readonly reported: boolean } | undefined
  /** The resource usage of the finished tasks of this run. */
  usage(): Promise<Usage>
  /** Writes a line to the step's log. */
  log(message: string): void
}

/** One task. Its settings come from the machine, with references resolved. */
export type Task<Settings = never> = (
  settings: Settings,
  item: number,
  context: TaskContext,
) => Promise<{ readonly [name: string]: unknown }>
