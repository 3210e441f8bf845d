/** The FROM of a query over files of one layout, with every option of DuckDB's reader set explicitly, so that nothing is detected. */
import { name, text } from '#relational/types/sql.ts'
import type { PhysicalLayout } from '#io/formats/source.ts'
import type { Layout } from './plan.ts'
import { AS_JSON } from './typed-columns.ts'

export interface ReadFiles {
  readonly paths: readonly string[]
  /** Parquet: only these rows of the file, from 0, end exclusive; null for all. */
  readonly rows: { readonly start: number; readonly end: number } | null
  /** Whether the first record of each file is a header to skip. */
  readonly header: boolean
  readonly newline: '\n' | '\r\n' | '\r'
  /** Bytes of the longest record. */
  readonly longest: number
  /** Bytes of the largest file that must be read in one piece; 0 if none must. */
  readonly whole: number
}

/** Identifier of the layout's nth column in the relation. */
export const rawIdentifier = (at: number) => `r${at}`

/**
 * A SELECT with the columns `r0`, `r1` … in the order of the layout, text as in the file (typed for Parquet), and `_file`, the path of each
 * row's file. Rows keep the order of files and records.
 */
export function readSql(layout: Layout, files: ReadFiles): string {
  // a source without any valid record can have no columns
  if (layout.columns.length === 0) return 'SELECT CAST(NULL AS VARCHAR) AS _file WHERE FALSE'
  const list = `[${files.paths.map(text).join(', ')}]`
  const selected = layout.columns.map(
    ({ physical, path, cast }, at) => `${castTo((path ?? [physical]).map(name).join('.'), cast)} AS ${rawIdentifier(at)}`,
  )
  const fileColumn = uniqueName('filename', layout)
  return `SELECT ${[...selected, `${name(fileColumn)} AS _file`].join(', ')} FROM ${READERS[layout.layout](list, layout, files, fileColumn)}`
}

/** Nested values become their JSON. */
function castTo(cell: string, cast: string | null): string {
  if (cast === null) return cell
  return cast === AS_JSON ? `CAST(to_json(${cell}) AS VARCHAR)` : `CAST(${cell} AS ${cast})`
}

const READERS: { readonly [Physical in PhysicalLayout]: (list: string, layout: Layout, files: ReadFiles, fileColumn: string) => string } = {
  delimited: (list, layout, files, fileColumn) => {
    const options = [
      `columns = {${typed(layout)}}`,
      'auto_detect = false',
      `header = ${files.header}`,
      `delim = ${text(layout.delimiter)}`,
      `quote = ${text(layout.quote)}`,
      `escape = ${text(layout.quote === '' ? '' : layout.escape)}`,
      // strict_mode is the default and must not be set: with CR LF the parser then reads wrongly
      `new_line = ${text(NEWLINES[files.newline])}`,
      "compression = 'none'",
      'hive_partitioning = false',
      'parallel = false',
      `filename = ${text(fileColumn)}`,
      // small buffers keep a worker small, but a record, and sometimes a whole file, must fit into one
      `buffer_size = ${Math.max(4_000_000, files.longest * 4, files.whole)}`,
      // blank lines that end with CR LF count as part of the next record
      `max_line_size = ${Math.max(1_000_000, files.longest + 16, files.whole)}`,
    ]
    return `read_csv(${list}, ${options.join(', ')})`
  },
  lines: (list, layout, files, fileColumn) =>
    `read_json(${list}, format = 'newline_delimited', columns = {${typed(layout)}}, maximum_object_size = ${Math.max(16_777_216, files.longest * 2)}, filename = ${text(fileColumn)})`,
  parquet: (list, layout, { rows }, fileColumn) => {
    if (rows === null) return `read_parquet(${list}, filename = ${text(fileColumn)}, hive_partitioning = false)`
    const number = uniqueName('file_row_number', layout)
    if (number !== 'file_row_number') throw new Error('a file with a column named file_row_number cannot be read in parts')
    return `(FROM read_parquet(${list}, filename = ${text(fileColumn)}, hive_partitioning = false, file_row_number = true) WHERE file_row_number >= ${rows.start} AND file_row_number < ${rows.end})`
  },
}

const NEWLINES = { '\n': '\\n', '\r\n': '\\r\\n', '\r': '\\r' }

const typed = (layout: Layout) => layout.columns.map(({ physical }) => `${text(physical)}: 'VARCHAR'`).join(', ')

/** A name that no column has. */
function uniqueName(wanted: string, layout: Layout): string {
  const taken = new Set(layout.columns.map(({ physical }) => physical.toLowerCase()))
  let candidate = wanted
  while (taken.has(candidate)) candidate = `_${candidate}`
  return candidate
}
