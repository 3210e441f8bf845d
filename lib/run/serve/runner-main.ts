/** The program of the processes a server starts: it carries out a queued run, or describes definitions. */
import { TaskError } from '#core/errors/errors.ts'
import { RunError } from '#run/runs/run-error.ts'
import { describe } from './describe.ts'
import { carryOutQueued, isElsewhere, type RunnerTask, type ServedFile } from './runner.ts'

/** What it answers to the server. */
export type RunnerAnswer =
  | { readonly what: 'described'; readonly description: Awaited<ReturnType<typeof describe>> }
  | { readonly what: 'failed'; readonly reason: string }

const task = JSON.parse(process.argv[2] ?? '{}') as RunnerTask | { readonly describe: readonly ServedFile[] }
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())

/** A server that has ended gets no answer; the run does not need it. */
const answer = (message: RunnerAnswer) =>
  new Promise<void>((resolve) => {
    if (process.connected) process.send?.(message, () => resolve())
    else resolve()
  })

try {
  if ('describe' in task) await answer({ what: 'described', description: await describe(task.describe, process.env) })
  else process.exitCode = (await carryOutQueued(task, process.env, stop.signal)) ?? 0
} catch (error) {
  if (!isElsewhere(error)) {
    await answer({ what: 'failed', reason: reasonOf(error) })
    process.exitCode = 1
  }
}
if (process.connected) process.disconnect()

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof RunError && error.facts.code === 'definition-invalid')
    return `${error.message}: ${error.facts.problems.map(({ what }) => what).join('; ')}`
  const hint = error instanceof RunError || error instanceof TaskError ? error.hint : undefined
  return hint === undefined ? error.message : `${error.message}; ${hint}`
}
