/** Decides whether the first record of a delimited text is a header. docs/reader.md describes the rule. */
import { type CellKind, cellKind } from './cell-kind.ts'
import { trimmedText } from '#core/text/white-space.ts'

/** The maximum number of values that are examined per column. */
const MAX_VALUES = 500
/** The share of a column's values that must be of one kind. */
const NEARLY_ALL = 0.9

/** `records` are the cells of the first record and of those after it. */
export function hasHeader(records: readonly (readonly string[])[]): boolean {
  const [first, ...below] = records
  if (first === undefined) return false
  // files that were appended to each other repeat their header
  const others = below.filter((cells) => !isSame(cells, first))
  const body = others.length > 0 ? others : below
  if (body.length === 0) return first.filter(isTyped).length * 2 < first.length
  if (isSequence(first, body)) return true
  let evidence = 0
  for (let column = 0; column < first.length; column++) {
    const values = body.map((cells) => trimmedText(cells[column] ?? '')).filter((value) => value !== '' && cellKind(value) !== 'null')
    evidence += headerScore(trimmedText(first[column] ?? ''), values.slice(0, MAX_VALUES))
  }
  return evidence >= 0
}

export const isSame = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((cell, at) => cell === b[at])

/** From -1, a value like the others, to 1, a name above them. */
function headerScore(cell: string, values: readonly string[]): number {
  const kind = cellKind(cell)
  if (cell === '' || kind === 'null' || values.length === 0) return 0
  const typed = (['number', 'date', 'address'] as const).find((one) => share(values, (value) => cellKind(value) === one) >= NEARLY_ALL)
  if (typed !== undefined) return kind === typed ? -1 : isTyped(cell) ? -0.5 : 1
  // a number above text can be a name if there is no number in the text
  if (isTyped(cell)) return values.length >= 3 && values.every((value) => cellKind(value) !== kind) ? 0.5 : -0.5
  return textScore(cell, values)
}

/** How much a cell differs, as a name, from text below it that has a uniform shape. */
function textScore(cell: string, values: readonly string[]): number {
  if (values.length >= 2 && values.includes(cell)) return -1
  let evidence = 0
  const prefix = commonPrefix(values)
  if (values.length >= 3 && prefix.length >= 4) evidence += cell.startsWith(prefix) ? -1 : 1
  for (const make of MAKES) {
    if (values.length < 3 || share(values, make) < NEARLY_ALL) continue
    evidence += make(cell) ? -0.25 : 0.5
  }
  const lengths = new Set(values.map((value) => value.length))
  // words of Chinese are of one length as often as not
  const isCaseless = share(values, (value) => /\p{Lo}/u.test(value)) >= NEARLY_ALL
  if (!isCaseless && values.length >= 5 && lengths.size === 1) evidence += lengths.has(cell.length) ? -0.5 : 1
  return Math.max(-1, Math.min(1, evidence))
}

/** Shapes of text that distinguish codes, names and sentences from identifiers. */
const MAKES: readonly ((text: string) => boolean)[] = [
  // scripts without case have no capitals
  (text) => !/[\p{Ll}\p{Lo}]/u.test(text),
  (text) => /^\p{Lu}/u.test(text),
  (text) => /\s/.test(text),
  (text) => /\d/.test(text),
]

/** Years, days or increasing numbers after one to four names: the header of a pivoted table. */
function isSequence(first: readonly string[], body: readonly (readonly string[])[]): boolean {
  const from = first.findIndex(isTyped)
  if (from < 1 || from > 4) return false
  const run = first.slice(from).map((cell) => trimmedText(cell))
  if (new Set(run).size < run.length) return false
  const isLike = (test: (cells: readonly string[]) => boolean) => test(run) && share(body, (cells) => test(cells.slice(from))) < 0.5
  if (run.length >= 2 && isLike((cells) => cells.every((cell) => /^(19|20)\d\d$/.test(trimmedText(cell))))) return true
  if (run.length >= 3 && isLike((cells) => cells.every((cell) => cellKind(cell) === 'date'))) return true
  const steps = run.every((cell) => /^\d+$/.test(cell)) ? run.slice(1).map((cell, at) => Number(cell) - Number(run[at])) : []
  return (steps.length >= 2 && steps.every((step) => step === 1)) || (steps.length >= 4 && isLike(isRising))
}

const isRising = (cells: readonly string[]) => cells.every((cell, at) => at === 0 || Number(cell) > Number(cells[at - 1]))

const isTyped = (cell: string) => (['number', 'date', 'address'] as readonly CellKind[]).includes(cellKind(cell))

const share = <T>(values: readonly T[], test: (value: T) => boolean) => values.filter(test).length / values.length

function commonPrefix(values: readonly string[]): string {
  let prefix = values[0] ?? ''
  for (const value of values) while (!value.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}
