/** What is said about a column whose reading a person should know. */
import { count } from '#core/text/numbers.ts'
import { trimmedText } from '#core/text/white-space.ts'
import type { NumberFormat } from '#relational/types/number-forms.ts'
import type { Evidence } from './evidence.ts'

/** Above this share, a column that stays text is probably of a type. */
const PROBABLY = 0.5
/** With fewer cells, zeros in front are the usual sight of a code and need no warning. */
const FEW_CODES = 20

/** A few cells with zeros in front keep a column of numbers text. */
export function noteCodes(name: string, { cells, missing, coded }: Evidence, setting: string, doubts: string[]): void {
  const present = cells - missing
  if (coded === 0 || coded > present / 2 || present < FEW_CODES) return
  doubts.push(
    `"${name}" has ${count(coded, 'cell')} with a leading zero or in the form of a code among numbers; it stays text. To read it as numbers, set ${setting} in the discover step`,
  )
}

/** Says what a text column seems to be, with an example of what is not. */
export function noteProbable(
  name: string,
  evidence: Evidence,
  present: number,
  readings: readonly (readonly [what: string, cells: number, setting: string])[],
  doubts: string[],
): void {
  const [what, cells, setting] = readings.reduce((a, b) => (b[1] > a[1] ? b : a))
  const unfit = present - cells
  if (cells <= PROBABLY * present || unfit === 0) return
  const shown = evidence.unfit === null ? '' : `, e.g. ${JSON.stringify(evidence.unfit)}`
  const share = ((unfit / present) * 100).toFixed(1)
  doubts.push(
    `"${name}" is probably ${what}: ${unfit} of ${count(present, 'cell')} (${share} %) ${unfit === 1 ? 'is' : 'are'} not${shown}; it stays text. To quarantine these rows and read the others, set ${setting} in the discover step`,
  )
}

/** Numbers that lose something that is not their value: a currency, zeros at the end. */
export function noteNumbers(name: string, evidence: Evidence, { loose, symbols }: NumberFormat, notes: string[], doubts: string[]): void {
  if (loose === true && symbols.length > 1)
    notes.push(`"${name}" holds amounts in ${symbols.join(' and ')}; they are read as plain numbers, without the currency`)
  if (loose === true || evidence.trailing === 0 || Object.keys(evidence.scales).length < 2) return
  const same = sameNumbers(evidence)
  const said = same === null ? notes : doubts
  said.push(
    `"${name}" writes decimals in several ways, such as ${same ?? '25.1 and 25.10'}, which are the same number; to keep them as written, set types: {${JSON.stringify(name)}: text} in the discover step`,
  )
}

/** Two texts of a column that are the same decimal number; null if its values are not listed or there are none. */
function sameNumbers({ values }: Evidence): string | null {
  const known = new Map<string, string>()
  for (const value of Object.keys(values ?? {})) {
    const cell = trimmedText(value)
    const [, whole, fraction] = /^([+-]?\d*)\.(\d+)$/.exec(cell) ?? []
    if (whole === undefined || fraction === undefined) continue
    const key = `${whole}.${fraction.replace(/0+$/, '')}`
    const other = known.get(key)
    if (other !== undefined && other !== cell) return `${other} and ${cell}`
    known.set(key, cell)
  }
  return null
}
