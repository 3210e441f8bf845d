/**
 * Watches folders for new files and sends each to its pipeline as S3 would report the upload. It looks at the folders again and again, which
 * works on every file system. A file counts when it has not changed for a while, so one that is still being copied waits. The same content
 * under the same name starts one run, also after a restart: its start is recorded in the store.
 */
import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { Json } from '#core/json.ts'
import { MANIFEST } from '#io/publish/manifest.ts'
import type { Log } from '#run/starts/start.ts'
import type { Watched } from './buckets.ts'
import type { Send } from './scheduler.ts'

export interface WatcherWorld {
  readonly watched: readonly (Watched & { readonly send: Send })[]
  /** Milliseconds for which a file must not have changed. */
  readonly settle: number
  /** The folder of the store, which is never watched. */
  readonly store: string
  readonly log: Log
}

export interface Watcher {
  /** Looks at all folders once. `elapsed` grows with time. */
  look(elapsed: number): Promise<void>
}

interface Seen {
  /** Of the file as it is: it changes with the content. */
  readonly print: string
  readonly since: number
  state: 'changing' | 'held' | 'done'
}

interface Found {
  readonly path: string
  readonly key: string
  readonly size: number
  readonly modified: Date
  readonly print: string
}

export function openWatcher({ watched, settle, store, log }: WatcherWorld): Watcher {
  const lines = watched.map((one) => ({ ...one, files: new Map<string, Seen>(), held: new Map<string, Found>(), heldSince: 0 }))
  type Line = (typeof lines)[number]

  async function lookAt(line: Line, elapsed: number): Promise<void> {
    const found = (await filesBelow(line.folder, store)).filter((path) => matches(keyOf(path, line), line))
    const there = new Set(found)
    for (const path of line.files.keys()) if (!there.has(path)) line.files.delete(path)
    for (const path of found) {
      const file = await factsOf(path, line)
      if (file === undefined) continue
      const seen = line.files.get(path)
      if (seen === undefined || seen.print !== file.print) line.files.set(path, { print: file.print, since: elapsed, state: 'changing' })
      else if (seen.state === 'changing' && elapsed - seen.since >= settle) await hold(line, file, seen, elapsed)
    }
    if (line.held.size > 0 && elapsed - line.heldSince >= line.wait * 1000) await sendHeld(line)
  }

  async function hold(line: Line, file: Found, seen: Seen, elapsed: number): Promise<void> {
    if (await isOwnOutput(file.path, line)) {
      seen.state = 'done'
      log.info('nothing to start', { pipeline: line.pipeline.id, file: file.path, why: 'the pipeline published it' })
      return
    }
    if (line.held.size === 0) line.heldSince = elapsed
    seen.state = 'held'
    line.held.set(file.path, file)
  }

  /** Files that could not be started stay, for the next look. */
  async function sendHeld(line: Line): Promise<void> {
    const messages = [...line.held.values()].map((file) => ({ id: file.path, body: JSON.stringify(uploadOf(file, line.bucket)) }))
    const again = new Set(await line.send(messages))
    for (const path of [...line.held.keys()]) {
      if (again.has(path)) continue
      line.held.delete(path)
      const seen = line.files.get(path)
      if (seen?.state === 'held') seen.state = 'done'
    }
  }

  return {
    look: async (elapsed) => {
      for (const line of lines)
        await lookAt(line, elapsed).catch((error: unknown) =>
          log.error('a folder could not be watched', { pipeline: line.pipeline.id, folder: line.folder, reason: error }),
        )
    },
  }
}

const keyOf = (path: string, { root }: Watched) => relative(root, path).split(sep).join('/')
const matches = (key: string, { prefix, suffix }: Watched) => key.startsWith(prefix) && key.endsWith(suffix)

/** Plain files only: a link may lead out of the folder. Files of the system and drafts begin with a dot. */
async function filesBelow(folder: string, store: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException): Dirent[] => {
    // it may come later
    if (error.code === 'ENOENT') return []
    throw error
  })
  const nested = entries.map(async (entry): Promise<readonly string[]> => {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.') || path === store) return []
    if (entry.isDirectory()) return filesBelow(path, store)
    return entry.isFile() ? [path] : []
  })
  return (await Promise.all(nested)).flat().sort()
}

/** Undefined if the file is gone meanwhile. */
async function factsOf(path: string, line: Watched): Promise<Found | undefined> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (facts === undefined) return undefined
  const print = createHash('sha256').update(`${facts.size} ${facts.mtimeMs} ${facts.ino}`).digest('hex').slice(0, 32)
  return { path, key: keyOf(path, line), size: facts.size, modified: facts.mtime, print }
}

/** Whether a manifest beside the file, or above it in the watched folder, says that the pipeline published it. */
async function isOwnOutput(path: string, { folder, pipeline }: Watched): Promise<boolean> {
  for (let above = dirname(path); ; above = dirname(above)) {
    const text = await readFile(join(above, MANIFEST), 'utf8').catch(() => undefined)
    if (text !== undefined && listsIt(text, relative(above, path).split(sep).join('/'), pipeline.id)) return true
    if (relative(folder, above) === '' || above === dirname(above)) return false
  }
}

/** Somebody else's file of that name says nothing. */
function listsIt(text: string, name: string, pipeline: string): boolean {
  try {
    const manifest = JSON.parse(text) as { readonly pipeline?: unknown; readonly files?: readonly { readonly name?: unknown }[] }
    return manifest.pipeline === pipeline && Array.isArray(manifest.files) && manifest.files.some((file) => file?.name === name)
  } catch {
    return false
  }
}

/** As EventBridge reports an upload. */
function uploadOf({ key, size, modified, print }: Found, bucket: string): Json {
  return {
    version: '0',
    id: print,
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '',
    time: modified.toISOString(),
    region: 'local',
    resources: [],
    detail: {
      bucket: { name: bucket },
      object: { key, size, etag: print, sequencer: Math.round(modified.getTime()).toString(16).padStart(16, '0') },
    },
  }
}
