/**
 * Several pieces of work that use files, one call to the file system at a time: a test decides whose call is next, and can stop one for
 * ever, as a kill would. Needs `vi.mock('node:fs/promises', steppedFiles)` in the test file.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

/** A piece of work that waits before each of its calls. */
export interface Stepped<T> {
  /** The call it waits with, such as `rename`; undefined when it is over. */
  next(): Promise<string | undefined>
  /** Lets the call happen, and waits for the next one or the end. */
  step(): Promise<void>
  /** Lets it go on to its end. */
  finish(): Promise<PromiseSettledResult<T>>
}

interface Actor {
  readonly waiting: { readonly name: string; go(): void }[]
  /** Called when something waits, or all work has ended. */
  changed: () => void
  free: boolean
}

const actors = new AsyncLocalStorage<Actor>()

/** Begins the work, which then waits before its first call. */
export function stepped<T>(work: () => Promise<T>): Stepped<T> {
  const actor: Actor = { waiting: [], changed: () => {}, free: false }
  let over = false
  const end = actors
    .run(actor, async () => (await Promise.allSettled([work()]))[0] as PromiseSettledResult<T>)
    .finally(() => {
      over = true
      actor.changed()
    })
  const settled = async () => {
    while (actor.waiting.length === 0 && !over) {
      await new Promise<void>((resolve) => {
        actor.changed = resolve
      })
    }
  }
  return {
    async next() {
      await settled()
      return actor.waiting[0]?.name
    },
    async step() {
      await settled()
      actor.waiting.shift()?.go()
      await settled()
    },
    finish() {
      actor.free = true
      for (const call of actor.waiting.splice(0)) call.go()
      return end
    },
  }
}

/** `node:fs/promises`, whose functions wait for their turn where the caller is a stepped piece of work. */
export async function steppedFiles(original: () => Promise<unknown>): Promise<{ [name: string]: unknown }> {
  const real = (await original()) as { [name: string]: unknown }
  return Object.fromEntries(
    Object.entries(real).map(([name, value]) => [
      name,
      typeof value === 'function' ? waiting(name, value as (...args: unknown[]) => unknown) : value,
    ]),
  )
}

function waiting(name: string, call: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
  return async (...args) => {
    const actor = actors.getStore()
    if (actor !== undefined && !actor.free) {
      await new Promise<void>((go) => {
        actor.waiting.push({ name, go })
        actor.changed()
      })
    }
    return call(...args)
  }
}
