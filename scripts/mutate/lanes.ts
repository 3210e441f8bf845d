/** Processes that try mutants side by side, each in a copy of the tree, so that the work tree is never touched. */
import { type ChildProcess, fork } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Trial, Answer } from './lane.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** What the tests read, besides the packages. */
const COPIED = [
  'assembly',
  'bin',
  'docs',
  'examples',
  'lib',
  'schema',
  'scripts',
  'test',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
]

export interface Lane {
  /** Runs a trial; undefined when no test ended for so many seconds, which counts as killed: the tests do not end with the mutant. */
  run(trial: Trial, patience: number): Promise<Answer | undefined>
  close(): Promise<void>
}

/** Copies the tree and starts a process in the copy. */
export async function openLane(): Promise<Lane> {
  const root = mkdtempSync(join(tmpdir(), 'siftstep-mutants-'))
  for (const name of COPIED) cpSync(join(ROOT, name), join(root, name), { recursive: true })
  for (const name of ['node_modules', 'dist']) if (existsSync(join(ROOT, name))) symlinkSync(join(ROOT, name), join(root, name))
  let process_ = await start(root)
  return {
    run: async (trial, patience) => {
      const path = trial.change === null ? null : join(root, trial.change.file)
      const before = path === null ? '' : readFileSync(path)
      const reply = await answer(process_, trial, patience)
      if (reply !== undefined) return reply
      await end(process_)
      if (path !== null) writeFileSync(path, before)
      process_ = await start(root)
      return undefined
    },
    close: async () => {
      await end(process_)
      rmSync(root, { recursive: true, force: true })
    },
  }
}

async function start(root: string): Promise<ChildProcess> {
  const child = fork(join(ROOT, 'scripts/mutate/lane.ts'), [root], {
    cwd: root,
    execArgv: ['--import', 'tsx'],
    // a group of its own, so that the processes of the tests can be ended with it
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await new Promise<void>((kept, broken) => {
    child.once('message', () => kept())
    child.once('exit', (code, signal) => broken(new Error(`a process for mutants ended before it began (${signal ?? code})`)))
  })
  return child
}

/** The result; undefined when no test ended for too long, or the process ended with the mutant. */
function answer(child: ChildProcess, trial: Trial, patience: number): Promise<Answer | undefined> {
  return new Promise((kept) => {
    const over = (reply: Answer | undefined) => {
      clearTimeout(timer)
      child.off('message', onMessage)
      child.off('exit', ended)
      kept(reply)
    }
    const onMessage = (message: Answer | string) => {
      if (typeof message === 'string') timer.refresh()
      else over(message)
    }
    const ended = () => over(undefined)
    const timer = setTimeout(() => over(undefined), patience * 1000)
    child.on('message', onMessage)
    child.on('exit', ended)
    child.send(trial)
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((kept) => child.once('exit', kept))
  process.kill(-(child.pid as number), 'SIGKILL')
  await ended
}
