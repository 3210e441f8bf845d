/** Runs a program and measures it from outside: wall time, processor time, and the largest memory of it and all its children together. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface Measured {
  readonly code: number | null
  readonly seconds: number
  /** Largest resident memory of the process and all below it at one moment, sampled 20 times a second; null where there is no /proc. */
  readonly memory: number | null
  readonly stdout: string
  readonly stderr: string
}

export function measure(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Measured> {
  const began = performance.now()
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (bytes: Buffer) => {
    output.stdout += bytes.toString('utf8')
  })
  child.stderr.on('data', (bytes: Buffer) => {
    output.stderr += bytes.toString('utf8')
  })
  let memory: number | null = null
  const sampler = setInterval(() => {
    const now = treeMemory(child.pid ?? 0)
    if (now !== null) memory = Math.max(memory ?? 0, now)
  }, 50)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(sampler)
      resolve({ code, seconds: (performance.now() - began) / 1000, memory, ...output })
    })
  })
}

/** Resident bytes of a process and its descendants, from /proc. */
function treeMemory(root: number): number | null {
  const parents = new Map<number, number>()
  try {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue
      const stat = readOrNull(`/proc/${name}/stat`)
      // the name of the program, in brackets, may hold spaces
      const parent = stat === null ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
      if (parent !== undefined) parents.set(Number(name), Number(parent))
    }
  } catch {
    return null
  }
  const isBelow = (pid: number): boolean => pid === root || (parents.has(pid) && isBelow(parents.get(pid) ?? 0))
  return [...parents.keys()].filter(isBelow).reduce((sum, pid) => sum + residentOf(pid), 0)
}

function residentOf(pid: number): number {
  const pages = readOrNull(`/proc/${pid}/statm`)?.split(' ')[1]
  return pages === undefined ? 0 : Number(pages) * 4096
}

/** A process may end between listing and reading. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
