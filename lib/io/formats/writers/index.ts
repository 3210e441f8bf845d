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

export interface NamedWriter {
  readonly writer: WriterKind
  /** Undefined where the names of its files do not say it. */
  readonly compression: string | undefined
}

/** What writes a file of that name; undefined for the address of a folder. */
export function writerByName(uri: string): NamedWriter | undefined {
  const name = uri.slice(uri.lastIndexOf('/') + 1).toLowerCase()
  for (const writer of WRITERS) {
    const { compressions, extension, aliases = [] } = writer
    for (const compression of compressions) {
      const extensions = [extension(compression), ...aliases.map((alias) => extension(compression).replace(writer.name, alias))]
      if (!extensions.some((one) => name.endsWith(`.${one}`))) continue
      return { writer, compression: new Set(compressions.map(extension)).size === 1 ? undefined : compression }
    }
  }
  return undefined
}
