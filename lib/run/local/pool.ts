/**
 * Worker processes for tasks: each runs one task at a time with the same handler a Lambda runs. Processes and not threads, so
 * that a crash of the native engine, or a kill, fails one task and nothing else.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { TaskError, type TaskErrorName } from '#core/errors/errors.ts'
import type { TaskEvent, TaskResult } from '#core/task/task.ts'
import type { WorkerAnswer, WorkerOptions } from './worker.ts'

export interface Pool {
  /**
   * Runs a task on the next free worker, and calls `onBegin` when the worker is given it. Rejects with the task's error; with
   * Transient.WorkerLost when the process ended.
   */
  run(event: TaskEvent, signal: AbortSignal, onBegin?: () => void): Promise<TaskResult>
  /** The largest resident memory of all workers together so far, in bytes. */
  peakMemory(): number
  close(): Promise<void>
}

interface Worker {
  readonly process: ChildProcess
  /** Kept when it may be given work. */
  readonly ready: Promise<void>
  /** Kept when the process is over. */
  readonly ended: Promise<void>
  busy: boolean
  /** Killed, and not over yet. */
  dying: boolean
  /** Told how the process ended. */
  onEnd: (how: string) => void
  /** Largest resident memory it has told of, in bytes. */
  memory: number
}

interface Waiting {
  readonly event: TaskEvent
  readonly signal: AbortSignal
  readonly onBegin: () => void
  readonly resolve: (result: TaskResult) => void
  readonly reject: (error: Error) => void
}

/**
 * `script` is the worker's program; at most `size` run at once, started when they are first needed. `onStart` is told of each process, and
 * waited for, before the process is given work.
 */
export function openPool(
  script: string,
  size: number,
  options: WorkerOptions,
  onStart: (pid: number) => Promise<void> = async () => {},
  env: { readonly [name: string]: string | undefined } = process.env,
): Pool {
  const workers: Worker[] = []
  const queue: Waiting[] = []
  let closed = false

  function start(): Worker {
    const child = fork(script, [JSON.stringify(options)], {
      serialization: 'json',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // a group of its own would survive the parent; an interrupt at the terminal is the parent's to handle
      env: { ...env, SIFTSTEP_WORKER: '1' },
    })
    const how = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal === null ? `ended with code ${code}` : `was killed (${signal})`))
      // an error of a process that was started is one of sending to it, and its end tells of that
      child.on('error', (error) => {
        if (child.pid === undefined) resolve(`could not be started (${error.message})`)
      })
    })
    const worker: Worker = {
      process: child,
      ready: child.pid === undefined ? Promise.resolve() : onStart(child.pid),
      ended: how.then((how) => {
        workers.splice(workers.indexOf(worker), 1)
        worker.onEnd(how)
        next()
      }),
      busy: false,
      dying: false,
      onEnd: () => {},
      memory: 0,
    }
    workers.push(worker)
    return worker
  }

  function next(): void {
    // while a task that was given up may still write, nothing begins: it could be the same task once more
    while (queue.length > 0 && !closed && !workers.some(({ dying }) => dying)) {
      const free = workers.find(({ busy }) => !busy)
      if (free === undefined && workers.length >= size) return
      const waiting = queue.shift()
      if (waiting === undefined) return
      if (waiting.signal.aborted) waiting.reject(stopped())
      else begin(free, waiting)
    }
  }

  function begin(free: Worker | undefined, waiting: Waiting): void {
    try {
      give(free ?? start(), waiting)
    } catch (error) {
      // the system refuses a process: this one task fails, and may be tried again
      waiting.reject(lost(waiting.event, `could not be started (${(error as Error).message})`))
    }
  }

  function give(worker: Worker, { event, signal, onBegin, resolve, reject }: Waiting): void {
    worker.busy = true
    const { process: child } = worker
    const kill = () => {
      worker.dying = true
      child.kill('SIGKILL')
    }
    const forget = () => {
      child.off('message', answered)
      signal.removeEventListener('abort', abandon)
      worker.onEnd = () => {}
    }
    const answered = (answer: WorkerAnswer) => {
      forget()
      worker.memory = Math.max(worker.memory, answer.memory)
      worker.busy = false
      // it has told what it failed of, and is about to end
      if (answer.last === true) worker.dying = true
      if ('result' in answer) resolve(answer.result)
      else reject(errorOf(answer))
      next()
    }
    // a task nobody waits for any more is ended with its process: native work cannot be asked to stop
    const abandon = () => {
      forget()
      worker.onEnd = () => reject(stopped())
      kill()
    }
    child.once('message', answered)
    signal.addEventListener('abort', abandon, { once: true })
    worker.onEnd = (how) => {
      forget()
      reject(lost(event, how))
    }
    // stopped while the process was being started
    if (signal.aborted) {
      abandon()
      return
    }
    worker.ready.then(
      () => {
        if (signal.aborted) return
        onBegin()
        // that it cannot be sent is told by the end of the process
        child.send(event, () => {})
      },
      (error: Error) => {
        forget()
        reject(error)
        kill()
      },
    )
  }

  return {
    run: (event, signal, onBegin = () => {}) =>
      new Promise((resolve, reject) => {
        queue.push({ event, signal, onBegin, resolve, reject })
        next()
      }),
    peakMemory: () => workers.reduce((sum, { memory }) => sum + memory, 0),
    close: async () => {
      closed = true
      await Promise.all(
        workers.map(({ process: child, ended }) => {
          child.kill('SIGKILL')
          return ended
        }),
      )
    },
  }
}

function lost({ task, step, item }: TaskEvent, how: string): TaskError {
  const hint = how.includes('SIGKILL')
    ? { hint: 'when the machine ran out of memory: lower resources.memory_limit, or run with fewer --workers' }
    : {}
  return new TaskError(
    'Transient.WorkerLost',
    `the process running ${task} of ${step}${item === undefined ? '' : ` (${item})`} ${how}`,
    hint,
  )
}

const stopped = () => new TaskError('Engine.Interrupted', 'the task was stopped')

function errorOf({ error }: Extract<WorkerAnswer, { error: unknown }>): TaskError {
  return new TaskError(error.name as TaskErrorName, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.path === undefined ? {} : { path: error.path }),
  })
}
