/** Rewrites the records of a text with one JSON value per line. */
import { copyRange } from '#io/bytes/copy.ts'
import type { ByteSink } from '#io/bytes/file.ts'
import { isTooLong } from './record-limit.ts'
import type { ByteSource } from './source.ts'
import { type Line, readLines } from './survey-lines.ts'

/**
 * Writes the lines behind a mark of `bom` bytes. `rewrite` returns the new text of a line, or null to keep its bytes. Lines keep their numbers, blank
 * lines stay, and each line ends with a newline.
 */
export async function rewriteLines(
  from: ByteSource,
  to: ByteSink,
  bom: number,
  rewrite: (text: string, record: number) => string | null,
): Promise<void> {
  let line = 1
  for await (const lines of readLines(from, { start: bom, end: from.size, line: 1, records_before: 0 })) {
    // latin1 keeps every byte, also of a line that is not UTF-8
    const parts: string[] = []
    for (const found of lines) {
      const { bytes, text, line: at, record } = found
      parts.push('\n'.repeat(at - line))
      line = at + 1
      if (isTooLong(found)) {
        await to.write(Buffer.from(parts.splice(0).join(''), 'latin1'))
        await copyLine(from, to, found)
        continue
      }
      const now = text === null ? null : rewrite(text.trim(), record)
      parts.push(
        now === null
          ? Buffer.from(bytes)
              .toString('latin1')
              .replace(/\r?\n$/, '')
          : Buffer.from(now).toString('latin1'),
        '\n',
      )
    }
    await to.write(Buffer.from(parts.join(''), 'latin1'))
  }
}

/** Copies a line as it is, whatever its length; it ends with a newline. */
export async function copyLine(from: ByteSource, to: ByteSink, { start, end }: Line): Promise<void> {
  await copyRange(from, to, start, end)
  const [last] = await from.read(end - 1, 1)
  if (last !== 10) await to.write(Buffer.from('\n'))
}

/** The elements of a valid JSON list, or the members of an object, as they are written. */
export function partsOf(json: string): readonly string[] {
  const parts: string[] = []
  let level = 0
  let start = 1
  for (const { 0: token, index } of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    if (token === '[' || token === '{') level++
    else if (token === ']' || token === '}') level--
    const isEnd = level === 0 || (level === 1 && token === ',')
    if (!isEnd) continue
    const part = json.slice(start, index).trim()
    if (part !== '' || parts.length > 0) parts.push(part)
    start = index + 1
  }
  return parts
}
