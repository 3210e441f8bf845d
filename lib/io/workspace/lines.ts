/** Text files of lines of any length and number: CSV, and JSON lines that are read back. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { systemError } from '#core/errors/system-error.ts'

/** Characters written or read at a time: one stream chunk per line takes longer than generating the lines. */
const AT_A_TIME = 1 << 18

/** Writes lines, each with its newline. Throws Output.NoSpace or Output.Unwritable. */
export async function writeText(path: string, lines: AsyncIterable<string>): Promise<void> {
  const refused = (error: unknown) => {
    throw systemError(error, `writing ${path}`)
  }
  const file = await open(path, 'w').catch(refused)
  try {
    let text = ''
    for await (const line of lines) {
      text += line
      if (text.length < AT_A_TIME) continue
      await file.writeFile(text).catch(refused)
      text = ''
    }
    await file.writeFile(text).catch(refused)
  } finally {
    await file.close()
  }
}

/** Writes each value as a line of JSON. */
export async function writeLines(path: string, values: AsyncIterable<unknown>): Promise<void> {
  async function* lines() {
    for await (const value of values) yield `${JSON.stringify(value)}\n`
  }
  await writeText(path, lines())
}

/**
 * Reads the lines back, several at a time. Only a newline ends a line: Node's readline also stops at U+2028, which JSON may contain
 * unescaped.
 */
export async function* readLines<T>(path: string): AsyncGenerator<readonly T[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of createReadStream(path, { highWaterMark: AT_A_TIME })) {
    const lines = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (lines.length > 0) yield lines.map((line) => JSON.parse(line) as T)
  }
  // a truncated file: the rest is not JSON, and fails
  rest += decoder.decode()
  if (rest !== '') yield [JSON.parse(rest) as T]
}
