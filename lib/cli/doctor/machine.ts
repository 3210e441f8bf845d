/** Checks of this machine: the program, its engine, room on the disk, the memory of the container. */
import { readFile, statfs } from 'node:fs/promises'
import { availableParallelism, tmpdir, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { bytes } from '#core/text/numbers.ts'
import { checkFile } from '#io/publish/check-folder.ts'
import { workerMemory } from '#run/local/worker-memory.ts'
import { displayPath } from '#cli/runs/on-store.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { attempt, type Check, found, missing, warning } from './check.ts'

/** Free space below which a run of ordinary data ends soon. */
const LITTLE = 1_000_000_000

export interface MachineFacts {
  /** The folder of the package. */
  readonly root: string
  /** The folder of the store. */
  readonly store: string
  /** The `resources.memory_limit` of the definitions, the largest; undefined: none has one. */
  readonly limit: number | undefined
  /** Bytes of the sources on this machine. */
  readonly sources: number
}

export async function machineChecks(
  { root, store, limit, sources }: MachineFacts,
  terminal: Pick<Terminal, 'cwd'>,
): Promise<readonly Check[]> {
  const shown = displayPath(store, terminal)
  return [
    await attempt('Node.js', 'install siftstep again', async () => nodeCheck(process.versions.node, await enginesIn(root))),
    await engineCheck(),
    await writableCheck(`store ${shown}`, store, 'choose another folder with --store, or change who may write there'),
    await writableCheck(`temporary folder ${tmpdir()}`, tmpdir(), 'set TMPDIR to a folder that can be written'),
    await spaceCheck(`space of the store ${shown}`, store, sources),
    await spaceCheck(`space of the temporary folder ${tmpdir()}`, tmpdir(), 0),
    memoryCheck({ machine: totalmem(), container: process.constrainedMemory(), limit, processes: availableParallelism() }),
  ]
}

async function enginesIn(root: string): Promise<string> {
  const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { readonly engines?: { readonly node?: string } }
  return engines?.node ?? '>=0'
}

/** `wanted` is a range as package.json has it: `>=20`. */
export function nodeCheck(version: string, wanted: string): Check {
  const [, least = '0'] = />=\s*(\d+)/.exec(wanted) ?? []
  if (Number(version.split('.')[0]) >= Number(least)) return found('Node.js', `${version}, and siftstep needs ${wanted}`)
  return missing('Node.js', `${version}, but siftstep needs ${wanted}`, `install Node.js ${least} or newer: https://nodejs.org`)
}

/** Memory for a session that reads nothing. */
const SESSION = 64_000_000

async function engineCheck(): Promise<Check> {
  const fix = `install siftstep again on this machine (${process.platform}, ${process.arch}): npm install; do not copy node_modules from another one`
  return attempt('native engine', fix, async () => {
    // an engine that does not load is what is looked for
    const { inScratchSession } = await import('#io/duckdb/scratch-session.ts')
    const [row] = await inScratchSession(SESSION, (session) => session.rows('SELECT version() AS version'))
    return found('native engine', `DuckDB ${String(row?.['version'])} loads`)
  })
}

const writableCheck = (check: string, folder: string, fix: string): Promise<Check> =>
  attempt(check, fix, async () => {
    // a name that nothing has: the file itself is not written
    await checkFile(join(folder, 'siftstep-doctor'), folder)
    return found(check, 'can be written')
  })

/** `needed` are bytes that a run will write there, as far as they are known. */
const spaceCheck = (check: string, folder: string, needed: number): Promise<Check> =>
  attempt(check, 'choose another folder', async () => {
    const { bavail, bsize } = await statfs(await nearestFolder(folder))
    return roomCheck(check, bavail * bsize, needed)
  })

/** Whether the free bytes are enough for what is needed, and for the work beside it. */
export function roomCheck(check: string, free: number, needed: number): Check {
  const fix = 'free some space, or choose a folder on another disk'
  if (free < needed) return warning(check, `${bytes(free)} free, and the sources alone have ${bytes(needed)}`, fix)
  return free < LITTLE ? warning(check, `only ${bytes(free)} free`, fix) : found(check, `${bytes(free)} free`)
}

/** The folder, or the nearest one above it that exists. */
async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    const isThere = await statfs(at).then(
      () => true,
      () => false,
    )
    if (isThere || dirname(at) === at) return at
  }
}

export interface Memory {
  readonly machine: number
  /** What the container may use; undefined, 0 or more than the machine has: it has no limit. */
  readonly container: number | undefined
  /** The limit of the definition. */
  readonly limit: number | undefined
  readonly processes: number
}

/** Warns when the tasks of a run may take more than there is: the system then ends them in the middle of their work. */
export function memoryCheck({ machine, container = 0, limit, processes }: Memory): Check {
  const isLimited = container > 0 && container < machine
  const there = isLimited ? container : machine
  const tasks = processes * workerMemory(limit, processes)
  const where = isLimited ? `this container may use ${bytes(there)}` : `this machine has ${bytes(there)}`
  const detail = `tasks get up to ${bytes(tasks)}${limit === undefined ? '' : ' by resources.memory_limit'}, and ${where}`
  if (tasks <= there) return found('memory', detail)
  const half = `${Math.max(256, Math.floor(there / 2e6))}MB`
  return warning(
    'memory',
    detail,
    `set \`resources: {memory_limit: ${half}}\` in the definition, run with fewer --workers, or allow more memory`,
  )
}
