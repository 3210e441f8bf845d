/** Delimiters that are rare: they are only tried where the text gives reason to, because each trial costs a pass over the head. */
import { cellKind } from './cell-kind.ts'
import type { TextRecord } from './record-text.ts'

const RARE = ['\u0001', '\u001f', '^', '~', '||', '::', ';;', '^^', '~~', '~|', '|~', '^|', '##', '@@'] as const

/** The first lines, and the share of them that must contain a rare delimiter. Those that a quoted text fills do not. */
const LOOKED_AT = 20
const MOST = 0.8

/** The delimiters to try: the usual ones, and the rare ones that occur in most of the first lines. */
export function possibleDelimiters(text: string, usual: readonly string[]): readonly string[] {
  const table = firstLines(text)
  const rare =
    table.length === 0 ? [] : RARE.filter((delimiter) => table.filter((line) => line.includes(delimiter)).length >= MOST * table.length)
  const times = (part: string) => table.reduce((sum, line) => sum + line.split(part).length - 1, 0)
  // a character that only occurs within a pair of two characters is none by itself
  const isPart = (one: string) =>
    rare.some((pair) => pair.length === 2 && pair[0] !== pair[1] && pair.includes(one) && times(pair) === times(one))
  return rare.length === 0 ? usual : [...usual, ...rare].filter((one) => one.length > 1 || !isPart(one))
}

function firstLines(text: string): readonly string[] {
  const lines = text.split('\n', LOOKED_AT + 2).filter((line) => line.trim() !== '')
  // titles above the table have no delimiters, and the last line may be cut
  return lines.slice(Math.min(2, lines.length - 1), LOOKED_AT)
}

/** Whether a character is half of a delimiter: between two fields there is always an empty one. */
export function isHalf(records: readonly TextRecord[]): boolean {
  const table = records.filter(({ cells }) => cells.length > 1)
  const isSplit = ({ cells }: TextRecord) => cells.length % 2 === 1 && cells.every((cell, at) => at % 2 === 0 || cell === '')
  const [first] = table
  return first !== undefined && isSplit(first) && table.filter(isSplit).length >= 0.9 * table.length
}

/** Delimiters behind which a space may be part of the delimiter. */
const MAYBE_SPACED = [',', ';', '|']

/**
 * Whether a space follows every delimiter outside quotes: the records have as many fields with the space as without it. `recordsBy` reads the first
 * records by a delimiter.
 */
export function isSpaced(delimiter: string, text: string, recordsBy: (delimiter: string) => readonly TextRecord[]): boolean {
  const spaced = `${delimiter} `
  if (!MAYBE_SPACED.includes(delimiter) || !text.includes(spaced)) return false
  const lines = firstLines(text)
  if (lines.filter((line) => line.includes(spaced)).length < MOST * lines.length) return false
  const [without, having] = [recordsBy(delimiter), recordsBy(spaced)]
  const isAlike = ({ cells, bad }: TextRecord, at: number) => cells.length === having[at]?.cells.length && bad === having[at]?.bad
  return without.length === having.length && without.filter(({ cells }) => cells.length > 1).length >= 3 && without.every(isAlike)
}

/** The share of numbers and dates from which on spaces may delimit fields: in prose there are hardly any. */
const TYPED = 1 / 3

/** Whether records that are split at spaces are those of a table. */
export function isSpaceTable(records: readonly TextRecord[]): boolean {
  const [first] = records
  if (first === undefined || records.length < 3 || first.cells.length < 3) return false
  const alike = records.filter(({ cells }) => cells.length === first.cells.length)
  if (alike.length < 0.95 * records.length) return false
  const cells = alike.flatMap((record) => record.cells)
  return !cells.includes('') && cells.filter((cell) => ['number', 'date'].includes(cellKind(cell))).length >= TYPED * cells.length
}

/** A first line such as `sep=;`, which names the delimiter for spreadsheets: the delimiter, and the length of the line. */
export function separatorLine(text: string): { readonly delimiter: string; readonly length: number } | null {
  const [line, delimiter] = /^"?sep=([^\r\n"a-zA-Z0-9]{1,2})"?(?:\r\n|\r|\n)/i.exec(text) ?? []
  return line === undefined || delimiter === undefined ? null : { delimiter, length: line.length }
}
