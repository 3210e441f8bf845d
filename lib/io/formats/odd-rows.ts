/**
 * Rows of a table that are probably not data: totals at the end, rows without a value, repeated headers and second header rows. They are
 * findings; the setting `quarantine_rows` moves them to quarantine.
 */
import { count } from '#core/text/numbers.ts'
import { preview } from '#core/text/preview.ts'
import { trimmedText } from '#core/text/white-space.ts'
import { cellKind } from './cell-kind.ts'
import { isSame } from './header.ts'

export const ODD_ROWS = ['total', 'blank', 'header', 'second_header'] as const
export type OddRow = (typeof ODD_ROWS)[number]

/** What each kind of row does, as reasons and findings put it. */
const WHAT: { readonly [Kind in OddRow]: string } = {
  total: 'is a total of the rows above',
  blank: 'has no values',
  header: 'repeats the header',
  second_header: 'is a second header row',
}

/** Labels of totals in the languages data comes in. */
const TOTALS =
  /^(?:(?:grand|sub|overall)?[ -]?totals?|sum|summe|(?:gesamt|end|zwischen)(?:summe|betrag)|gesamt|insgesamt|total (?:g[ée]n[ée]ral|general|generale)|sous-total|totale|totaal|somme|soma|suma|summa|razem|ogółem|celkem|összesen|yhteensä|i alt|итого|всего|合计|总计|合計|総計)\s*:?$/i

/** What the rows of a table are compared with. */
export interface OddRowContext {
  /** The cells of the header; null without one. */
  readonly header: readonly string[] | null
  readonly fields: number
}

/** The kind of a row by its own cells; a total is one only at the end. */
export function oddKind(cells: readonly string[], { header, fields }: OddRowContext): Exclude<OddRow, 'second_header'> | null {
  if (fields < 2 || cells.length !== fields) return null
  const first = cells.find((cell) => trimmedText(cell) !== '')
  if (first === undefined) return 'blank'
  if (header !== null && cells[0] === header[0] && isSame(cells, header)) return 'header'
  return isTotal(cells, first) ? 'total' : null
}

/** A number, also with a unit: `19 kg`. */
const AMOUNT = /^[^\p{L}\d]*\d[\d.,' ]*(?:\p{L}{1,5}\.?)?$/u

/** A label of a total, and beside it only numbers and empty cells. */
function isTotal(cells: readonly string[], label: string): boolean {
  if (!TOTALS.test(trimmedText(label))) return false
  const others = cells.map((cell) => trimmedText(cell)).filter((cell) => cell !== trimmedText(label) && cell !== '')
  const kinds = others.map((cell) => (AMOUNT.test(cell) ? 'number' : cellKind(cell)))
  return kinds.includes('number') && kinds.every((kind) => kind === 'number' || kind === 'null')
}

/** Sums of columns, to recognise a last row without a label that holds them. */
function startSums(fields: number) {
  const sums = new Array<number>(fields).fill(0)
  const areNumbers = new Array<boolean>(fields).fill(true)
  let rows = 0
  let last: readonly string[] | null = null

  function addLast(): void {
    if (last === null) return
    rows++
    last.forEach((cell, at) => {
      const value = numberOf(cell)
      if (value === null) areNumbers[at] = false
      else sums[at] = (sums[at] ?? 0) + value
    })
  }

  return {
    add(cells: readonly string[]): void {
      addLast()
      last = cells
    },
    /** Whether the last row has no label, and every value of it is the sum of the numbers above. */
    isLastSum(): boolean {
      if (last === null || rows < 2 || trimmedText(last[0] ?? '') !== '') return false
      const values = last.flatMap((cell, at) => (trimmedText(cell) === '' ? [] : [{ at, value: numberOf(cell) }]))
      const fits = ({ at, value }: { at: number; value: number | null }) =>
        value !== null && value !== 0 && areNumbers[at] === true && isClose(value, sums[at] ?? 0)
      return values.length > 0 && values.every(fits)
    },
  }
}

/** Sums of floats differ in their last digits from those that were written. */
const isClose = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))

const numberOf = (cell: string) => (/^\s*-?\d+(?:\.\d+)?\s*$/.test(cell) ? Number(cell) : null)

/** Receives the records of a text, each as data or as odd, both in the order of the text. */
export interface OddRowHandler<Entry> {
  data(entry: Entry): void
  odd(entry: Entry, reason: string): void
}

/** Separates the odd rows of the given kinds from the good records of a text. */
export function startOddRows<Entry>(
  kinds: ReadonlySet<string>,
  context: OddRowContext & { readonly second_header: boolean },
  handler: OddRowHandler<Entry>,
) {
  const sums = kinds.has('total') ? startSums(context.fields) : null
  // the end of the text so far: the last record of data, and what may be totals below it
  let held: { readonly entry: Entry; readonly kind: OddRow | null }[] = []
  return {
    take(entry: Entry, record: number, cells: readonly string[]): void {
      const kind = record === 1 && context.second_header ? 'second_header' : oddKind(cells, context)
      if (kind !== null && kind !== 'total' && kinds.has(kind)) {
        handler.odd(entry, WHAT[kind])
        return
      }
      if (sums === null) {
        handler.data(entry)
        return
      }
      if (kind === null || kind === 'header' || kind === 'second_header') {
        for (const one of held) handler.data(one.entry)
        held = []
        sums.add(cells)
      }
      held.push({ entry, kind })
    },
    end(): void {
      const hasTotal = held.some(({ kind }) => kind === 'total')
      const isSum = !hasTotal && sums?.isLastSum() === true
      for (const { entry, kind } of held) {
        if (kind === 'total' || (isSum && kind === null)) handler.odd(entry, WHAT.total)
        else handler.data(entry)
      }
    },
  }
}

/** A finding: where rows of a kind are, what they look like, and the setting that quarantines them. `where`: what a line is called. */
export function findingOf(kind: OddRow, lines: readonly number[], cells: readonly string[], where: 'line' | 'row', more = ''): string {
  const [first = 0] = lines
  const others = lines.length > 1 ? ` (and ${count(lines.length - 1, 'more row', 'more rows')})` : ''
  const shown = kind === 'blank' ? '' : ` (${preview(cells.map((cell) => trimmedText(cell)).filter((cell) => cell !== ''))})`
  return `${where} ${first} ${WHAT[kind]}${shown}${others} and is read as a record; to quarantine such rows, set quarantine_rows: [${kind}] in the source of the discover step${more}`
}
