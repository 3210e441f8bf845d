/**
 * JSON numbers that the parser would round: it reads decimals as 64-bit floats. They are quoted, so that all their digits are read. Whole
 * numbers keep their digits anyway.
 */
import type { ByteSink } from '#io/bytes/file.ts'
import { hasRounded, isJson, isRounded, TOKENS } from './json-numbers.ts'
import { isTooLong } from './record-limit.ts'
import { copyLine } from './rewrite-lines.ts'
import { readLines } from './survey-lines.ts'
import type { ByteSource } from './source.ts'

/** Copies the lines, with such numbers in quotes. Lines that are no JSON stay as they are. */
export async function quoteInexact(from: ByteSource, to: ByteSink, bom: number): Promise<void> {
  for await (const lines of readLines(from, { start: bom, end: from.size, line: 1, records_before: 0 })) {
    const parts: Uint8Array[] = []
    for (const line of lines) {
      const { bytes, text } = line
      if (isTooLong(line)) {
        await to.write(Buffer.concat(parts.splice(0)))
        await copyLine(from, to, line)
      } else parts.push(text === null || !hasRounded(text) || !isJson(text) ? bytes : Buffer.from(`${quoted(text)}\n`))
    }
    await to.write(Buffer.concat(parts))
  }
}

const quoted = (line: string) => line.replace(TOKENS, (token) => (isRounded(token) ? `"${token}"` : token))
