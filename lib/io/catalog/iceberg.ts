/**
 * An output as a table of Apache Iceberg: three small files that name exactly the files of a manifest, with the values of their folders. Who opens the
 * first file sees that output and no other. Source: https://iceberg.apache.org/spec/ (version 2)
 */
import { createHash } from 'node:crypto'
import type { Schema } from 'avsc'
import { fileIn, hashOfManifest, type Manifest, type ManifestFile } from '#io/publish/manifest.ts'
import type { Column } from '#relational/types/types.ts'
import { avroFile } from './avro.ts'
import { avroType, spelled } from './columns.ts'
import { folderValues } from './folder-values.ts'

/** Names of files in the location begin with it. A dot hides them from readers of folders. */
export const HIDDEN = '.siftstep-catalog/'

export interface TableFiles {
  /** The one that the catalog names. */
  readonly metadata: string
  /** All of them, in the order in which they are to be written. Names are below the location. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[]
}

export interface TableFacts {
  /** The location of the output. */
  readonly location: string
  /** The same for all outputs of a table. */
  readonly identity: string
  /** The number of the output among those of the table, from 1. */
  readonly sequence: number
  readonly now: Date
}

/** Columns of the table: those of the files, and behind them those of the folders. */
export const tableColumns = ({ columns, partition_by = [] }: Manifest): readonly Column[] => [...columns, ...partition_by]

export function tableFiles(manifest: Manifest, { location, identity, sequence, now }: TableFacts): TableFiles {
  const hash = hashOfManifest(manifest)
  const name = (kind: string) => `${HIDDEN}${String(sequence).padStart(5, '0')}-${uuidOf(`${identity} ${hash}`)}${kind}`
  const at = (file: string) => fileIn(location, file)
  const names = { metadata: name('.metadata.json'), list: name('-list.avro'), manifest: name('-files.avro') }
  // readers in JavaScript take no more than 53 bits
  const snapshot = Number.parseInt(digest(`${identity} ${sequence} ${hash}`).slice(0, 13), 16)
  const listed = filesOf(manifest, location, snapshot)
  const list = listOf(manifest, { path: at(names.manifest), bytes: listed.length, snapshot, sequence })
  const ms = now.getTime()
  const schema = schemaOf(manifest)
  const spec = specOf(manifest)
  const metadata = {
    'format-version': 2,
    'table-uuid': uuidOf(identity),
    location: location.replace(/\/$/, ''),
    'last-sequence-number': sequence,
    'last-updated-ms': ms,
    'last-column-id': schema.fields.length,
    'current-schema-id': 0,
    schemas: [schema],
    'default-spec-id': 0,
    'partition-specs': [{ 'spec-id': 0, fields: spec }],
    'last-partition-id': FIRST_FOLDER - 1 + spec.length,
    'default-sort-order-id': 0,
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    properties: {
      // the files have no ids of columns
      'schema.name-mapping.default': JSON.stringify(schema.fields.map(({ id, name: column }) => ({ 'field-id': id, names: [column] }))),
      'write.format.default': 'parquet',
      // no engine may remove files that the manifest lists
      'gc.enabled': 'false',
    },
    'current-snapshot-id': snapshot,
    refs: { main: { 'snapshot-id': snapshot, type: 'branch' } },
    snapshots: [
      {
        'snapshot-id': snapshot,
        'sequence-number': sequence,
        'timestamp-ms': ms,
        'manifest-list': at(names.list),
        'schema-id': 0,
        summary: {
          operation: 'overwrite',
          'total-records': String(manifest.rows),
          'total-data-files': String(manifest.files.filter(hasRows).length),
          'total-files-size': String(manifest.bytes),
          'total-delete-files': '0',
          'total-position-deletes': '0',
          'total-equality-deletes': '0',
        },
      },
    ],
    'snapshot-log': [{ 'snapshot-id': snapshot, 'timestamp-ms': ms }],
    'metadata-log': [],
  }
  return {
    metadata: names.metadata,
    files: [
      { name: names.manifest, bytes: listed },
      { name: names.list, bytes: list },
      { name: names.metadata, bytes: Buffer.from(`${JSON.stringify(metadata, null, 2)}\n`) },
    ],
  }
}

/** The names of the files of a table, by the one that the catalog names. */
export const filesBeside = (metadata: string): readonly string[] => {
  const stem = metadata.slice(0, -'.metadata.json'.length)
  return [metadata, `${stem}-list.avro`, `${stem}-files.avro`]
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** A UUID computed from a text (RFC 9562 version 8). */
function uuidOf(text: string): string {
  const hex = digest(text)
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const schemaOf = (manifest: Manifest) => ({
  type: 'struct',
  'schema-id': 0,
  fields: tableColumns(manifest).map(({ name, type }, at) => ({ id: at + 1, name, required: false, type: spelled(type).iceberg })),
})

/** The ids of columns of folders begin there, as the specification has it. */
const FIRST_FOLDER = 1000

const specOf = ({ columns, partition_by = [] }: Manifest) =>
  partition_by.map(({ name }, at) => ({
    name,
    transform: 'identity',
    'source-id': columns.length + at + 1,
    'field-id': FIRST_FOLDER + at,
  }))

const field = (id: number, name: string, type: Schema) => ({ name, type, 'field-id': id })
const optional = (id: number, name: string, type: Schema) => ({ ...field(id, name, ['null', type] as Schema), default: null })

/** Readers go by the ids: a name that Avro does not take is replaced. */
const folderField = ({ name, type }: Column, at: number) => optional(FIRST_FOLDER + at, folderName(name, at), avroType(type))
const folderName = (name: string, at: number) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `_p${FIRST_FOLDER + at}`)

/** What a manifest says of a file: https://iceberg.apache.org/spec/#manifests */
function filesOf(manifest: Manifest, location: string, snapshot: number): Uint8Array {
  const { partition_by = [], files } = manifest
  const schema = {
    type: 'record',
    name: 'manifest_entry',
    fields: [
      field(0, 'status', 'int'),
      optional(1, 'snapshot_id', 'long'),
      optional(3, 'sequence_number', 'long'),
      optional(4, 'file_sequence_number', 'long'),
      field(2, 'data_file', {
        type: 'record',
        name: 'r2',
        fields: [
          field(134, 'content', 'int'),
          field(100, 'file_path', 'string'),
          field(101, 'file_format', 'string'),
          field(102, 'partition', { type: 'record', name: 'r102', fields: partition_by.map(folderField) } as Schema),
          field(103, 'record_count', 'long'),
          field(104, 'file_size_in_bytes', 'long'),
        ],
      } as Schema),
    ],
  } as Schema
  const entries = files.filter(hasRows).map(({ name, rows, bytes }) => ({
    status: ADDED,
    snapshot_id: BigInt(snapshot),
    // inherited from the list
    sequence_number: null,
    file_sequence_number: null,
    data_file: {
      content: DATA,
      file_path: fileIn(location, name),
      file_format: 'PARQUET',
      partition: Object.fromEntries(
        folderValues(name, partition_by).map((value, at) => [folderName(partition_by[at]?.name ?? '', at), value]),
      ),
      record_count: BigInt(rows),
      file_size_in_bytes: BigInt(bytes),
    },
  }))
  return avroFile(schema, entries, {
    schema: JSON.stringify(schemaOf(manifest)),
    'schema-id': '0',
    'partition-spec': JSON.stringify(specOf(manifest)),
    'partition-spec-id': '0',
    'format-version': '2',
    content: 'data',
  })
}

/** A file that only declares columns is no part of the table, which has a schema. */
const hasRows = ({ rows }: ManifestFile) => rows > 0

const ADDED = 1
const DATA = 0

const LIST: Schema = {
  type: 'record',
  name: 'manifest_file',
  fields: [
    field(500, 'manifest_path', 'string'),
    field(501, 'manifest_length', 'long'),
    field(502, 'partition_spec_id', 'int'),
    field(517, 'content', 'int'),
    field(515, 'sequence_number', 'long'),
    field(516, 'min_sequence_number', 'long'),
    field(503, 'added_snapshot_id', 'long'),
    field(504, 'added_files_count', 'int'),
    field(505, 'existing_files_count', 'int'),
    field(506, 'deleted_files_count', 'int'),
    field(512, 'added_rows_count', 'long'),
    field(513, 'existing_rows_count', 'long'),
    field(514, 'deleted_rows_count', 'long'),
  ],
} as Schema

interface Listed {
  readonly path: string
  readonly bytes: number
  readonly snapshot: number
  readonly sequence: number
}

/** https://iceberg.apache.org/spec/#manifest-lists */
function listOf({ files, rows }: Manifest, { path, bytes, snapshot, sequence }: Listed): Uint8Array {
  const entry = {
    manifest_path: path,
    manifest_length: BigInt(bytes),
    partition_spec_id: 0,
    content: DATA,
    sequence_number: BigInt(sequence),
    min_sequence_number: BigInt(sequence),
    added_snapshot_id: BigInt(snapshot),
    added_files_count: files.filter(hasRows).length,
    existing_files_count: 0,
    deleted_files_count: 0,
    added_rows_count: BigInt(rows),
    existing_rows_count: 0n,
    deleted_rows_count: 0n,
  }
  return avroFile(LIST, [entry], { 'snapshot-id': String(snapshot), 'sequence-number': String(sequence), 'format-version': '2' })
}
