/** Files as sources to read from and sinks to write to. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { open, rm, stat } from 'node:fs/promises'
import { TaskError } from '../runtime/errors.ts'
import { systemError } from '../runtime/system-error.ts'
import type { ByteSource } from './source.ts'

/**
 * A file as a source. It is opened anew for each read, so nothing needs closing, and a file that was changed or replaced
 * since is found out: Data.SourceChanged. Data.NoSources, Data.Unreadable when it is not there or may not be read.
 */
export async function openFile(path: string): Promise<ByteSource> {
  const facts = await stat(path).catch((error: unknown) => {
    throw readingError(error, path)
  })
  if (facts.isDirectory()) throw isFolder(path)
  const size = facts.size
  const fingerprint = fingerprintOf(facts)

  // synchronous, because a block costs a tenth of a millisecond and four trips to the thread pool cost a whole one
  function readNow(target: Uint8Array, offset: number): number {
    let file: number | undefined
    try {
      file = openSync(path, 'r')
      if (fingerprintOf(fstatSync(file)) !== fingerprint) throw sourceChanged(path)
      let done = 0
      while (done < target.length) {
        const got = readSync(file, target, done, atOnce(target.length - done), offset + done)
        if (got === 0) break
        done += got
      }
      if (done < Math.min(target.length, size - offset)) throw sourceChanged(path)
      return done
    } catch (error) {
      throw readingError(error, path)
    } finally {
      if (file !== undefined) closeSync(file)
    }
  }

  return {
    size,
    fingerprint,
    path,
    readInto: async (target, offset) => readNow(target, offset),
    async read(offset, length) {
      const target = new Uint8Array(Math.max(0, Math.min(length, size - offset)))
      readNow(target, offset)
      return target
    },
  }
}

/** How many of so many bytes one call is asked for: the system's calls take lengths of 31 bits, and more comes back as a negative number. */
export const atOnce = (bytes: number) => Math.min(bytes, 2 ** 30)

/** What a path's content is recognised by: its size and the time of its last change. */
const fingerprintOf = (facts: { size: number; mtimeMs: number }) => `${facts.size}-${facts.mtimeMs}`

export const sourceChanged = (path: string) =>
  new TaskError('Data.SourceChanged', `${path} was changed while the run was reading it`, {
    hint: 'run again when nothing writes to it, or read a copy',
  })

const isFolder = (path: string) =>
  new TaskError('Data.Unreadable', `${path} is a folder, not a file`, {
    hint: `name the files in it, as in ${path.replace(/\/$/, '')}/*.csv`,
  })

function readingError(error: unknown, path: string): TaskError {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EISDIR') return isFolder(path)
  if (code === 'ENOTDIR') return new TaskError('Data.NoSources', `reading ${path}: there is no such file`, { cause: error })
  return systemError(error, `reading ${path}`)
}

/** Removes a file; one that is not there is no error. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true })
}

/** Bytes written one after another; small writes are gathered. Output.* and Transient.* when that fails. */
export interface ByteSink {
  /** The bytes may be reused as soon as the promise is kept. */
  write(bytes: Uint8Array): Promise<void>
  /** Bytes written so far. */
  readonly bytes: number
  close(): Promise<void>
}

const GATHER = 1 << 20

export async function createFile(path: string): Promise<ByteSink> {
  const failed = (error: unknown) => {
    throw systemError(error, `writing ${path}`)
  }
  const file = await open(path, 'w').catch(failed)
  const gathered = new Uint8Array(GATHER)
  let filled = 0
  let bytes = 0

  async function put(part: Uint8Array): Promise<void> {
    for (let done = 0; done < part.length; ) done += (await file.write(part, done, atOnce(part.length - done)).catch(failed)).bytesWritten
  }
  async function flush(): Promise<void> {
    await put(gathered.subarray(0, filled))
    filled = 0
  }
  return {
    get bytes() {
      return bytes
    },
    async write(part) {
      bytes += part.length
      const isLarge = part.length > GATHER / 4
      if (isLarge || filled + part.length > GATHER) await flush()
      if (isLarge) return put(part)
      gathered.set(part, filled)
      filled += part.length
    },
    async close() {
      try {
        await flush()
      } finally {
        await file.close()
      }
    },
  }
}

/** A file that is written here and there; what is between takes no room where the disk knows holes. */
export interface SparseFile {
  write(bytes: Uint8Array, offset: number): Promise<void>
  close(): Promise<void>
}

export async function createSparseFile(path: string): Promise<SparseFile> {
  const failed = (error: unknown) => {
    throw systemError(error, `writing ${path}`)
  }
  const file = await open(path, 'w').catch(failed)
  return {
    async write(bytes, offset) {
      for (let done = 0; done < bytes.length; )
        done += (await file.write(bytes, done, atOnce(bytes.length - done), offset + done).catch(failed)).bytesWritten
    },
    close: () => file.close(),
  }
}
