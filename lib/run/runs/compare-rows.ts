/** Compares the rows that a test expects with those that were published. Values are compared as they are published, exactly. Pure. */
import { entryOf, record } from '#core/text/record.ts'
import type { TestCell, TestRow } from '#language/definition/tests-schema.ts'

/** Rows that were published, each cell as text; null is a missing cell. */
export interface FoundRows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}

export interface DifferentCell {
  readonly column: string
  readonly expected: TestCell
  readonly found: string | null
}

export type RowDifference =
  /** An expected row, by its number from 1, and the published row that is most like it. */
  | { readonly kind: 'differs'; readonly row: number; readonly same: TestRow; readonly cells: readonly DifferentCell[] }
  | { readonly kind: 'missing'; readonly row: number; readonly values: TestRow }
  | { readonly kind: 'unexpected'; readonly values: TestRow }

/** Columns that the expected rows name, in order: these are compared. */
export const columnsOf = (expected: readonly TestRow[]): readonly string[] => [...new Set(expected.flatMap((row) => Object.keys(row)))]

/** The differences in the columns that the expected rows name; without such rows, every published row is one. */
export function compareRows(expected: readonly TestRow[], { columns, rows }: FoundRows, ordered: boolean): readonly RowDifference[] {
  const compared = expected.length === 0 ? columns : columnsOf(expected)
  const found = rows.map((row) => record(compared.map((column) => [column, row[columns.indexOf(column)] ?? null] as const)))
  const wanted = expected.map((row) => record(compared.map((column) => [column, entryOf(row, column) ?? null] as const)))
  const pairs = ordered ? new Map(wanted.map((_, at) => [at, at] as const)) : pairsOf(wanted, found, compared)
  const taken = new Set(pairs.values())
  return [
    ...wanted.flatMap((values, at): RowDifference[] => {
      const other = found[pairs.get(at) ?? -1]
      if (other === undefined) return [{ kind: 'missing', row: at + 1, values }]
      const cells = differing(values, other, compared)
      if (cells.length === 0) return []
      const same = record(Object.entries(other).filter(([column]) => cells.every((cell) => cell.column !== column)))
      return [{ kind: 'differs', row: at + 1, same, cells }]
    }),
    ...found.flatMap((values, at): RowDifference[] => (taken.has(at) ? [] : [{ kind: 'unexpected', values }])),
  ]
}

/** The published row of each expected one: an equal row, else the one that differs in the fewest columns and equals it in some. */
function pairsOf(wanted: readonly TestRow[], found: readonly Row[], columns: readonly string[]): Map<number, number> {
  const pairs = new Map<number, number>()
  const free = new Set(found.keys())
  const pair = (at: number, most: number) => {
    const counted = [...free].map((other) => [other, differing(wanted[at] ?? {}, found[other] ?? {}, columns).length] as const)
    const best = counted.reduce<readonly [number, number] | undefined>((a, b) => (a === undefined || b[1] < a[1] ? b : a), undefined)
    if (best === undefined || best[1] > most) return
    pairs.set(at, best[0])
    free.delete(best[0])
  }
  for (const at of wanted.keys()) pair(at, 0)
  // the closest first, so that a row is not taken by one that it hardly resembles
  for (let most = 1; most < columns.length; most++) for (const at of wanted.keys()) if (!pairs.has(at)) pair(at, most)
  return pairs
}

type Row = { readonly [column: string]: string | null }

const differing = (expected: TestRow, found: Row, columns: readonly string[]): readonly DifferentCell[] =>
  columns.flatMap((column) => {
    const [wanted, own] = [entryOf(expected, column) ?? null, entryOf(found, column) ?? null]
    return isSame(wanted, own) ? [] : [{ column, expected: wanted, found: own }]
  })

/** Whether a published cell is the expected value: a text as it is, a number if it is the same number, null if it is missing. */
export function isSame(expected: TestCell, found: string | null): boolean {
  if (expected === null || found === null) return expected === found
  if (typeof expected !== 'number') return String(expected) === found
  return digits(String(expected)) === digits(found)
}

/** A number in the digits that say its value: 12.50 is 12.5, and 1e3 is 1000. What is no number is left as it is. */
function digits(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  if (whole === '') return text
  const point = whole.length + Number(exponent)
  const all = `${whole}${fraction}`
  const moved =
    point <= 0
      ? [`0`, `${'0'.repeat(Math.min(-point, MAX_ZEROS))}${all}`]
      : [all.padEnd(Math.min(point, MAX_ZEROS), '0').slice(0, point), all.slice(point)]
  const [before = '', behind = ''] = [moved[0]?.replace(/^0+(?=\d)/, ''), moved[1]?.replace(/0+$/, '')]
  const value = behind === '' ? before : `${before}.${behind}`
  return sign === '-' && value !== '0' ? `-${value}` : value
}

/** More zeros than any number has that is published. */
const MAX_ZEROS = 1000
