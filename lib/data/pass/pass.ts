/** The one pass over a batch as SQL: read, work, tally, write. */
import type { Flag, LoweredRelation, LoweredColumn } from '#relational/operations/lowered.ts'
import { DEFAULT_WRITER, writerCalled } from '#io/formats/writers/index.ts'
import { nest } from '#relational/operations/to-sql.ts'
import { hashOfKey } from '#relational/types/key-hash.ts'
import { anyOf, name, sumOf, text } from '#relational/types/sql.ts'
import type { Options } from '#io/connectors/connector.ts'
import type { Mode } from '#io/connectors/target.ts'
import { wordsFor } from './tally.ts'

/** The flags as unsigned 32-bit masks, then the number of missing cells, the hash of the row, and the keys' proofs: the arguments of `tally`. */
function tallyArguments(flags: readonly Flag[], columns: readonly PassColumn[], countMissing: boolean, proofs: readonly string[]): string {
  const flagWords = Array.from({ length: wordsFor(flags.length) - 1 }, (_, word) => {
    const bits = flags.flatMap(({ sql }, at) =>
      at >> 5 === word && sql !== null ? [`CASE WHEN ${sql} THEN ${2 ** (at & 31)}::UINTEGER ELSE 0::UINTEGER END`] : [],
    )
    return bits.length === 0 ? '0::UINTEGER' : bits.join(' | ')
  })
  const missing = (countMissing ? columns : []).map(
    ({ sql, typed }) => `CASE WHEN ${sql} IS NULL THEN ${typed ? 0x10001 : 1}::UINTEGER ELSE 0::UINTEGER END`,
  )
  // of a row that shares its key with no other nothing need be shown
  const proven = proofs.map((sql, at) => `CASE WHEN ${marksOf(at)}(0::UINTEGER) = 1 THEN ${sql} ELSE 0::UBIGINT END`)
  return [...flagWords, missing.length === 0 ? '0::UINTEGER' : sumOf(missing), keyHash(columns), ...proven].join(', ')
}

/** What the function is called that marks the rows to hash the key of a flag for, by the number of its proof. */
export const marksOf = (proof: number) => `is_member_${proof}`

/** What makes two rows of the output the same: the named columns, in which nothing may be missing, or the whole row. */
function keyHash(columns: readonly PassColumn[]): string {
  const keys = columns.filter(({ key }) => key).map(({ sql }) => sql)
  if (keys.length === 0) return hashOfKey(columns.map(({ sql }) => sql))
  return `CASE WHEN ${anyOf(keys.map((sql) => `${sql} IS NULL`))} THEN 0::UBIGINT ELSE ${hashOfKey(keys)} END`
}

export interface PassColumn extends LoweredColumn {
  /** Whether its cells can be right or wrong. */
  readonly typed: boolean
  /** Whether it belongs to the key that makes rows the same. */
  readonly key: boolean
}

/**
 * The rows that stay, with the columns under their names. `countMissing`: count the missing cells on the way, for files that do not tell.
 * `proofs` are hashes of keys, in the order in which the tally expects them.
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

export const copyTo = (rows: string, path: string, { format, compression }: SinkTarget) =>
  `COPY (${rows}) TO ${text(path)} (${writerCalled(format).copyOptions(compression)})`

/** What files of a format are called; readers tell by it what they are. */
export const extensionOf = ({ format, compression }: SinkTarget) => writerCalled(format).extension(compression)

/** How rows travel between two segments of a run. */
export const INTERMEDIATE: SinkTarget = { format: DEFAULT_WRITER.name, compression: DEFAULT_WRITER.compressions[0] }

/** Where an export publishes to, and how. */
export interface Destination {
  readonly to: string
  /** What the address does not say, such as the settings of a connection. */
  readonly options: Options
  readonly mode: Mode
  readonly keys: readonly string[]
  /** How the parts of the output are written. */
  readonly parts: SinkTarget
  /** The form of the files at their own addresses, where the address is that of a file; null for a folder or a table. */
  readonly file: SinkTarget | null
  /** What it is exported to, for people: a format, or the kind of database. */
  readonly shown: string
}
