/** A server of its own for each test, and what it has written to its log. */
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach } from 'vitest'
import { childrenOf, startCli, type Started, works } from '../kit/cli.ts'
import { place } from './place.ts'

const servers: Started[] = []
afterEach(async () => {
  for (const { pid, ended } of servers.splice(0)) {
    if (!works(pid)) continue
    for (const one of [...childrenOf(pid), pid]) process.kill(one, 'SIGKILL')
    await ended
  }
})
export interface Line {
  readonly message: string
  readonly run?: string
  readonly [key: string]: unknown
}
/** Starts a server in the folder of the test; it is killed when the test ends. */
export function serve(...args: readonly string[]) {
  const started = startCli(['serve', ...args, '--json', '--workers', '1'], { cwd: place, env: { SIFTSTEP_TOKEN: 'a-token-of-a-test' } })
  servers.push(started)
  const lines = () =>
    started
      .written()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line)
  return {
    ...started,
    lines,
    /** Waits until so many lines have this message; gives them back. */
    until: async (message: string, count = 1): Promise<readonly Line[]> => {
      for (;;) {
        const found = lines().filter((line) => line.message === message)
        if (found.length >= count) return found
        if (!works(started.pid)) throw new Error(`the server ended: ${JSON.stringify(await started.ended)}`)
        await wait(50)
      }
    },
    stop: async (signal: NodeJS.Signals = 'SIGTERM') => {
      process.kill(started.pid, signal)
      return started.ended
    },
  }
}
