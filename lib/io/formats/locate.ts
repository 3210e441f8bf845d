/** Finds the raw text of single records by reading only the chunks that contain them. */
import { openKernel } from './kernel.ts'
import { LAYOUTS } from './layouts.ts'
import { rowOf } from './line-map.ts'
import { openText, type ReadContext } from './open-text.ts'
import { isTooLong, SHOWN_BYTES } from './record-limit.ts'
import { blockFor, scanText } from './scan.ts'
import type { ByteSource, ChunkSpan, Inspection } from './source.ts'
import { readLines } from './survey-lines.ts'

export interface Located {
  readonly record: number
  /** Physical line or row of the file the record starts on. */
  readonly line: number
  /** Its byte range with its newline, in the text as read. */
  readonly start: number
  readonly end: number
  /** Where it starts in the file's own text; null where the text as read was made from something else. */
  readonly byte: number | null
  /** Without its newline; bytes that are not UTF-8 show as U+FFFD. The beginning of a record that is too long. */
  readonly raw: string
}

/**
 * The records with these numbers (ascending), good or bad, in their order. Typed files have no text: line 0 and nothing raw.
 * Data.SourceChanged when the source is not what was inspected.
 */
export async function* locate(inspection: Inspection, records: readonly number[], context: ReadContext): AsyncGenerator<Located> {
  const { text, release } = await openText(inspection, context)
  try {
    const find = finder(inspection, text)
    let at = 0
    for (const chunk of inspection.chunks) {
      const wanted: number[] = []
      for (let record = records[at]; record !== undefined && record < chunk.first + chunk.records; record = records[++at])
        wanted.push(record)
      if (wanted.length > 0) for (const found of await find(chunk, wanted)) yield placed(found, inspection)
    }
  } finally {
    await release()
  }
}

/** A record by its place in the text as read. */
type InText = Omit<Located, 'byte'>

const placed = (found: InText, { rows }: Inspection): Located =>
  rows === undefined ? { ...found, byte: found.start } : { ...found, line: rowOf(rows, found.line), byte: null }

type Finder = (chunk: ChunkSpan, wanted: readonly number[]) => Promise<readonly InText[]>

function finder(inspection: Inspection, text: ByteSource): Finder {
  if (LAYOUTS[inspection.layout].typed) return async (_, wanted) => wanted.map((record) => ({ record, line: 0, start: 0, end: 0, raw: '' }))
  if (inspection.dialect === null) return (chunk, wanted) => findLines(text, chunk, wanted)
  const settings = { dialect: inspection.dialect, fields: inspection.columns.length, chunk_rows: 2 ** 31 - 1 }
  const kernel = openKernel(settings, blockFor({ start: 0, end: text.size }))
  return async (chunk, wanted) => {
    const found: InText[] = []
    kernel.setTarget(wanted[0] ?? 0)
    const range = { start: chunk.start, end: chunk.end, line: chunk.line, records_before: chunk.first - 1 }
    await scanText(text, range, kernel, async (event, textOf) => {
      if (event.kind !== 'target') return
      const { record, line, start, end } = event
      const shown = isTooLong(event) ? start + SHOWN_BYTES : end
      found.push({ record, line, start, end, raw: withoutNewline(await textOf(start, shown)) })
      kernel.setTarget(wanted[found.length] ?? 0)
    })
    return found
  }
}

async function findLines(text: ByteSource, chunk: ChunkSpan, wanted: readonly number[]): Promise<readonly InText[]> {
  const found: InText[] = []
  for await (const lines of readLines(text, { ...chunk, records_before: chunk.first - 1 })) {
    for (const { record, line, start, end, bytes } of lines) {
      if (record === wanted[found.length]) found.push({ record, line, start, end, raw: withoutNewline(bytes) })
    }
    if (found.length === wanted.length) break
  }
  return found
}

/** A character that the bytes cut off is left out. */
const withoutNewline = (bytes: Uint8Array) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: bytes.length === SHOWN_BYTES }).replace(/\r?\n$|\r$/, '')
