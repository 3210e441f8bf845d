/** Writing rows as one file, or as several where one would be larger than allowed. */
import { copyFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { TaskError } from '#core/errors/errors.ts'
import { bytes as shown, count } from '#core/text/numbers.ts'
import type { Part } from '#data/pass/outcome.ts'
import { copyTo, extensionOf, type SinkTarget } from '#data/pass/pass.ts'
import type { Session } from '#io/duckdb/session.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { describePart } from './segment.ts'

interface Rows {
  /** SQL that gives the rows in their order. */
  readonly select: string
  /** The number of its columns. */
  readonly columns: number
  readonly rows: number
  readonly form: SinkTarget
  /** The largest size of a file in bytes; null: any. */
  readonly most: number | null
  /** The number of the first file among those of the step. */
  readonly first: number
  readonly step: string
}

/** The files, each with consecutive rows; about equally many. Definition.InvalidSetting when a single row is larger than a file may be. */
export async function writePieces(session: Session, rows: Rows, context: TaskContext): Promise<readonly Part[]> {
  let pieces = 1
  for (;;) {
    const { parts, largest } = await writeAll(session, rows, pieces, context)
    if (rows.most === null || largest <= rows.most) return parts
    if (pieces >= rows.rows)
      throw new TaskError(
        'Definition.InvalidSetting',
        `a file with one row has ${shown(largest)}, and \`max_file_bytes\` is ${shown(rows.most)}`,
        { step: rows.step, hint: 'increase it', path: 'with.max_file_bytes' },
      )
    // rows differ in size, and every file has a part that does not depend on its rows
    pieces = Math.min(rows.rows, Math.max(pieces * 2, Math.ceil((largest * pieces * 1.1) / rows.most)))
  }
}

async function writeAll(session: Session, { select, columns, rows, form, first, most }: Rows, pieces: number, context: TaskContext) {
  const { store, workspace, scratch, step } = context
  const written = join(scratch, 'piece')
  const each = Math.ceil(rows / pieces)
  const parts: Part[] = []
  let largest = 0
  for (let at = 0; at < pieces; at++) {
    const own = Math.min(each, rows - at * each)
    if (own <= 0 && at > 0) break
    const slice = pieces === 1 ? select : `SELECT * FROM (${select}) LIMIT ${own} OFFSET ${at * each}`
    await session.run(copyTo(slice, written, form, columns))
    const key = workspace.outputFile(step, first + at, extensionOf(form))
    const { part } = await describePart(session, written, key, form, own)
    largest = Math.max(largest, part.bytes)
    // the others are not needed: more and smaller ones follow
    if (most !== null && largest > most && pieces < rows) {
      await rm(written)
      return { parts: [], largest }
    }
    const draft = await store.createLocal(key)
    try {
      await moveFile(written, draft.path)
      await draft.publish()
    } finally {
      await draft.discard()
    }
    parts.push(part)
  }
  if (parts.length > 1) context.log(`wrote ${count(parts.length, 'file')} in place of one, the largest with ${shown(largest)}`)
  return { parts, largest }
}

/** Moves a file to the store, which may be on another disk. */
export async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error
    await copyFile(from, to)
    await rm(from)
  })
}
