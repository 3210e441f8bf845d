/** Finds rows at the end of a delimited text that are probably totals, from a few bytes of it. */
import { rowOf } from './line-map.ts'
import { findingOf, oddKind, type OddRowContext, startOddRows } from './odd-rows.ts'
import { lineEnd, readRecords, type TextRecord } from './record-text.ts'
import type { ByteSource, ChunkSpan, Dialect, LineMap } from './source.ts'

/** Only texts of this size are added up. */
const SUMMED_BYTES = 1 << 20
/** Text that is read to count its lines. */
const MAX_BYTES = 1 << 25

/**
 * A finding about the totals; null if there are none. `tail` are the last bytes of the text; `rows`: where the lines come from, if the text
 * was rewritten.
 */
export async function findTotals(
  source: ByteSource,
  { chunks, tail }: { readonly chunks: readonly ChunkSpan[]; readonly tail: Uint8Array },
  dialect: Dialect,
  context: OddRowContext,
  rows: LineMap | undefined,
): Promise<string | null> {
  const [first, last] = [chunks[0], chunks.at(-1)]
  if (first === undefined || last === undefined || context.fields < 2) return null
  const end = Buffer.from(tail).toString('utf8')
  const possible = possibleTotal(end, dialect, context)
  if (possible === null) return null
  const isSmall = source.size - first.start <= SUMMED_BYTES
  const from = isSmall ? first : last
  if ((possible === 'sum' && !isSmall) || source.size - from.start > MAX_BYTES) return null
  const text = Buffer.from(await source.read(from.start, source.size - from.start)).toString('utf8')
  const found: TextRecord[] = []
  const totals = startOddRows<TextRecord>(
    new Set(['total']),
    { ...context, second_header: false },
    { data: () => {}, odd: (record) => found.push(record) },
  )
  for (const record of readRecords(text, dialect))
    if (record.kind === 'record' && record.bad === null && record.cells.length === context.fields) totals.take(record, 0, record.cells)
  totals.end()
  if (found.length === 0) return null
  // a label that also stands further up is a value like others
  let labels = 0
  for (const record of readRecords(isSmall ? text : end, dialect)) if (oddKind(record.cells, context) === 'total') labels++
  if (labels > found.length) return null
  const lineOf = ({ start }: TextRecord) => {
    const line = from.line + linesIn(text, start)
    return rows === undefined ? line : rowOf(rows, line)
  }
  return findingOf('total', found.map(lineOf), found[0]?.cells ?? [], rows === undefined ? 'line' : 'row')
}

/** Whether the last lines have the look of a total: with a label, or without one where others have theirs. */
function possibleTotal(tail: string, dialect: Dialect, context: OddRowContext): 'label' | 'sum' | null {
  const lines = tail.split(/\r\n|\r|\n/).filter((line) => line !== '')
  let isLast = true
  for (const line of lines.reverse().slice(0, 10)) {
    const [record] = readRecords(line, dialect)
    if (record === undefined || record.cells.length !== context.fields) continue
    const kind = oddKind(record.cells, context)
    if (kind === 'total') return 'label'
    if (kind === null && isLast && record.cells[0]?.trim() === '') return 'sum'
    if (kind === null) isLast = false
  }
  return null
}

function linesIn(text: string, to: number): number {
  let lines = 0
  for (let at = 0; at < to; at = lineEnd(text, at)) lines++
  return lines
}
