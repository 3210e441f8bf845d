/** Rewrites one sheet of a workbook as delimited text: a record for each row that has a value, and the row each record came from. */
import type { StreamRow } from 'hucre/xlsx'
import { count } from '#core/text/numbers.ts'
import { csvLine, WRITTEN } from '../csv-text.ts'
import type { Rewrite } from '../kinds/format.ts'
import { startLineMap } from '../line-map.ts'
import { cellText } from './cell-text.ts'
import { chooseSheet, excelSettings, type Window } from './choose-cells.ts'
import { openWorkbook } from './open-workbook.ts'

/** Rows whose width is looked at: a row that is wider further down is a bad record, as it is in CSV. */
const LOOKED_AT = 1000

interface Row {
  /** From 1. */
  readonly number: number
  readonly cells: readonly string[]
}

export const rewriteWorkbook: Rewrite = async (from, to, { uri, settings }) => {
  const { sheet, window, header } = excelSettings(settings, uri)
  const workbook = await openWorkbook(from, uri)
  const { name, notes } = chooseSheet(workbook.sheets, sheet, uri)
  const lines = startLineMap()
  let line = 1
  let early = 0
  let width = 0
  let onlyTitles = true
  let held: Row[] | undefined = []

  async function write({ number, cells }: Row): Promise<void> {
    // a title above the table has one cell, its records have more
    onlyTitles &&= cells.length === 1 && width > 1
    const padding = onlyTitles ? 0 : Math.max(0, width - cells.length)
    const record = csvLine([...cells, ...Array<string>(padding).fill('')])
    lines.add(line, number)
    line += record.split(/\r\n|\r|\n/).length - 1
    await to.write(Buffer.from(record))
  }

  async function release(rows: readonly Row[]): Promise<void> {
    width = window.right === null ? Math.max(0, ...rows.map(({ cells }) => cells.length)) : window.right - window.left
    for (const row of rows) await write(row)
    held = undefined
  }

  for await (const found of workbook.rows(name)) {
    const { cells, days } = cellsOf(found, window)
    early += days
    if (cells.length === 0) continue
    const row = { number: found.index + 1, cells }
    if (held === undefined) await write(row)
    else if (held.push(row) === LOOKED_AT) await release(held)
  }
  if (held !== undefined) await release(held)
  return {
    part: name,
    rows: lines.map(),
    read: { ...WRITTEN, ...header },
    notes,
    doubts:
      early === 0
        ? []
        : [
            `${count(early, 'cell')} of sheet ${name} hold a date before March 1900: durations are read as dates that count from 1899-12-31`,
          ],
  }
}

/** The cells of a row up to its last value, within the window, and how many of them are early days. */
function cellsOf({ index, values }: StreamRow, { first, end, left, right }: Window): { cells: readonly string[]; days: number } {
  const inside = index >= first && index < end ? values.slice(left, right ?? undefined) : []
  const found = inside.map((value) => cellText(value ?? null))
  const last = found.findLastIndex(({ text }) => text !== '')
  return { cells: found.slice(0, last + 1).map(({ text }) => text), days: found.filter(({ early }) => early).length }
}
