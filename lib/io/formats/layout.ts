/** Plans the layout of a delimited text from its head: its dialect, where its records start, and the names of its columns. */
import { preview } from '#core/text/preview.ts'
import { nameColumns } from './columns.ts'
import { completeRecords, detectDialect } from './dialect.ts'
import { hasHeader } from './header.ts'
import { cutNames, namesByOtherDelimiter, withoutEmptyNames } from './header-line.ts'
import { countHeaderRows, isSecondHeader, joinedNames, repeatedHeaders } from './header-rows.ts'
import { findingOf, ODD_ROWS, oddKind, type OddRow } from './odd-rows.ts'
import { separatorLine } from './rare-delimiters.ts'
import { lineEnd, type TextRecord } from './record-text.ts'
import { laterHeader, type Row } from './table-start.ts'
import { rowOf } from './line-map.ts'
import type { Dialect, LineMap, NewLine, ReadSettings } from './source.ts'
import { trimmedText } from '#core/text/white-space.ts'

export interface Layout {
  readonly dialect: Dialect
  readonly columns: readonly string[]
  /** The offset and the physical line (from 1) where the records start. */
  readonly start: number
  readonly line: number
  /** How the header ends; null if there is none. */
  readonly header_end: NewLine | null
  /** The cells of the header's last row; null without a header. */
  readonly header_cells: readonly string[] | null
  /** Whether the first record is a second header row. */
  readonly second_header: boolean
  /** Whether the parser finds the first record by itself, given the header. */
  readonly direct: boolean
  readonly notes: readonly string[]
  /** Notes that require a decision. */
  readonly doubts: readonly string[]
}

/** The number of records examined. */
const LOOKED_AT = 1000
/** The maximum number of title lines that are skipped. */
const MAX_TITLES = 10

/**
 * `head` are the first bytes, UTF-8 after `bom` bytes of mark; `whole` says whether they are all. Null when they hold no
 * whole record: give more. `rows` are those the lines were written from, where they were.
 */
export function planLayout(
  head: Uint8Array,
  whole: boolean,
  bom: number,
  settings: ReadSettings,
  uri: string,
  rows?: LineMap,
): Layout | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length)
  // one character per byte, so that offsets are byte offsets
  const text = bytes.toString('latin1')
  const stated = settings.delimiter === undefined && settings.skip_lines === undefined ? separatorLine(text.slice(bom, bom + 20)) : null
  const from = stated === null ? skipLines(text, bom, settings.skip_lines ?? 0) : bom + stated.length
  const known = stated === null ? settings : { ...settings, delimiter: stated.delimiter }
  const { writing, notes } = detectDialect(bytes.toString('utf8', remarksEnd(text, from)), whole, known, uri)
  const records: TextRecord[] = []
  for (const record of completeRecords(text.slice(from), whole, writing)) {
    if (records.push(record) === LOOKED_AT) break
  }
  if (records.every(({ kind }) => kind !== 'record') && !whole) return null
  const cellsOf = (record: TextRecord) =>
    record.cells.map((cell) => (/[\x80-\xff]/.test(cell) ? Buffer.from(cell, 'latin1').toString('utf8') : cell))

  const sound = records.filter(isSound)
  const plain = sound.filter(({ cells }) => cells[0]?.startsWith('#') !== true)
  const usual = mode((plain.length > 0 ? plain : sound).map(({ cells }) => cells.length))
  const lineText = ({ start, end }: TextRecord) => Buffer.from(text.slice(from + start, from + end), 'latin1').toString('utf8')
  const isBrokenHeader = (record: TextRecord) => record.bad !== null && cutNames(lineText(record), writing).length === usual
  const above = settings.skip_lines === undefined ? countTitles(records, usual, isBrokenHeader) : 0
  const other = otherHeader(records[above - 1], records.slice(above).filter(isSound))
  const titles = other === null ? above : above - 1
  const rest = other === null ? records.slice(titles) : [other.record, ...records.slice(above)]
  const at = rest.findIndex(({ kind }) => kind === 'record')
  const first = rest[at]
  const body = rest.slice(at + 1)
  const table = rest.slice(at).filter(({ kind }) => kind === 'record')
  const looked = table.map((record): Row => ({ cells: cellsOf(record), sound: record.bad === null }))
  const found = settings.header_rows ?? (settings.header === false ? 1 : countHeaderRows(looked, usual))
  const header =
    first !== undefined &&
    (settings.header ?? (settings.header_rows !== undefined || found > 1 || hasHeader([first, ...body.filter(isSound)].map(cellsOf))))
  const counted = header && settings.header_rows === undefined && found === 1 ? repeatedHeaders(looked) : found
  const fields = fieldsOf(header ? namesOf(first) : null, (header ? body : rest).filter(isSound), first)
  const headerRows = header ? Math.min(table.length, counted) : 0
  const names = !header
    ? null
    : headerRows > 1
      ? joinedNames(
          looked.slice(0, headerRows).map(({ cells }) => cells),
          fields,
        )
      : namesOf(first)
  const last = table[headerRows - 1] ?? first
  const second_header = headerRows === 1 && isSecondHeader(looked, fields)
  const named = nameColumns(names, fields)
  const header_cells = header && last !== undefined ? cellsOf(last) : null
  const doubts = [
    ...(settings.skip_lines === undefined && first !== undefined && headerRows < 2 && !second_header ? laterTable() : []),
    ...oddRows(table.slice(headerRows)),
  ]

  /** The line above the table as its header, if another delimiter than that of the records makes it one. */
  function otherHeader(line: TextRecord | undefined, table: readonly TextRecord[]) {
    if (line === undefined || settings.header !== undefined || line.kind !== 'record' || line.cells.length > 1) return null
    const found = namesByOtherDelimiter(text.slice(from + line.start, from + line.end), writing, usual)
    if (found === null || hasHeader(table.map(cellsOf))) return null
    const record: TextRecord = { ...line, bad: null, cells: found.names }
    return hasHeader([record, ...table].map(cellsOf)) ? { record, delimiter: found.delimiter } : null
  }

  /** The names in a header; where its quotes are wrong, the line is cut at the delimiters. */
  function namesOf(record: TextRecord): readonly string[] {
    const written =
      record.bad !== null
        ? cutNames(lineText(record), writing)
        : writing.quote !== ''
          ? cellsOf(record)
          : cellsOf(record).map((cell) => (cell.startsWith('"') ? cell.replace(/^"|"$/g, '') : cell))
    return withoutEmptyNames(written, usual)
  }

  /** The line of a record in the file, or the row of a sheet. */
  function lineOf({ start: offset }: TextRecord): number {
    const line = countLines(text, bom, from + offset) + 1
    return rows === undefined ? line : rowOf(rows, line)
  }

  /** A note that the table begins further down, with the lines to skip. */
  function laterTable(): string[] {
    const later = laterHeader(looked, 0, usual)
    const record = later === null ? undefined : table[later]
    if (record === undefined) return []
    const shown = preview(cellsOf(record).map((cell) => trimmedText(cell)))
    const [where, setting] =
      rows === undefined
        ? [`line ${lineOf(record)}`, `skip_lines: ${lineOf(record) - 1}`]
        : [`row ${lineOf(record)}`, `header_row: ${lineOf(record)}`]
    return [
      `the table seems to begin in ${where} (${shown}); if the ${rows === undefined ? 'lines' : 'rows'} above are not part of it, set ${setting} in the source of the discover step`,
    ]
  }

  /** Findings about rows that are probably not data. Those that the settings quarantine are no findings. */
  function oddRows(found: readonly TextRecord[]): string[] {
    const context = { header: header && last !== undefined ? last.cells : null, fields }
    const lines = new Map<OddRow, TextRecord[]>(ODD_ROWS.map((kind) => [kind, []]))
    for (const [place, record] of found.entries()) {
      const kind = place === 0 && second_header ? 'second_header' : record.bad === null ? oddKind(record.cells, context) : null
      // totals are found at the end of the whole text
      if (kind !== null && kind !== 'total') lines.get(kind)?.push(record)
    }
    return [...lines].flatMap(([kind, records]) => {
      const [one] = records
      if (one === undefined || settings.quarantine_rows?.includes(kind)) return []
      const more = kind === 'second_header' ? '; to join its names with those above, set header_rows: 2' : ''
      return findingOf(kind, records.map(lineOf), cellsOf(one), rows === undefined ? 'line' : 'row', more)
    })
  }

  const begin = from + (first?.start ?? records.at(-1)?.end ?? 0)
  const start = last !== undefined && header ? from + last.end : begin
  const skipped = countLines(text, bom, begin)
  return {
    dialect: { ...writing, header, skip_lines: skipped },
    columns: named.columns,
    start,
    line: countLines(text, bom, start) + 1,
    header_end: header ? newlineBefore(text, start) : null,
    header_cells,
    second_header,
    direct:
      begin === bom && headerRows < 2 && other === null && !(header && hidesItsEnd(first, text.slice(begin, start), bom, writing.quote)),
    doubts,
    notes: [
      ...(stated === null ? [] : [`the first line names the delimiter ${JSON.stringify(stated.delimiter)}`]),
      ...notes,
      ...doubts,
      ...(titles > 0 && skipped > 0
        ? [
            `the first ${skipped === 1 ? 'line is' : `${skipped} lines are`} skipped: ${skipped === 1 ? 'it is' : 'they are'} not part of the table`,
          ]
        : []),
      ...(headerRows > 1
        ? [`the first ${headerRows} rows name the columns; to read only the first as the header, set header_rows: 1`]
        : []),
      ...(first !== undefined && !header ? ['no header found; the columns are named by position'] : []),
      ...(other === null
        ? []
        : [
            `the fields of the header are delimited by ${JSON.stringify(other.delimiter)}, those of the records by ${JSON.stringify(writing.delimiter)}`,
          ]),
      ...(header && first.bad !== null ? ['the header has invalid quotes; its names are cut at the delimiters'] : []),
      ...named.notes,
    ],
  }
}

/** Whether the parser would miss the end of the header, and with it rows: its quotes are wrong, or it is quoted behind a byte order mark. */
const hidesItsEnd = (header: TextRecord, text: string, bom: number, quote: string) =>
  header.bad !== null || (bom > 0 && quote !== '' && text.includes(quote))

const isSound = ({ kind, bad }: TextRecord) => kind === 'record' && bad === null

function skipLines(text: string, from: number, lines: number): number {
  let at = from
  for (let line = 0; line < lines; line++) at = lineEnd(text, at)
  return at
}

/** Where the lines that begin with # end, if there is something below: they say nothing about the dialect. */
function remarksEnd(text: string, from: number): number {
  let at = from
  while (text[at] === '#') at = lineEnd(text, at)
  return at < text.length ? at : from
}

function newlineBefore(text: string, offset: number): NewLine | null {
  if (text[offset - 1] === '\r') return '\r'
  if (text[offset - 1] !== '\n') return null
  return text[offset - 2] === '\r' ? '\r\n' : '\n'
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0
  for (let at = from; at < to; at = lineEnd(text, at)) lines++
  return lines
}

/** The number of leading lines that are blank or hold one cell where the records have several. */
function countTitles(records: readonly TextRecord[], usual: number, isHeader: (record: TextRecord) => boolean): number {
  let titles = 0
  let comments = 0
  for (let record = records[titles]; record !== undefined && titles - comments < MAX_TITLES; record = records[titles]) {
    if (!isTitle(record, usual) || isHeader(record)) break
    if (isRemark(record, usual)) comments++
    titles++
  }
  const next = records[titles]
  return next === undefined ? 0 : titles
}

/** A line above the table that begins with `#` and does not have the fields of a record. */
const isRemark = (record: TextRecord, usual: number) =>
  record.kind === 'record' && record.cells[0]?.startsWith('#') === true && record.cells.length !== usual

function isTitle(record: TextRecord, usual: number): boolean {
  if (record.kind === 'comment') return false
  if (record.kind === 'blank' || isRemark(record, usual)) return true
  if (usual < 2 || record.cells.length > usual) return false
  const filled = record.cells.filter((cell) => trimmedText(cell) !== '').length
  return filled <= 1 && (trimmedText(record.cells[0] ?? '-') !== '' || filled === 0) && (record.cells.length === 1 || usual > 2)
}

/** The number of fields of a good record: the most common number, or the header's if no number covers half of the records. */
function fieldsOf(header: readonly string[] | null, body: readonly TextRecord[], first: TextRecord | undefined): number {
  const counts = body.map(({ cells }) => cells.length)
  if (counts.length === 0) return header?.length ?? first?.cells.length ?? 0
  const usual = mode(counts)
  const have = (fields: number) => counts.filter((count) => count === fields).length
  // in a tie the header decides
  const isClear = have(usual) * 2 >= counts.length && have(usual) > have(header?.length ?? 0)
  return header !== null && !isClear && have(header.length) * 2 >= have(usual) ? header.length : usual
}

/** The most common number, the first on a tie; 0 for an empty list. */
function mode(numbers: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  let [best, most] = [0, 0]
  for (const [number, count] of counts) if (count > most) [best, most] = [number, count]
  return best
}
