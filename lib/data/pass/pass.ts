/** The pass over a batch as SQL: read, process, tally, write. */
import type { LoweredColumn, LoweredFlag, LoweredRelation } from '#relational/operations/lowered.ts'
import { DEFAULT_WRITER, writerCalled } from '#io/formats/writers/index.ts'
import { nest } from '#relational/operations/to-sql.ts'
import { anyOf, hashOfKey, name, sumOf, text } from '#relational/types/sql.ts'
import type { CatalogTable } from '#io/catalog/table.ts'
import type { Options } from '#io/connectors/connector.ts'
import type { Mode } from '#io/publish/manifest.ts'
import { maskWords } from './tally.ts'

/**
 * The arguments of `tally`: the flags as unsigned 32-bit masks, the number of missing cells, the hash of the row, and the proofs of the
 * keys.
 */
function tallyArguments(
  flags: readonly LoweredFlag[],
  columns: readonly PassColumn[],
  countMissing: boolean,
  proofs: readonly string[],
): string {
  const flagWords = Array.from({ length: maskWords(flags.length) - 1 }, (_, word) => {
    const bits = wordOf(flags.slice(word * 32, word * 32 + 32))
    return bits.length === 0 ? '0::UINTEGER' : bits.join(' | ')
  })
  const missing = (countMissing ? columns : []).map(
    ({ sql, typed }) => `CASE WHEN ${sql} IS NULL THEN ${typed ? 0x10001 : 1}::UINTEGER ELSE 0::UINTEGER END`,
  )
  // rows that share their key with no other need no proof
  const proven = proofs.map((sql, at) => `CASE WHEN ${marksOf(at)}(0::UINTEGER) = 1 THEN ${sql} ELSE 0::UBIGINT END`)
  return [...flagWords, missing.length === 0 ? '0::UINTEGER' : sumOf(missing), keyHash(columns), ...proven].join(', ')
}

/** The terms of the mask of up to 32 flags. Those held in one list are one term. */
function wordOf(flags: readonly LoweredFlag[]): readonly string[] {
  const lists = new Map<string, Map<number, number>>()
  const single: string[] = []
  for (const [bit, { sql, held }] of flags.entries()) {
    if (held !== undefined) lists.set(held.list, (lists.get(held.list) ?? new Map<number, number>()).set(held.at, 2 ** bit))
    else if (sql !== null) single.push(`CASE WHEN ${sql} THEN ${2 ** bit}::UINTEGER ELSE 0::UINTEGER END`)
  }
  const sums = [...lists].map(([list, weights]) => {
    const each = Array.from({ length: Math.max(...weights.keys()) }, (_, at) => weights.get(at + 1) ?? 0)
    return `CAST(list_sum(list_transform(${list}, lambda x, i: CASE WHEN x THEN [${each.join(', ')}][i] ELSE 0 END)) AS UINTEGER)`
  })
  return [...single, ...sums]
}

/** The name of the function that marks the rows whose key is hashed for a flag, by the number of its proof. */
export const marksOf = (proof: number) => `is_member_${proof}`

/** The key that makes two rows of the output equal: the named columns, none of which may be missing, or the whole row. */
function keyHash(columns: readonly PassColumn[]): string {
  const keys = columns.filter(({ key }) => key).map(({ sql }) => sql)
  if (keys.length === 0) return hashOfKey(columns.map(({ sql }) => sql))
  return `CASE WHEN ${anyOf(keys.map((sql) => `${sql} IS NULL`))} THEN 0::UBIGINT ELSE ${hashOfKey(keys)} END`
}

export interface PassColumn extends LoweredColumn {
  /** Whether its cells can be valid or invalid. */
  readonly typed: boolean
  /** Whether it is part of the key. */
  readonly key: boolean
}

/**
 * Selects the rows that stay, with the columns by name. `countMissing`: count missing cells on the way, for formats that do not record
 * them. `proofs` are hashes of keys, in the order that the tally expects.
 */
export function keptRows(
  relation: string,
  { layers, flags }: LoweredRelation,
  columns: readonly PassColumn[],
  countMissing: boolean,
  proofs: readonly string[],
): string {
  const selected = columns.map((column) => `${column.sql} AS ${name(column.name)}`).join(', ')
  return `SELECT ${selected} FROM (${nest(relation, layers)}) WHERE tally(${tallyArguments(flags, columns, countMissing, proofs)}) = 1`
}

/** How rows are written: the names of a writer and of one of its compressions. */
export interface SinkTarget {
  readonly format: string
  readonly compression: string
}

/** Writes rows to a file. `columns` is their number; it matters to formats that write a single column in a way of its own. */
export function copyTo(rows: string, path: string, { format, compression }: SinkTarget, columns?: number): string {
  const writer = writerCalled(format)
  const written = columns === 1 ? (writer.singleColumn?.(rows) ?? rows) : rows
  return `COPY (${written}) TO ${text(path)} (${writer.copyOptions(compression)})`
}

/** File extension of a format, by which readers recognise it. */
export const extensionOf = ({ format, compression }: SinkTarget) => writerCalled(format).extension(compression)

/** The format of rows between two segments of a run. */
export const INTERMEDIATE: SinkTarget = { format: DEFAULT_WRITER.name, compression: DEFAULT_WRITER.compressions[0] }

/** Folders by value, and the format of the files in them. */
export interface Partitions {
  /** auto: chosen from the columns. Empty: no folders, which is for files that are split by their size. */
  readonly by: readonly PartitionKey[] | 'auto'
  readonly form: SinkTarget
}

export interface PartitionKey {
  readonly column: string
  /** A part of a date; null: the whole value. */
  readonly part: 'year' | 'month' | 'day' | null
  /** What stands before the `=` of the folder; null: the name of the part or column. */
  readonly as: string | null
}

/** What stands before the `=` of the folder. */
export const folderKey = ({ column, part, as }: PartitionKey) => as ?? part ?? column

export type Check = 'row_count' | 'checksum'

/** The target of an export, and how it is published. */
export interface Destination {
  readonly to: string
  /** Settings besides the address, such as those of a connection. */
  readonly options: Options
  readonly mode: Mode
  readonly keys: readonly string[]
  /** The format of the parts of the output. */
  readonly parts: SinkTarget
  /** The format of the file, if the address is that of a file; null for a folder or a table. */
  readonly file: SinkTarget | null
  /** Whether each file has the format that its own name says, in place of `file`. */
  readonly by_name?: true
  /** How the rows are split into folders; null: the parts are published as they are. */
  readonly partitions: Partitions | null
  /** The largest size of a file in the folders; null: any. */
  readonly max_file_bytes: number | null
  /** For tables: the columns to index, or how they are chosen. */
  readonly indexes: 'auto' | 'none' | readonly string[]
  /** What is read again and compared once it is published. */
  readonly verify: readonly Check[]
  /** The table of the Glue catalog that shows it; null: none. */
  readonly catalog: CatalogTable | null
  /** The kind of target for messages: a format, or the kind of database. */
  readonly shown: string
}
