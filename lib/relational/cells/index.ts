/** The list of cell operations. To add one, write its file and add a line here. */
import { amountMark, amountNumber } from './amount.ts'
import { cast } from './cast.ts'
import type { CellOperation } from './cell.ts'
import { clamp, impute, nullOutside } from './fill.ts'
import { formulaText } from './formula-text.ts'
import { nullValues } from './null-values.ts'
import { parseBoolean } from './parse-boolean.ts'
import { parseDate } from './parse-date.ts'
import { parseDecimal, parseDouble, parseInteger } from './parse-number.ts'
import { e164 } from './phone.ts'
import { lower, replaceValues, upper } from './spell.ts'
import { repairEncoding } from './repair-encoding.ts'
import { trim } from './trim.ts'

export const CELL_OPERATIONS: readonly CellOperation[] = [
  trim,
  nullValues,
  parseInteger,
  parseDouble,
  parseDecimal,
  parseBoolean,
  parseDate,
  formulaText,
  lower,
  upper,
  replaceValues,
  e164,
  repairEncoding,
  impute,
  clamp,
  nullOutside,
  cast,
  amountNumber,
  amountMark,
]

const byName = new Map(CELL_OPERATIONS.map((operation) => [operation.name, operation]))

export function cellOperation(name: string): CellOperation {
  const operation = byName.get(name)
  if (operation === undefined) throw new Error(`unknown cell operation ${name}`)
  return operation
}
