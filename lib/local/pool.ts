/**
 * Worker processes for tasks: each runs one task at a time with the same handler a Lambda runs. Processes and not threads, so
 * that a crash of the native engine, or a kill, fails one task and nothing else.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { TaskError, type TaskErrorName } from '../runtime/errors.ts'
import type { TaskEvent, TaskResult } from '../runtime/task.ts'
import type { WorkerAnswer, WorkerOptions } from './worker.ts'

export interface Pool {
  /** Runs a task on the next free worker. Rejects with the task's error; with Transient.WorkerLost when the process ended. */
  run(event: TaskEvent, signal: AbortSignal): Promise<TaskResult>
  /** The largest resident memory of all workers together so far, in bytes. */
  peakMemory(): number
  close(): Promise<void>
}

interface Worker {
  readonly process: ChildProcess
  busy: boolean
  /** Largest resident memory it has told of, in bytes. */
  memory: number
}

interface Waiting {
  readonly event: TaskEvent
  readonly signal: AbortSignal
  readonly resolve: (result: TaskResult) => void
  readonly reject: (error: Error) => void
}

/** `script` is the worker's program; at most `size` run at once, started when they are first needed. */
export function openPool(script: string, size: number, options: WorkerOptions): Pool {
  const workers: Worker[] = []
  const queue: Waiting[] = []
  let closed = false

  function start(): Worker {
    const process_ = fork(script, [JSON.stringify(options)], {
      serialization: 'json',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // a group of its own would survive the parent; an interrupt at the terminal is the parent's to handle
      env: { ...process.env, SIFTSTEP_WORKER: '1' },
    })
    const worker = { process: process_, busy: false, memory: 0 }
    process_.once('exit', () => {
      const at = workers.indexOf(worker)
      if (at >= 0) workers.splice(at, 1)
    })
    workers.push(worker)
    return worker
  }

  function next(): void {
    while (queue.length > 0 && !closed) {
      const worker = workers.find(({ busy }) => !busy) ?? (workers.length < size ? start() : undefined)
      if (worker === undefined) return
      const waiting = queue.shift()
      if (waiting === undefined) return
      if (waiting.signal.aborted) waiting.reject(stopped())
      else give(worker, waiting)
    }
  }

  function give(worker: Worker, { event, signal, resolve, reject }: Waiting): void {
    worker.busy = true
    const { process: child } = worker
    const settle = (done: () => void) => {
      child.off('message', answered)
      child.off('exit', lost)
      signal.removeEventListener('abort', abandon)
      worker.busy = false
      done()
      next()
    }
    const answered = (answer: WorkerAnswer) => {
      worker.memory = Math.max(worker.memory, answer.memory)
      settle(() => ('result' in answer ? resolve(answer.result) : reject(errorOf(answer))))
    }
    const lost = (code: number | null, killed: string | null) => {
      const how = killed === null ? `ended with code ${code}` : `was killed (${killed})`
      settle(() =>
        reject(
          new TaskError(
            'Transient.WorkerLost',
            `the process running ${event.task} of ${event.step}${event.item === undefined ? '' : ` (${event.item})`} ${how}`,
          ),
        ),
      )
    }
    // a task nobody waits for any more is ended with its process: native work cannot be asked to stop
    const abandon = () => {
      settle(() => reject(stopped()))
      child.kill('SIGKILL')
    }
    child.once('message', answered)
    child.once('exit', lost)
    signal.addEventListener('abort', abandon, { once: true })
    child.send(event)
  }

  return {
    run: (event, signal) =>
      new Promise((resolve, reject) => {
        queue.push({ event, signal, resolve, reject })
        next()
      }),
    peakMemory: () => workers.reduce((sum, { memory }) => sum + memory, 0),
    close: async () => {
      closed = true
      await Promise.all(
        workers.map(({ process: child }) => {
          const ended = new Promise((resolve) => child.once('exit', resolve))
          child.kill('SIGKILL')
          return ended
        }),
      )
    },
  }
}

const stopped = () => new TaskError('Engine.Interrupted', 'the task was stopped')

function errorOf({ error }: Extract<WorkerAnswer, { error: unknown }>): TaskError {
  return new TaskError(error.name as TaskErrorName, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.path === undefined ? {} : { path: error.path }),
  })
}
