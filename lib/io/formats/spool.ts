/** Writes chunks of a source to a file for the parser: only records that the parser reads as they were counted. */
import { join } from 'node:path'
import { createFile, removeFile } from '#io/bytes/file.ts'
import { LAYOUTS } from './layouts.ts'
import { copyRowGroups } from './parquet-part.ts'
import { openText, type ReadContext } from './open-text.ts'
import type { BadRecord, ByteRange, ByteSource, Inspection, NewLine } from './source.ts'
import { copyRange } from '#io/bytes/copy.ts'

export interface Spool {
  readonly path: string
  /** Whether the first record of the file is the header. */
  readonly skip_header: boolean
  readonly new_line: NewLine
  /** The size of the file, and of its longest record including blank lines before it. */
  readonly bytes: number
  readonly longest_record: number
  /** Whether the parser's buffer must hold the whole file. */
  readonly one_piece: boolean
  /** The number of records in it, all of them good. */
  readonly records: number
  /** Parquet: the rows of the file to read, from 0; null for all. `end` is after the last row. */
  readonly rows: ByteRange | null
  /** The number in the source of a record of the file, from 0. */
  record(row: number): number
  release(): Promise<void>
}

let spools = 0

/**
 * Makes chunks `first_chunk` to `last_chunk` readable until `release`: the source's own file if nothing has to be left out, otherwise a
 * copy in the scratch folder. Throws Data.SourceChanged if the source is not the one that was inspected.
 */
export async function spool(inspection: Inspection, first_chunk: number, last_chunk: number, context: ReadContext): Promise<Spool> {
  const chunks = inspection.chunks.slice(first_chunk, last_chunk + 1)
  const [first] = chunks
  const last = chunks.at(-1)
  if (first === undefined || last === undefined || chunks.length !== last_chunk - first_chunk + 1) {
    throw new Error(`${inspection.uri} has no chunks ${first_chunk} to ${last_chunk}`)
  }
  const bad = within(inspection.bad, first.start, last.end)
  const records = chunks.reduce((sum, chunk) => sum + chunk.records, 0) - bad.length
  const facts = { new_line: inspection.new_line, longest_record: inspection.longest_record, one_piece: inspection.one_piece, records }
  const isWhole = chunks.length === inspection.chunks.length
  const { text, release } = await openText(inspection, context)

  if (LAYOUTS[inspection.layout].typed) {
    const rows = { start: first.first - 1, end: first.first - 1 + records }
    const found = { ...facts, skip_header: false, bytes: text.size, record: (row: number) => first.first + row }
    if (text.path !== undefined && isPlain(text.path)) return { ...found, path: text.path, rows: isWhole ? null : rows, release }
    try {
      const path = await localParquet(text, rows, context.scratch)
      return { ...found, path, rows: null, release: () => removeFile(path) }
    } finally {
      await release()
    }
  }
  const record = numbering(first.first, bad)
  if (inspection.direct && isWhole && text.path !== undefined && isPlain(text.path)) {
    return { ...facts, path: text.path, skip_header: inspection.dialect?.header ?? false, bytes: text.size, rows: null, record, release }
  }
  const cuts = [...bad, ...within(inspection.cuts, first.start, last.end)].sort((a, b) => a.start - b.start)
  try {
    const { path, bytes } = await copyWithout(text, { start: first.start, end: last.end }, cuts, context.scratch)
    return { ...facts, path, skip_header: false, bytes, rows: null, record, release: () => removeFile(path) }
  } finally {
    await release()
  }
}

/** The parser treats a path as a pattern if it contains one of these. */
export const isPlain = (path: string) => !/[*?[\]{}\\]/.test(path)

/** Writes rows of a Parquet file, which are whole row groups, to a file in the scratch folder. */
export async function localParquet(source: ByteSource, rows: ByteRange, scratch: string): Promise<string> {
  const path = join(scratch, `spool-${++spools}`)
  await copyRowGroups(source, rows, path)
  return path
}

async function copyWithout(
  text: ByteSource,
  range: ByteRange,
  cuts: readonly ByteRange[],
  scratch: string,
): Promise<{ readonly path: string; readonly bytes: number }> {
  const path = join(scratch, `spool-${++spools}`)
  const sink = await createFile(path)
  const inOrder = text.ahead?.(range.start, range.end) ?? text
  try {
    let done = range.start
    for (const cut of cuts) {
      await copyRange(inOrder, sink, done, cut.start)
      done = cut.end
    }
    await copyRange(inOrder, sink, done, range.end)
  } finally {
    await sink.close()
  }
  return { path, bytes: sink.bytes }
}

/** The entries of an ascending list within a range. */
function within<T extends ByteRange>(entries: readonly T[], start: number, end: number): readonly T[] {
  return entries.slice(countBefore(entries, start), countBefore(entries, end))
}

function countBefore(entries: readonly ByteRange[], offset: number): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((entries[middle]?.start ?? 0) < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** Maps rows, which exclude bad records, to record numbers, which include them. */
function numbering(first: number, bad: readonly BadRecord[]): (row: number) => number {
  // the number of good records before each bad one
  const before = bad.map(({ record }, at) => record - first - at)
  return (row) => {
    let low = 0
    let high = before.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((before[middle] ?? 0) <= row) low = middle + 1
      else high = middle
    }
    return first + row + low
  }
}
