/** Starts the processes of a server. They are no part of its process group, so a Control-C reaches the server alone, which decides. */
import { fork } from 'node:child_process'
import type { Description } from './describe.ts'
import type { RunnerAnswer } from './runner-main.ts'
import type { RunnerTask, ServedFile } from './runner.ts'

export interface RunProcess {
  readonly pid: number | undefined
  /** How it ended; `reason` says why the run could not begin. */
  readonly ended: Promise<{ readonly how: string; readonly reason: string | null }>
  signal(signal: NodeJS.Signals): void
}

export interface Processes {
  run(task: RunnerTask): RunProcess
  describe(files: readonly ServedFile[]): Promise<Description>
}

/** `program` is the file of the runner. */
export function openProcesses(program: string, env: { readonly [name: string]: string | undefined }): Processes {
  const start = (task: object, onAnswer: (answer: RunnerAnswer) => void) => {
    const child = fork(program, [JSON.stringify(task)], { detached: true, env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    child.on('message', (message) => onAnswer(message as RunnerAnswer))
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal === null ? `ended with code ${code}` : `was killed (${signal})`))
      child.on('error', (error) => {
        if (child.pid === undefined) resolve(`could not be started (${error.message})`)
      })
    })
    return { child, ended }
  }
  return {
    run: (task) => {
      let reason: string | null = null
      const { child, ended } = start(task, (answer) => {
        if (answer.what === 'failed') reason = answer.reason
      })
      return { pid: child.pid, ended: ended.then((how) => ({ how, reason })), signal: (signal) => void child.kill(signal) }
    },
    describe: async (files) => {
      let found: RunnerAnswer | undefined
      const { ended } = start({ describe: files }, (answer) => {
        found = answer
      })
      const how = await ended
      if (found?.what === 'described') return found.description
      throw new Error(found?.what === 'failed' ? found.reason : `the process that reads the definitions ${how}`)
    },
  }
}
