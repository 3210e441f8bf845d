/** Sizes of files without reading them completely: bytes as stored, records from a footer or estimated from the beginning. */
import type { Options } from '#io/connectors/connector.ts'
import { findFiles } from '#io/connectors/find.ts'
import { connectorOf } from '#io/connectors/index.ts'
import { detectCompression } from '#io/formats/compression.ts'
import { isParquet } from '#io/formats/format.ts'
import { readFooter } from '#io/formats/inspect-parquet.ts'
import type { SourceSize } from './sized-dataset.ts'

export interface SizedSource extends SourceSize {
  readonly name: string
  /** How the records were counted. */
  readonly by: 'footer' | 'count' | 'beginning' | 'guess'
}

/** Bytes read of each file. */
const BEGINNING = 262_144

/** Bytes of a record, if nothing better is known: a row of a dozen columns. */
const USUAL_RECORD_BYTES = 150

export async function sizesOf(patterns: readonly string[], folder: string, options: Options): Promise<readonly SizedSource[]> {
  const { files } = await findFiles(patterns, folder, options)
  return Promise.all(files.map(async ({ uri, name, bytes }) => ({ name, bytes, ...(await recordsOf(uri, bytes, options)) })))
}

async function recordsOf(uri: string, bytes: number, options: Options): Promise<Pick<SizedSource, 'records' | 'by'>> {
  const connector = await connectorOf(uri)
  if (connector.holds === 'tables')
    return { records: (await connector.partitions(uri, options)).reduce((sum, { rows }) => sum + rows, 0), by: 'count' }
  const source = await connector.open(uri)
  const head = await source.read(0, BEGINNING)
  if (isParquet(head, await source.read(Math.max(0, source.size - 4), 4)))
    return { records: (await readFooter(source, uri, 1)).records, by: 'footer' }
  if (detectCompression(head, uri) !== 'none') return { records: guessedRecords(bytes), by: 'guess' }
  const lines = head.reduce((count, byte) => (byte === LINE_FEED ? count + 1 : count), 0)
  // a header adds a line; the last line of the beginning is incomplete, which compensates for it
  if (head.length === source.size) return { records: Math.max(0, lines - 1), by: 'beginning' }
  return { records: lines === 0 ? 1 : Math.round((lines * bytes) / head.length), by: 'beginning' }
}

const LINE_FEED = 0x0a

export const guessedRecords = (bytes: number) => Math.ceil(bytes / USUAL_RECORD_BYTES)
