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
  let [samples, tree]: [number, readonly number[] | null] = [0, null]
  const sampler = setInterval(() => {
    // looking through all processes each time would take a good part of a core from what is measured
    if (samples++ % SAMPLES_A_TREE === 0) tree = treeOf(child.pid ?? 0)
    if (tree !== null) memory = Math.max(memory ?? 0, residentOf(tree))
  }, 50)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(sampler)
      resolve({ code, seconds: (performance.now() - began) / 1000, memory, ...output })
    })
  })
}

/** So many samples are taken of the same processes before it is looked which there are. */
const SAMPLES_A_TREE = 10

/** A process and its descendants, from /proc; null where there is none. */
function treeOf(root: number): readonly number[] | null {
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
  return [...parents.keys()].filter(isBelow)
}

/** Resident bytes of the processes together. */
function residentOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + Number(readOrNull(`/proc/${pid}/statm`)?.split(' ')[1] ?? 0) * 4096, 0)
}

/** A process may end between listing and reading. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
