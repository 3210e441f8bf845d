/** Which sheet of a workbook is read, and which of its cells. */
import { TaskError } from '#core/errors/errors.ts'
import { nearest } from '#core/text/nearest.ts'
import { excelOptions, RANGE } from './options.ts'
import type { ReadSettings } from '../source.ts'
import type { SheetName } from './open-workbook.ts'

/** Rows and columns counted from 0; `end` and `right` are behind the last ones, `right` null for as far as there are values. */
export interface Window {
  readonly first: number
  readonly end: number
  readonly left: number
  readonly right: number | null
}

export interface ExcelSettings {
  readonly sheet: string | undefined
  readonly window: Window
  /** What the settings say about a header. */
  readonly header: Pick<ReadSettings, 'header' | 'skip_lines' | 'header_rows' | 'quarantine_rows'>
}

/** Definition.InvalidSetting where settings contradict each other. */
export function excelSettings(settings: ReadSettings, uri: string): ExcelSettings {
  const known = Object.keys(excelOptions.shape)
  const { sheet, range, header_row, header, header_rows, quarantine_rows } = excelOptions.parse(
    Object.fromEntries(Object.entries(settings).filter(([name]) => known.includes(name))),
  )
  if (header_row !== undefined && header === false) throw contradiction(uri, 'header_row', header_row, 'header', header)
  const whole = range === undefined ? { first: 0, end: Number.POSITIVE_INFINITY, left: 0, right: null } : windowOf(range)
  if (header_row !== undefined && (header_row <= whole.first || header_row > whole.end))
    throw contradiction(uri, 'header_row', header_row, 'range', range)
  return {
    sheet,
    window: header_row === undefined ? whole : { ...whole, first: header_row - 1 },
    header: {
      ...(header_row === undefined ? (header === undefined ? {} : { header }) : { header: true, skip_lines: 0 }),
      ...(header_rows === undefined ? {} : { header_rows }),
      ...(quarantine_rows === undefined ? {} : { quarantine_rows }),
    },
  }
}

const contradiction = (uri: string, name: string, value: unknown, other: string, otherValue: unknown) =>
  new TaskError('Definition.InvalidSetting', `${uri}: ${name}: ${value} contradicts ${other}: ${otherValue}`, {
    hint: 'leave one of them out, or change it',
  })

function windowOf(range: string): Window {
  const [, left = '', top = '', right = '', bottom = ''] = RANGE.exec(range) ?? []
  const [rows, columns] = [
    [Number(top), Number(bottom)],
    [columnOf(left), columnOf(right)],
  ]
  return { first: Math.min(...rows) - 1, end: Math.max(...rows), left: Math.min(...columns) - 1, right: Math.max(...columns) }
}

/** A is 1, Z is 26, AA is 27. */
const columnOf = (letters: string) => [...letters.toUpperCase()].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0)

/** The sheet of that name, else the first that is not hidden. Data.Unreadable, with the sheets there are, when there is none. */
export function chooseSheet(sheets: readonly SheetName[], wanted: string | undefined, uri: string): { name: string; notes: string[] } {
  const names = sheets.map(({ name }) => name)
  const listed = names.map((name) => JSON.stringify(name)).join(', ')
  if (wanted !== undefined) {
    if (names.includes(wanted)) return { name: wanted, notes: [] }
    const near = nearest(wanted, names)
    throw new TaskError('Data.Unreadable', `${uri} has no sheet ${JSON.stringify(wanted)}`, {
      hint: `${near === undefined ? '' : `did you mean ${JSON.stringify(near)}? `}its sheets are ${listed}`,
    })
  }
  const chosen = sheets.find(({ hidden }) => !hidden) ?? sheets[0]
  if (chosen === undefined) throw new TaskError('Data.Unreadable', `${uri} has no sheet of cells`, { hint: 'name a workbook that has one' })
  const others = sheets.filter(({ name }) => name !== chosen.name)
  const rest = others.map(({ name, hidden }) => `${JSON.stringify(name)}${hidden ? ' (hidden)' : ''}`).join(', ')
  return {
    name: chosen.name,
    notes:
      others.length === 0
        ? []
        : [`the sheet ${JSON.stringify(chosen.name)} is read; the others are ${rest}: set sheet to read one of them`],
  }
}
