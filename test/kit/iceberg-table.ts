/** Reads a table of Iceberg as an engine does: from the metadata that the catalog names, and from nothing else. */
import avro from 'avsc'
import { openSource } from '#io/connectors/index.ts'

export interface IcebergTable {
  readonly metadata: { readonly [key: string]: unknown }
  /** The files of the current snapshot, with the values of their folders. */
  readonly files: readonly {
    readonly path: string
    readonly rows: bigint
    readonly bytes: bigint
    readonly partition: { readonly [column: string]: unknown }
  }[]
}

interface Entry {
  readonly data_file: {
    readonly file_path: string
    readonly record_count: bigint
    readonly file_size_in_bytes: bigint
    readonly partition: { readonly [column: string]: unknown }
  }
}

/** Numbers of 64 bits are bigint. */
const LONG = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: () => Buffer.alloc(8),
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: () => 0,
})

export async function bytesAt(uri: string): Promise<Buffer> {
  const source = await openSource(uri)
  return Buffer.from(await source.read(0, source.size))
}

/** The records of an Avro file, by its own schema. */
async function records<T>(uri: string): Promise<readonly T[]> {
  const parseHook = (schema: avro.Schema) => avro.Type.forSchema(schema, { registry: { long: LONG } })
  const decoder = new avro.streams.BlockDecoder({ parseHook })
  const found: T[] = []
  decoder.on('data', (record: T) => found.push(record))
  const over = new Promise((resolve, reject) => decoder.on('end', resolve).on('error', reject))
  decoder.end(await bytesAt(uri))
  await over
  return found
}

export async function icebergTable(metadataLocation: string): Promise<IcebergTable> {
  const metadata = JSON.parse((await bytesAt(metadataLocation)).toString('utf8')) as {
    readonly snapshots: readonly { readonly 'manifest-list': string }[]
  }
  const lists = await records<{ manifest_path: string; manifest_length: bigint }>(metadata.snapshots[0]?.['manifest-list'] ?? '')
  const entries: Entry[] = []
  for (const { manifest_path, manifest_length } of lists) {
    if (BigInt((await bytesAt(manifest_path)).length) !== manifest_length) throw new Error(`${manifest_path} is not as long as listed`)
    entries.push(...(await records<Entry>(manifest_path)))
  }
  return {
    metadata,
    files: entries.map(({ data_file: { file_path, record_count, file_size_in_bytes, partition } }) => {
      return { path: file_path, rows: record_count, bytes: file_size_in_bytes, partition: { ...partition } }
    }),
  }
}
