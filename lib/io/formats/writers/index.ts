/** The one list of writers. To add a format to write: its file, and a line here. */
import { csvWriter } from './csv.ts'
import { jsonWriter, ndjsonWriter } from './json.ts'
import { parquetWriter } from './parquet.ts'
import type { WriterKind } from './writer.ts'

export const WRITERS: readonly WriterKind[] = [parquetWriter, csvWriter, jsonWriter, ndjsonWriter]

export const WRITER_NAMES = WRITERS.map(({ name }) => name) as [string, ...string[]]

/** What an export writes where nothing else is set, and what travels between two segments of a run. */
export const DEFAULT_WRITER = parquetWriter

/** Compressions some writer has. */
export const WRITTEN_COMPRESSIONS = [...new Set(WRITERS.flatMap(({ compressions }) => compressions))] as [string, ...string[]]

export function writerCalled(name: string): WriterKind {
  const kind = WRITERS.find((known) => known.name === name)
  if (kind === undefined) throw new Error(`unknown format ${name}`)
  return kind
}
