/** The list of cell operations. To add one, write its file and add a line here. */
import { cast } from './cast.ts'
import type { CellOperation } from './cell.ts'
import { clamp, impute, nullOutside } from './fill.ts'
import { formulaText } from './formula-text.ts'
import { nullValues } from './null-values.ts'
import { parseBoolean } from './parse-boolean.ts'
import { parseDate } from './parse-date.ts'
import { parseDecimal, parseInteger } from './parse-number.ts'
import { e164 } from './phone.ts'
import { lower, replaceValues, upper } from './spell.ts'
import { trim } from './trim.ts'

export const CELL_OPERATIONS: readonly CellOperation[] = [
  trim,
  nullValues,
  parseInteger,
  parseDecimal,
  parseBoolean,
  parseDate,
  formulaText,
  lower,
  upper,
  replaceValues,
  e164,
  impute,
  clamp,
  nullOutside,
  cast,
]

const byName = new Map(CELL_OPERATIONS.map((operation) => [operation.name, operation]))

export function cellOperation(name: string): CellOperation {
  const operation = byName.get(name)
  if (operation === undefined) throw new Error(`unknown cell operation ${name}`)
  return operation
}
