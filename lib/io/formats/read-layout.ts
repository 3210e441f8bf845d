/** Reads as much of a delimited text as its layout needs. */
import { blocksOf } from '#io/bytes/copy.ts'
import { count } from '#core/text/numbers.ts'
import { HEAD_BYTES } from './detect.ts'
import { type Layout, planLayout } from './layout.ts'
import { MAX_RECORD_BYTES } from './record-limit.ts'
import type { ByteSource, LineMap, ReadSettings } from './source.ts'

export interface LayoutRequest {
  /** Its address without extensions of compressions, for what the name says about the dialect. */
  readonly name: string
  readonly settings: ReadSettings
  /** Bytes of the mark before the UTF-8. */
  readonly bom: number
  /** The rows its lines come from, where it was written from rows. */
  readonly rows: LineMap | undefined
}

/** From as much of the head as holds a record, and never more than a record may have. */
export async function readLayout(source: ByteSource, request: LayoutRequest): Promise<Layout> {
  const plan = (head: Uint8Array, whole: boolean) => planLayout(head, whole, request.bom, request.settings, request.name, request.rows)
  for (let length = HEAD_BYTES; length < MAX_RECORD_BYTES; length *= 8) {
    const layout = plan(await source.read(0, length), length >= source.size)
    if (layout !== null) return layout
  }
  const head = await source.read(0, request.bom + MAX_RECORD_BYTES)
  const layout = newlineIn(head) < 0 && source.size > head.length ? await layoutBelow(source, request) : plan(head, true)
  if (layout === null) throw new Error(`no layout found in ${head.length} bytes`)
  return layout
}

/**
 * The layout of a text whose first line is too long for a record: from the lines below. Their first is no header, because the first line of a text
 * is, unless a setting skips the long one.
 */
async function layoutBelow(source: ByteSource, { settings, bom, name, rows }: LayoutRequest): Promise<Layout | null> {
  const below = await endOfLine(source, bom)
  const { skip_lines = 0 } = settings
  const isSkipped = skip_lines > 0
  const head = await source.read(below, HEAD_BYTES)
  const known = { ...settings, ...(isSkipped ? { skip_lines: skip_lines - 1 } : { header: false }) }
  // of nothing, one column
  const layout = planLayout(head.length === 0 ? Buffer.from('-') : head, true, 0, known, name, rows)
  if (layout === null) return null
  const { dialect } = layout
  const first = `the first line has more than ${count(MAX_RECORD_BYTES, 'byte')}`
  if (isSkipped) {
    const start = below + layout.start
    return { ...layout, dialect: { ...dialect, skip_lines: dialect.skip_lines + 1 }, start, line: layout.line + 1, direct: false }
  }
  const doubt = `${first} and is not read; no header is looked for below it; to skip it, set skip_lines: 1 in the source of the discover step`
  return { ...layout, dialect: { ...dialect, skip_lines: 0 }, start: bom, line: 1, direct: false, doubts: [doubt], notes: [doubt] }
}

/** The offset behind the newline of the line that starts at an offset. */
async function endOfLine(source: ByteSource, from: number): Promise<number> {
  let at = from
  for await (const block of blocksOf(source, from)) {
    const newline = newlineIn(block)
    if (newline >= 0) {
      const [, next] = await source.read(at + newline, 2)
      return at + newline + (block[newline] === 13 && next === 10 ? 2 : 1)
    }
    at += block.length
  }
  return at
}

function newlineIn(bytes: Uint8Array): number {
  const [lf, cr] = [bytes.indexOf(10), bytes.indexOf(13)]
  return lf < 0 || cr < 0 ? Math.max(lf, cr) : Math.min(lf, cr)
}
