/** One thing that siftstep doctor looks at, and what it found. */
import { setTimeout as sleep } from 'node:timers/promises'
import { TaskError } from '#core/errors/errors.ts'
import { RunError } from '#run/runs/run-error.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

/** unchecked: nothing can be said, and nothing is known to be wrong. */
export type Status = 'found' | 'warning' | 'missing' | 'unchecked'

export interface Check {
  readonly check: string
  readonly status: Status
  readonly detail: string
  /** What to do about it; absent for what is found or not checked. */
  readonly fix?: string
}

export const found = (check: string, detail: string): Check => ({ check, status: 'found', detail })
export const unchecked = (check: string, why: string): Check => ({ check, status: 'unchecked', detail: `not checked: ${why}` })
export const warning = (check: string, detail: string, fix: string): Check => ({ check, status: 'warning', detail, fix })
export const missing = (check: string, detail: string, fix: string): Check => ({ check, status: 'missing', detail, fix })

/** Does the work; whatever it throws is what is missing, in a sentence. `fix` serves errors that have none of their own. */
export async function attempt(check: string, fix: string, work: () => Promise<Check>): Promise<Check> {
  try {
    return await work()
  } catch (error) {
    const hasHint = error instanceof TaskError || error instanceof UsageError || error instanceof RunError
    return missing(check, firstLine(error), (hasHint ? error.hint : undefined) ?? fix)
  }
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''

/** Seconds that one look at a server may take. */
const PATIENCE = 10

/** The same, unless it takes too long: then a TaskError. What goes on afterwards is not waited for. */
export async function withinPatience<Result>(work: Promise<Result>, seconds = PATIENCE): Promise<Result> {
  const over = new AbortController()
  const late = sleep(seconds * 1000, undefined, { signal: over.signal }).then(
    () => {
      throw new TaskError('Transient.Timeout', `no answer within ${seconds} s`, {
        hint: 'check the address, the network, and that the server is running',
      })
    },
    () => new Promise<never>(() => {}),
  )
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
    // a late failure is nobody's
    work.catch(() => {})
  }
}
