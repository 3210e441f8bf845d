/**
 * Worker processes for tasks. Each runs one task at a time, with the same handler as a Lambda. Processes, not threads: a crash or kill
 * of the native engine fails only one task.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { TaskError, type TaskErrorName } from '#core/errors/errors.ts'
import type { TaskEvent, TaskResult } from '#core/task/task.ts'
import type { WorkerAnswer, WorkerOptions } from './worker.ts'

export interface Pool {
  /**
   * Runs a task on the next free worker, and calls `onBegin` when the worker starts it. Rejects with the error of the task, or with
   * Runtime.ExitError, the name Lambda uses, if the process ended.
   */
  run(event: TaskEvent, signal: AbortSignal, onBegin?: () => void): Promise<TaskResult>
  /** Peak resident memory of all workers together, in bytes. */
  peakMemory(): number
  close(): Promise<void>
}

interface Worker {
  readonly process: ChildProcess
  /** Settles when the worker may take work. */
  readonly ready: Promise<void>
  /** Settles when the process has ended. */
  readonly ended: Promise<void>
  busy: boolean
  /** Killed, but not ended yet. */
  dying: boolean
  /** Called with how the process ended. */
  onEnd: (how: string) => void
  /** Peak resident memory it reported, in bytes. */
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
 * `script` is the program of the workers; at most `size` run at once, started on demand. `onStart` is called with each process id and
 * awaited before the process gets work.
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
      // a detached group would survive the parent; the parent handles the interrupt of the terminal
      env: { ...env, SIFTSTEP_WORKER: '1' },
    })
    const how = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal === null ? `ended with code ${code}` : `was killed (${signal})`))
      // after a start, an error event means a failed send; the exit event reports the end
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
    // an abandoned task may still be writing, and the next task could be a retry of it: wait
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
      // the system refused a new process: only this task fails, and it may be retried
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
    let isSettled = false
    const forget = () => {
      isSettled = true
      child.off('message', answered)
      signal.removeEventListener('abort', abandon)
      worker.onEnd = () => {}
    }
    const answered = (answer: WorkerAnswer) => {
      forget()
      worker.memory = Math.max(worker.memory, answer.memory)
      worker.busy = false
      // the worker has answered with its failure, and is about to exit
      if (answer.last === true) worker.dying = true
      if ('result' in answer) resolve(answer.result)
      else reject(errorOf(answer))
      next()
    }
    // an abandoned task is killed with its process: native work cannot be cancelled
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
    // stopped while the process was starting
    if (signal.aborted) {
      abandon()
      return
    }
    worker.ready.then(
      () => {
        // stopped, or its process ended, before it could start
        if (isSettled) return
        onBegin()
        // a failed send is reported by the exit of the process
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
    ? 'when the machine ran out of memory: lower resources.memory_limit, or run with fewer --workers'
    : 'run it again; if the process ends again, lower resources.memory_limit, or run with fewer --workers'
  return new TaskError('Runtime.ExitError', `the process running ${task} of ${step}${item === undefined ? '' : ` (${item})`} ${how}`, {
    hint,
  })
}

const stopped = () => new TaskError('Engine.Interrupted', 'the task was stopped')

function errorOf({ error }: Extract<WorkerAnswer, { error: unknown }>): TaskError {
  return new TaskError(error.name as TaskErrorName, error.message, {
    hint: error.hint,
    step: error.step,
    path: error.path,
  })
}
