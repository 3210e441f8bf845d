/** JSON lines, one by one, however many. */
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { systemError } from '../runtime/system-error.ts'

/** Writes each value as a line of JSON. */
export async function writeLines(path: string, values: AsyncIterable<unknown>): Promise<void> {
  async function* lines() {
    for await (const value of values) yield `${JSON.stringify(value)}\n`
  }
  await pipeline(Readable.from(lines()), createWriteStream(path)).catch((error: unknown) => {
    throw systemError(error, `writing ${path}`)
  })
}

/** Reads them back. */
export async function* readLines<T>(path: string): AsyncGenerator<T> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })
  for await (const line of lines) if (line !== '') yield JSON.parse(line) as T
}
