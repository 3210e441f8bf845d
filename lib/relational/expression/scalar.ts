/** Values known before the data: literals and parameters, their types, and parsing text as another type. */
import { fits } from '#relational/types/fits.ts'
import { DIGITS, FALSE_TEXTS, NUMBER, POWER, TRUE_TEXTS } from '#relational/types/text-forms.ts'
import { type ColumnType, type DecimalType, digitsOf, FLOAT_DIGITS, isDecimal, isExactNumber } from '#relational/types/types.ts'
import { trimmedText } from '#core/text/white-space.ts'
import type { BooleanLiteral, NullLiteral, NumberLiteral, TextLiteral, TimeLiteral } from './ast.ts'
import { adapted } from './exact.ts'
import { isoDate, isoTimestamp } from './moments.ts'
import { commonType, type ValueType } from './types.ts'

const WHOLE = new RegExp(`^${DIGITS}$`)
const EXPONENT = new RegExp(`^${POWER}$`)
const FLOAT = new RegExp(`^${NUMBER}$`)
const LARGEST = 2n ** 63n - 1n

/** Whether digits without a decimal point or exponent fit in 64 bits, the size of an integer. */
export function isInteger(digits: string, negative = false): boolean {
  return /^\d+$/.test(digits) && BigInt(digits) <= (negative ? LARGEST + 1n : LARGEST)
}

/** The type of a literal; `negative` if it follows a minus. */
export function literalType(
  literal: NumberLiteral | TextLiteral | BooleanLiteral | NullLiteral | TimeLiteral,
  negative = false,
): ValueType {
  return literal.kind === 'number' ? (isInteger(literal.digits, negative) ? 'integer' : 'float') : literal.kind
}

/** The canonical text of a value of a type that is written as text; undefined if the text is not valid for the type. */
export function literalAs(text: string, type: ColumnType): string | undefined {
  if (isDecimal(type)) return decimalNumber(trimmedText(text), type)
  switch (type) {
    case 'text':
      return text
    case 'integer':
      return wholeNumber(trimmedText(text))
    case 'float':
      return floatNumber(trimmedText(text))
    case 'boolean': {
      const word = trimmedText(text).toLowerCase()
      return TRUE_TEXTS.includes(word) ? 'TRUE' : FALSE_TEXTS.includes(word) ? 'FALSE' : undefined
    }
    case 'date':
      return isoDate(text)
    case 'timestamp':
      return isoTimestamp(text)
  }
}

function wholeNumber(said: string): string | undefined {
  if (EXPONENT.test(said)) return Number.isSafeInteger(Number(said)) ? String(Number(said)) : undefined
  const [digits = ''] = said.replace(/^\+/, '').split('.')
  return WHOLE.test(said) && isInteger(digits.replace(/^-/, ''), digits.startsWith('-')) ? digits : undefined
}

/** With an exponent only if a float holds the number. */
function decimalNumber(said: string, type: DecimalType): string | undefined {
  const plain = EXPONENT.test(said) && said.length <= FLOAT_DIGITS ? Number(said).toFixed(digitsOf(type).scale) : said
  return fits(plain, type) && (plain === said || Number(plain) === Number(said)) ? plain : undefined
}

const floatNumber = (said: string) => (FLOAT.test(said) && Number.isFinite(Number(said)) ? said : undefined)

/** A value to be combined with others: its type, and its text if known before the data (`''` while it contains unknown parameters). */
export interface Meeting {
  readonly type: ValueType
  readonly text?: string | undefined
  /** The exact decimal that a literal may be instead of a float. */
  readonly exact?: DecimalType | undefined
}

/**
 * The common type of values, where a text known in advance may be a date, timestamp, number or boolean. The caller checks whether each text
 * is such a value.
 */
export function meetingType(given: readonly Meeting[]): ValueType | 'mixed' {
  const values: readonly Meeting[] = adapted(given)
  const fixed = values.filter(({ type, text }) => type !== 'text' || text === undefined)
  const common = commonType(fixed.map(({ type }) => type))
  const texts = values.flatMap(({ type, text }) => (type === 'text' && text !== undefined ? [text] : []))
  if (texts.length === 0 || common === 'text' || common === 'mixed' || common === 'unknown' || common === 'interval')
    return texts.length > 0 && common === 'interval' ? 'mixed' : common
  if (common === 'null') return 'text'
  if (common === 'date' && texts.some((text) => isoDate(text) === undefined && isoTimestamp(text) !== undefined)) return 'timestamp'
  if (isExactNumber(common) && texts.some((text) => literalAs(text, common) === undefined && literalAs(text, 'float') !== undefined))
    return 'float'
  return common
}
