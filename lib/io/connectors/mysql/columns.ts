/** The columns of tables that are there. */
import type { Connection } from './connect.ts'
import { text } from './sql.ts'
import type { Table } from './tables.ts'

export interface TableColumn {
  readonly name: string
  /** As it is declared: `decimal(10,2)`; of whole numbers without the width that some servers show. */
  readonly type: string
  /** Without length and precision: `decimal`. */
  readonly base: string
  /** Signs of a text, at most. */
  readonly length: number
  /** Digits of a number before the point, at most. */
  readonly whole: number
  /** Of a text; '' for other types. */
  readonly charset: string
}

/** The columns of a table, in order; none of one that is not there. */
export const columnsIn = async (connection: Connection, { schema, table }: Table): Promise<readonly TableColumn[]> =>
  (
    await connection.rows(
      `SELECT COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, CHARACTER_SET_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ${text(schema)} AND TABLE_NAME = ${text(table)} ORDER BY ORDINAL_POSITION`,
    )
  ).map(([name, type, base, length, precision, scale, charset]) => ({
    name: String(name),
    type: String(type).replace(/^((?:small|medium|big)?int|tinyint)\((?:(?!1\)).)+\)/, '$1'),
    base: String(base).toLowerCase(),
    length: Number(length ?? 0),
    whole: Number(precision ?? 0) - Number(scale ?? 0),
    charset: charset ?? '',
  }))

const TEXTS: ReadonlySet<string> = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set'])
const BYTES: ReadonlySet<string> = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob', 'vector'])
const SHAPES: ReadonlySet<string> = new Set([
  ...['geometry', 'point', 'linestring', 'polygon', 'multipoint', 'multilinestring', 'multipolygon'],
  ...['geometrycollection', 'geomcollection'],
])
/** To MariaDB, json is a longtext. */
const DOCUMENTS: ReadonlySet<string> = new Set(['json'])
const EXACT: ReadonlySet<string> = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'bit', 'year'])

/** What the values of a type are: what a value that was stored is compared by. */
export function natureOf({ base }: TableColumn): 'text' | 'bytes' | 'exact' | 'float' | 'day' | 'time' | 'document' | 'other' {
  if (TEXTS.has(base)) return 'text'
  if (BYTES.has(base) || SHAPES.has(base)) return 'bytes'
  if (EXACT.has(base)) return 'exact'
  if (base === 'float' || base === 'double') return 'float'
  if (base === 'date' || base === 'datetime' || base === 'timestamp') return 'day'
  if (DOCUMENTS.has(base)) return 'document'
  return base === 'time' ? 'time' : 'other'
}

/** Signs of a text that an index takes, at most: with a few more columns it stays below the limit of the server. */
const INDEXED = 191

/** A column in an index. */
export function indexed(name: string, { length, ...column }: TableColumn): string {
  const nature = natureOf({ length, ...column })
  return (nature === 'text' || nature === 'bytes') && length > INDEXED ? `${name}(${INDEXED})` : name
}
