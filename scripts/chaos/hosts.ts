/** Tries cases in processes of their own: one that crashes, or does not end, is a case that failed, and another process takes over. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { type Disturbance, Skipped } from './disturbance.ts'
import type { Answered, Asked } from './host.ts'
import { inThisProcess, type Opening } from './try.ts'

/** A case takes less than a second; one that takes this long does not end. */
const PATIENCE = 180_000

export const inHosts: Opening = async (disturbance, folder) => {
  if (!disturbance.inProcess) return inThisProcess(disturbance, folder)
  const idle: ChildProcess[] = []
  const all = new Set<ChildProcess>()
  return {
    one: async (number, seed) => {
      const host = idle.pop() ?? (await start(disturbance, folder))
      all.add(host)
      const answer = await ask(host, { number, seed })
      if ('ended' in answer) {
        all.delete(host)
        throw new Error(answer.ended)
      }
      idle.push(host)
      if ('failed' in answer) throw new Error(answer.failed)
      if ('skipped' in answer) throw new Skipped(answer.skipped)
      return answer.held
    },
    close: async () => {
      for (const host of all) await end(host)
    },
  }
}

async function start(disturbance: Disturbance, folder: string): Promise<ChildProcess> {
  const host = fork(join(import.meta.dirname, 'host.ts'), [disturbance.name, folder], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await new Promise<void>((kept, broken) => {
    host.once('message', () => kept())
    host.once('exit', (code, signal) => broken(new Error(`a process for cases ended before it began (${signal ?? code})`)))
  })
  return host
}

function ask(host: ChildProcess, asked: Asked): Promise<Answered | { readonly ended: string }> {
  return new Promise((kept) => {
    const over = (answer: Answered | { readonly ended: string }) => {
      clearTimeout(timer)
      host.off('message', onMessage)
      host.off('exit', exited)
      kept(answer)
    }
    const onMessage = (answer: unknown) => over(answer as Answered)
    const exited = (code: number | null, signal: string | null) => over({ ended: `the process crashed (${signal ?? `code ${code}`})` })
    const timer = setTimeout(() => void end(host).then(() => over({ ended: `did not end within ${PATIENCE / 1000} s` })), PATIENCE)
    host.on('message', onMessage)
    host.on('exit', exited)
    host.send(asked)
  })
}

async function end(host: ChildProcess): Promise<void> {
  if (host.exitCode !== null || host.signalCode !== null) return
  const ended = new Promise((kept) => host.once('exit', kept))
  host.kill('SIGKILL')
  await ended
}
