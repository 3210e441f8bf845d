/** Stopping: abort signals that pass a stop down, and waits that end when a signal fires. */
import { setMaxListeners } from 'node:events'
import { Stopped } from './failure.ts'

/** A controller that fires when `parent` does, until released. */
export interface Stopper {
  readonly signal: AbortSignal
  stop(reason: Stopped): void
  /** Detaches from the parent; call it when the work has ended. */
  release(): void
}

/** A stopper under `parent`, or a root without one. */
export function stopperUnder(parent?: AbortSignal): Stopper {
  const controller = new AbortController()
  // Thousands of tasks may wait on one signal; Node warns of a leak above ten.
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

/** The result of `work`, or a rejection with the signal's reason as soon as it fires, without waiting for work that ignores the signal. */
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
