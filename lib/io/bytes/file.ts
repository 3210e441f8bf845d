/** Files as sources and sinks. */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { open, realpath, rm, stat } from 'node:fs/promises'
import { TaskError } from '#core/errors/errors.ts'
import { systemError } from '#core/errors/system-error.ts'
import type { ByteSource } from './source.ts'

/**
 * A file as a source. It is reopened for each read, so it needs no closing, and a changed or replaced file is detected: Data.SourceChanged.
 * Throws Data.NoSources or Data.Unreadable if it does not exist, is not a file, or cannot be read.
 */
export async function openFile(path: string): Promise<ByteSource> {
  const failed = (error: unknown) => {
    throw readingError(error, path)
  }
  const facts = await stat(path, { bigint: true }).catch(failed)
  assertFile(path, facts)
  // the real path, so that a link changed later cannot lead native code elsewhere or out of its folders
  const real = await realpath(path).catch(failed)
  const size = Number(facts.size)
  const fingerprint = fingerprintOf(facts)

  // synchronous, because a block takes a tenth of a millisecond, and four trips to the thread pool a whole one
  function readNow(target: Uint8Array, offset: number): number {
    let file: number | undefined
    try {
      // the file may have been replaced by a pipe, and opening that would wait for a writer
      file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
      assertSame(file)
      let done = 0
      while (done < target.length) {
        const got = readSync(file, target, done, atOnce(target.length - done), offset + done)
        if (got === 0) break
        done += got
      }
      assertSame(file)
      if (done < Math.min(target.length, size - offset)) throw sourceChanged(path)
      return done
    } catch (error) {
      throw readingError(error, path)
    } finally {
      if (file !== undefined) closeSync(file)
    }
  }

  function assertSame(file: number): void {
    if (fingerprintOf(fstatSync(file, { bigint: true })) !== fingerprint) throw sourceChanged(path)
  }

  if (size === 0 && readNow(new Uint8Array(1), 0) > 0) throw sizeless(path)
  return {
    size,
    fingerprint,
    path: real,
    assertUnchanged: async () => {
      readNow(new Uint8Array(0), 0)
    },
    readInto: async (target, offset) => readNow(target, offset),
    async read(offset, length) {
      const target = new Uint8Array(Math.max(0, Math.min(length, size - offset)))
      readNow(target, offset)
      return target
    },
  }
}

/** How many bytes to request per call: system calls take 31-bit lengths, and larger results come back as negative numbers. */
export const atOnce = (bytes: number) => Math.min(bytes, 2 ** 30)

/**
 * The fingerprint of a path's content. It includes the inode change time, which unlike the modification time cannot be set back, so that
 * text of the same length written later is detected.
 */
const fingerprintOf = ({ ino, size, mtimeNs, ctimeNs }: BigIntStats) => `${size}-${ino}-${mtimeNs}-${ctimeNs}`

/** The end of a pipe is unknown, and it cannot be read twice. */
function assertFile(path: string, facts: BigIntStats): void {
  if (facts.isFile()) return
  if (facts.isDirectory()) throw isFolder(path)
  const what = facts.isFIFO() ? 'a pipe' : facts.isSocket() ? 'a socket' : 'a device'
  throw new TaskError('Data.Unreadable', `${path} is ${what}, not a file; a run reads its sources more than once`, {
    hint: 'write the data to a file first, and use that file',
  })
}

const sizeless = (path: string) =>
  new TaskError('Data.Unreadable', `${path} reports a size of 0 bytes but contains data, like files of /proc and /sys`, {
    hint: 'copy it to a file with cat, and use that file',
  })

export const sourceChanged = (path: string) =>
  new TaskError('Data.SourceChanged', `${path} was changed while the run was reading it`, {
    hint: 'run again when no program writes to it, or read a copy',
  })

const isFolder = (path: string) =>
  new TaskError('Data.Unreadable', `${path} is a folder, not a file`, {
    hint: `specify the files in it, such as ${path.replace(/\/$/, '')}/*.csv`,
  })

function readingError(error: unknown, path: string): TaskError {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EISDIR') return isFolder(path)
  if (code === 'ENOTDIR') return new TaskError('Data.NoSources', `reading ${path}: no such file`, { cause: error })
  return systemError(error, `reading ${path}`)
}

/** Removes a file; a missing file is not an error. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true })
}

/** Writes bytes sequentially; small writes are buffered. Throws Output.* and Transient.*. */
export interface ByteSink {
  /** The buffer may be reused when the promise resolves. */
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
  const buffer = new Uint8Array(GATHER)
  let filled = 0
  let bytes = 0

  async function put(part: Uint8Array): Promise<void> {
    for (let done = 0; done < part.length; ) done += (await file.write(part, done, atOnce(part.length - done)).catch(failed)).bytesWritten
  }
  async function flush(): Promise<void> {
    await put(buffer.subarray(0, filled))
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
      buffer.set(part, filled)
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

/** A file written at several offsets; gaps take no space on a file system with sparse files. */
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
