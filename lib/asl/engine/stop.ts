/** Stopping: abort signals that pass a stop down, and waiting that ends when one fires. */
import { setMaxListeners } from 'node:events'
import { Stopped } from './failure.ts'

/** A controller that fires when `parent` does, until released. */
export interface Stopper {
  readonly signal: AbortSignal
  stop(reason: Stopped): void
  /** Lets go of the parent; call it when the work is over. */
  release(): void
}

/** A stopper under `parent`; without a parent it is the first. */
export function stopperUnder(parent?: AbortSignal): Stopper {
  const controller = new AbortController()
  // Thousands of tasks may wait on one signal; Node takes more than ten for a leak.
  setMaxListeners(0, controller.signal)
  const pass = () => controller.abort(parent?.reason instanceof Stopped ? parent.reason : new Stopped('aborted'))
  if (parent?.aborted) pass()
  parent?.addEventListener('abort', pass, { once: true })
  return {
    signal: controller.signal,
    stop: (reason) => controller.abort(reason),
    release: () => parent?.removeEventListener('abort', pass),
  }
}

/** What `work` gives, or a rejection with the signal's reason as soon as the signal fires: work that ignores the signal is not waited for. */
export function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    const over = () => signal.removeEventListener('abort', stop)
    work.then(
      (value) => {
        over()
        resolve(value)
      },
      (error: unknown) => {
        over()
        reject(error)
      },
    )
  })
}
