/** Repeats what may succeed later: with growing pauses, or after the time that the server asks for. */
import { setTimeout as wait } from 'node:timers/promises'
import { TaskError } from '#core/errors/errors.ts'
import { countRetries } from '#core/task/metrics.ts'
import type { Refusal } from './errors.ts'

/** Milliseconds before the first repetition; each further pause is twice as long. */
const FIRST_PAUSE = 250
const MAX_PAUSE = 30_000
/** Seconds that a server can ask to wait: a task on AWS must end within 15 minutes. */
const MAX_WAIT = 300

const isRefusal = (result: unknown): result is Refusal => result instanceof Object && 'wanted' in result && 'error' in result

/** Calls `attempt` until it gives a result, at most `retries` times more. Throws what the last attempt met. */
export async function retried<Result>(retries: number, attempt: () => Promise<Result | Refusal>): Promise<Result> {
  for (let count = 0; ; count++) {
    const result = await attempt().catch((error: unknown): Refusal => {
      if (error instanceof TaskError) return { error, wanted: 0 }
      throw error
    })
    if (!isRefusal(result)) return result
    const { error, wanted } = result
    if (!error.name.startsWith('Transient.')) throw error
    if (wanted > MAX_WAIT)
      throw new TaskError(error.name, `${error.message}, and asks to wait ${wanted} s`, {
        cause: error,
        hint: `the longest wait within a run is ${MAX_WAIT} s: run it again later`,
      })
    if (count >= retries) {
      if (retries === 0) throw error
      throw new TaskError(error.name, `${error.message}; ${retries + 1} attempts`, { cause: error.cause, hint: error.hint })
    }
    countRetries(1)
    await wait(Math.max(wanted * 1000, Math.min(FIRST_PAUSE * 2 ** count, MAX_PAUSE)))
  }
}
