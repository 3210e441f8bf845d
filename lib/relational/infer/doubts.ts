/** What is said about a column whose reading a person should know. */
import { count } from '#core/text/numbers.ts'
import { trimmedText } from '#core/text/white-space.ts'
import type { NumberFormat } from '#relational/types/number-forms.ts'
import type { Probably } from '#relational/cells/column-plan.ts'
import { isNumeric } from '#relational/types/types.ts'
import { unitOfMeaning } from './units.ts'
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

/** The setting that reads a column as a type. A decimal is quoted, because its comma would divide a flow mapping. */
export const typeSetting = (name: string, type: string) =>
  `types: {${JSON.stringify(name)}: ${type.includes(',') ? JSON.stringify(type) : type}}`

/** Whether a text column of so many cells is probably of a type that these have. */
export const isProbable = (cells: number, present: number) => cells > PROBABLY * present && cells < present

/** Says what a text column seems to be, with an example of what is not: `"ca. 12" in line 41`. */
export function probableDoubt(name: string, { type, unfit, present, first }: Probably, line?: string): string {
  const shown = first === null ? '' : `, e.g. ${JSON.stringify(first)}${line === undefined ? '' : ` in ${line}`}`
  const share = ((unfit / present) * 100).toFixed(1)
  return `"${name}" is probably ${isNumeric(type) ? 'a number' : type === 'boolean' ? 'yes or no' : 'a date'}: ${unfit.toLocaleString('en')} of ${count(present, 'cell')} (${share} %) ${unfit === 1 ? 'is' : 'are'} not${shown}; it stays text. To quarantine these rows and read the others, set ${typeSetting(name, type)} in the discover step`
}

/** The units that cells have beside their numbers, with the cells of each. */
const unitsOf = ({ semantics }: Evidence) =>
  Object.entries(semantics).flatMap(([semantic, cells]) => {
    const unit = unitOfMeaning(semantic)
    return unit === null ? [] : [[unit, cells] as const]
  })

/** The unit of a column in which nearly all cells are numbers with this unit; null if there is none. */
export function unitOf(evidence: Evidence): string | null {
  const [first, ...others] = unitsOf(evidence)
  return first !== undefined && others.length === 0 && first[1] >= 0.99 * (evidence.cells - evidence.missing) ? first[0] : null
}

/** Numbers with units stay text: with one unit that is a note, with several, or with other cells, a doubt. */
export function noteUnits(name: string, evidence: Evidence, notes: string[], doubts: string[]): void {
  const units = unitsOf(evidence)
  const present = evidence.cells - evidence.missing
  const cells = units.reduce((sum, [, own]) => sum + own, 0)
  if (2 * cells <= present) return
  const shown = units.map(([unit, own]) => `${unit} (${count(own, 'cell')})`).join(', ')
  const said = unitOf(evidence) === null ? doubts : notes
  said.push(
    `"${name}" holds numbers with ${units.length === 1 ? 'the unit' : 'the units'} ${shown}, of ${count(present, 'cell')}; it stays text. To read exact numbers with the unit in a column of its own, use {amounts: {columns: [${name}]}} in a clean step`,
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
