/**
 * A file of JSON lines that grows while a run continues. Each line is passed to the system in one piece before `add` returns, so it is
 * there also when the process is killed a moment later. A line that was cut off, by a full disk or a kill, is taken back before the next.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemError } from '#core/errors/system-error.ts'

export interface Journal {
  /** Adds a value as a line. If it cannot be written, the next call and `close` try again. After `close`, it writes nothing. */
  add(value: unknown): void
  /** Writes what is left; the error when that is not possible. May be called again. */
  close(): Error | undefined
}

/** `continued`: lines of before stay, but for the last when it was cut off. */
export function openJournal(path: string, continued: boolean): Journal {
  let file: number | undefined
  let size = 0
  let left = ''
  let closed = false

  function open(): number {
    if (file !== undefined) return file
    mkdirSync(dirname(path), { recursive: true })
    size = continued ? wholeLines(path) : 0
    file = openSync(path, 'a')
    ftruncateSync(file, size)
    return file
  }

  function flush(): Error | undefined {
    try {
      const goal = open()
      const bytes = Buffer.from(left)
      const written = writeSync(goal, bytes)
      if (written < bytes.length) {
        // a part of the line only: no reader may take it for a line
        ftruncateSync(goal, size)
        throw Object.assign(new Error('no room for the whole line'), { code: 'ENOSPC' })
      }
      size += written
      left = ''
      return undefined
    } catch (error) {
      return systemError(error, `writing ${path}`)
    }
  }

  return {
    add(value) {
      // the system may have given the number of the closed file to another one
      if (closed) return
      left += `${JSON.stringify(value)}\n`
      flush()
    },
    close() {
      if (closed) return undefined
      const failure = left === '' ? undefined : flush()
      closed = true
      if (file !== undefined) closeSync(file)
      return failure
    },
  }
}

/** How many bytes of a file are whole lines. */
function wholeLines(path: string): number {
  try {
    return readFileSync(path).lastIndexOf(10) + 1
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}
