/** What a task is given to work with; everything it touches outside of its event. */
import type { Session } from '#io/duckdb/session.ts'
import type { RunInfo } from '#core/task/task.ts'
import type { Workspace } from './workspace.ts'
import type { Store } from '#io/store/store.ts'

export interface Usage {
  /** Largest resident memory of a process that ran one, in bytes. */
  readonly memory: number
  /** How often one of them, or a call of theirs to a service, was made again. */
  readonly retries: number
}

export interface TaskContext {
  readonly store: Store
  readonly workspace: Workspace
  readonly run: RunInfo
  readonly pipeline: { readonly id: string; readonly name: string }
  readonly step: string
  /** An empty folder of its own, removed when the task ends. */
  readonly scratch: string
  /** Bytes the native engine may hold. */
  readonly memory: number
  /** Opens a DuckDB that may read and write below these folders, closed when the task ends. */
  openSession(folders: readonly string[]): Promise<Session>
  now(): Date
  /** What the tasks of this run that are done have taken. */
  usage(): Promise<Usage>
  /** Writes a line to the step's log. */
  log(message: string): void
}

/** One task: its settings come from the machine, already resolved. */
export type Task<Settings = never> = (
  settings: Settings,
  item: number,
  context: TaskContext,
) => Promise<{ readonly [name: string]: unknown }>
