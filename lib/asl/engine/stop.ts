/** Stopping: abort signals that pass a stop down, and waits that end when a signal fires. */
import { setMaxListeners } from 'node:events'
import { Stopped } from './failure.ts'

/** The one listener of a signal: it would look through its others for each that is added. */
interface Listener {
  readonly calls: Set<() => void>
  readonly fire: () => void
}
const listeners = new WeakMap<AbortSignal, Listener>()

/** Calls `call` once when the signal fires, unless the returned function is called before. A signal that has fired calls nothing. */
export function whenStopped(signal: AbortSignal, call: () => void): () => void {
  const listener = listeners.get(signal) ?? listenTo(signal)
  listener.calls.add(call)
  return () => {
    listener.calls.delete(call)
    if (listener.calls.size > 0 || listeners.get(signal) !== listener) return
    signal.removeEventListener('abort', listener.fire)
    listeners.delete(signal)
  }
}

function listenTo(signal: AbortSignal): Listener {
  const calls = new Set<() => void>()
  const fire = () => {
    for (const call of calls) {
      calls.delete(call)
      call()
    }
  }
  const listener = { calls, fire }
  listeners.set(signal, listener)
  signal.addEventListener('abort', fire, { once: true })
  return listener
}

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
  // tasks may add listeners of their own; Node warns of a leak above ten
  setMaxListeners(0, controller.signal)
  const pass = () => controller.abort(parent?.reason instanceof Stopped ? parent.reason : new Stopped('aborted'))
  if (parent?.aborted) pass()
  const release = parent === undefined ? () => {} : whenStopped(parent, pass)
  return {
    signal: controller.signal,
    stop: (reason) => controller.abort(reason),
    release,
  }
}

/** The result of `work`, or a rejection with the signal's reason as soon as it fires, without waiting for work that ignores the signal. */
export function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    const over = whenStopped(signal, stop)
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
