/** How large files are, without reading them through: bytes as they lie there, records as their format estimates them. */
import type { Options } from '#io/connectors/connector.ts'
import { findFiles } from '#io/connectors/find.ts'
import { connectorOf } from '#io/connectors/index.ts'
import { beginningOf, compressionOf, detectBinary, refuseKnown } from '#io/formats/detect.ts'
import { type Estimate, guessedRecords } from '#io/formats/kinds/format.ts'
import type { SourceSize } from './sized-dataset.ts'

export interface SizedSource extends SourceSize {
  readonly name: string
  /** How the records were counted. */
  readonly by: Estimate['by'] | 'count'
}

export async function sizesOf(patterns: readonly string[], folder: string, options: Options): Promise<readonly SizedSource[]> {
  const { files } = await findFiles(patterns, folder, options)
  return Promise.all(files.map(async ({ uri, name, bytes }) => ({ name, bytes, ...(await recordsOf(uri, bytes, options)) })))
}

async function recordsOf(uri: string, bytes: number, options: Options): Promise<Pick<SizedSource, 'records' | 'by'>> {
  const connector = await connectorOf(uri)
  if (connector.holds === 'tables')
    return { records: (await connector.partitions(uri, options)).reduce((sum, { rows }) => sum + rows, 0), by: 'count' }
  // what is behind an address is known only once it is fetched
  if (connector.holds === 'downloads') return { records: guessedRecords(bytes), by: 'guess' }
  const source = await connector.open(uri)
  const start = await beginningOf(source, uri)
  if (compressionOf(start) !== undefined) return { records: guessedRecords(bytes), by: 'guess' }
  refuseKnown(start, uri)
  const estimate = detectBinary(start, {}, uri)?.estimate
  if (estimate !== undefined) return estimate(source, uri)
  const { head } = start
  const lines = head.reduce((count, byte) => (byte === LINE_FEED ? count + 1 : count), 0)
  // a header adds a line; the last line of the beginning is incomplete, which compensates for it
  if (head.length === source.size) return { records: Math.max(0, lines - 1), by: 'beginning' }
  return { records: lines === 0 ? 1 : Math.round((lines * bytes) / head.length), by: 'beginning' }
}

const LINE_FEED = 0x0a
