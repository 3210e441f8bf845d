/**
 * Amounts: numbers beside a unit or a currency, such as `12.0 oz`, `5kg` or `EUR 12`. Units and their names come from the platform's tables (`Intl`), in the
 * languages data comes in.
 */
import { AMOUNT } from '#relational/types/amounts.ts'
import { trimmedText } from '#core/text/white-space.ts'

export interface Amount {
  /** The digits with their marks and sign. */
  readonly body: string
  /** What stands beside them, as written; '' for a plain number. */
  readonly mark: string
}

const PATTERN = new RegExp(AMOUNT, 'u')

/** The parts of an amount; null for other texts. */
export function amountIn(cell: string): Amount | null {
  const [, open = '', before = '', sign = '', digits, trailing = '', after = '', close = ''] = PATTERN.exec(cell) ?? []
  if (digits === undefined || (before !== '' && after !== '')) return null
  return { body: `${open}${sign}${digits}${trailing}${close}`, mark: trimmedText(before + after) }
}

const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt']
const NUMBERS = [1, 2, 1.5]
/** Percentages are numbers of their own, and degrees are parts of coordinates. */
const OTHERS: ReadonlySet<string> = new Set(['percent', 'degree'])

let known: ReadonlyMap<string, string> | undefined

/** The symbol of each unit by its spellings: as they are written, then in lower case where that is no other unit's. */
function unitsBySpelling(): ReadonlyMap<string, string> {
  const exact = new Map<string, string>()
  const units = Intl.supportedValuesOf('unit').filter((unit) => !OTHERS.has(unit))
  for (const language of LANGUAGES) {
    for (const unit of units) {
      const [symbol = ''] = spellings('en', unit, 'short')
      for (const display of ['short', 'long', 'narrow'] as const)
        for (const spelling of spellings(language, unit, display)) {
          const name = withoutPoint(spelling)
          // abbreviations of one letter differ between languages
          if ((name.length > 1 || language === 'en') && !exact.has(name)) exact.set(name, symbol)
        }
    }
  }
  const folded = new Map<string, string | null>()
  for (const [name, symbol] of exact) {
    // m is a metre, M is not
    if (name.length < 2) continue
    const lower = name.toLowerCase()
    folded.set(lower, folded.has(lower) && folded.get(lower) !== symbol ? null : symbol)
  }
  return new Map([...[...folded].flatMap(([name, symbol]) => (symbol === null ? [] : [[name, symbol] as const])), ...exact])
}

/** How the unit is written after each of the numbers. */
function spellings(language: string, unit: string, unitDisplay: 'short' | 'long' | 'narrow'): readonly string[] {
  // making a format takes longer than using it
  const format = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay })
  return NUMBERS.map((number) =>
    format
      .formatToParts(number)
      .flatMap(({ type, value }) => (type === 'unit' ? [value] : []))
      .join(' '),
  )
}

const withoutPoint = (name: string) => name.replace(/\.$/, '')

/** The symbol of a unit for one of its names, in any case: `oz` for `Ounces` and `oz.`; null if it is none. */
export function unitNamed(name: string): string | null {
  // most texts have no mark, and need no table
  if (name === '') return null
  known ??= unitsBySpelling()
  const bare = withoutPoint(name)
  return known.get(bare) ?? (bare.length > 1 ? known.get(bare.toLowerCase()) : undefined) ?? null
}

/** The unit of a mark that is one, or that begins with one and goes on with a remark: `oz. can`. */
export const unitIn = (mark: string) => unitNamed(mark) ?? unitNamed(/^\S+/.exec(mark)?.[0] ?? '')

const QUANTITY = /^quantity \((.+)\)$/

/** The meaning of a column of numbers with this unit, and the unit of such a meaning. */
export const quantityIn = (unit: string) => `quantity (${unit})`
export const unitOfMeaning = (semantic: string) => QUANTITY.exec(semantic)?.[1] ?? null
