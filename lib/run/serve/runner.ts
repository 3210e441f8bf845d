/**
 * The process of one queued run: starts it, or resumes it if an earlier process did not finish it. It belongs to no server: it goes on when
 * the server ends, and the next server finds the run in the store.
 */
import { folderStore } from '#io/store/folder.ts'
import { compileHere } from '#language/compiler/compile-here.ts'
import { pipelinesIn } from '#language/definition/documents.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import { formatProblem } from '#language/definition/problem.ts'
import type { RunWorld } from '#run/runs/carry-out.ts'
import { type Overlay, readOptionsIn, readTextIn } from '#run/runs/definition.ts'
import { checkStatements } from '#run/runs/check-statements.ts'
import { readRun } from '#run/runs/list.ts'
import { resumeRun } from '#run/runs/resume.ts'
import { RunError } from '#run/runs/run-error.ts'
import { startRun } from '#run/runs/start.ts'
import { findQueued } from './queue.ts'

/** A definition that is served: where it is, and how it is read. */
export interface ServedFile {
  /** As given, relative to the folder. */
  readonly file: string
  readonly folder: string
  readonly overlay: Overlay
}

export interface RunnerTask {
  readonly store: string
  /** The name of the queued run. */
  readonly name: string
  readonly served: ServedFile
  readonly worker: string
  readonly version: string
  readonly processes: number
}

/** Resolves when the run has ended, well or not; null if there is nothing to do. Rejects if it cannot begin. */
export async function carryOutQueued(task: RunnerTask, env: RunWorld['env'], signal: AbortSignal): Promise<number | null> {
  const store = folderStore(task.store)
  const queued = await findQueued(store, task.name)
  if (queued === undefined) return null
  const { served, processes, worker, version } = task
  const read = await readOptionsIn(served.file, served.overlay, { folder: served.folder, env })
  const world: RunWorld = { store: task.store, worker, version, processes, env: read.env, now: () => new Date(), signal }
  const found = await readRun(store, task.name)
  if (found !== undefined) return (await resumeRun(found, world))?.exit_code ?? null
  const { pipeline, input } = queued
  const written = pipelinesIn(await readTextIn(served.file, 'the definition', served.folder)).find((one) => one.id === pipeline)?.text
  if (written === undefined) throw new Error(`${served.file} has no pipeline ${pipeline} any more`)
  const { compiled: machine, text, secrets } = compileHere(written, read)
  const compiled = await checkStatements(machine, served.file)
  if (!compiled.ok) throw new Error(compiled.problems.map(formatProblem).join('\n'))
  const resolved = resolveInputs(compiled.definition, input.inputs)
  if (!resolved.ok) throw new Error(resolved.problems.map(({ what, hint }) => `${what}; ${hint}`).join('\n'))
  const { logical_date, start } = input
  const { exit_code } = await startRun(
    {
      compiled,
      text,
      file: served.file,
      overlay: served.overlay,
      inputs: resolved.inputs,
      logical_date,
      start,
      id: task.name,
      folder: served.folder,
    },
    { ...world, env: { ...world.env, ...Object.fromEntries(secrets) } },
  )
  return exit_code
}

/** Whether another process has the run: then nothing is to be done here. */
export const isElsewhere = (error: unknown): boolean => error instanceof RunError && ['run-taken', 'run-exists'].includes(error.facts.code)
