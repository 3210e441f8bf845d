/** amount_number and amount_mark: the number of an amount such as `12.0 oz`, and what stands beside it. */
import { AMOUNT } from '#relational/types/amounts.ts'
import { text } from '#relational/types/sql.ts'
import { decimalType } from '#relational/types/types.ts'
import { trimmedSql } from '#relational/types/white-space.ts'
import { type CellOperation, defineCell } from './cell.ts'
import { type DecimalFormat, parseDecimal, parseInteger } from './parse-number.ts'

const part = (cell: string, groups: string) => `regexp_replace(${cell}, ${text(AMOUNT)}, ${text(groups)})`
const numberOf = ({ scale }: DecimalFormat): CellOperation => (scale === 0 ? parseInteger : parseDecimal)

export const amountNumber = defineCell<DecimalFormat>({
  name: 'amount_number',
  summary: 'Converts an amount to its number, without the unit or currency beside it; anything else becomes missing.',
  type: (_before, { precision, scale }) => (scale === 0 ? 'integer' : decimalType(precision, scale)),
  sql: (cell, options, _before, once) => once(part(cell, '\\1\\3\\4\\5\\7'), (body) => numberOf(options).sql(body, options, 'text', once)),
  // the same digits in plain form are no change
  changes: (cell, options) => {
    const number = numberOf(options).sql(part(cell, '\\1\\3\\4\\5\\7'), options, 'text')
    return `(${cell} IS NOT NULL AND (NOT regexp_full_match(${cell}, '[-]?[0-9]+([.][0-9]+)?') OR (${number}) IS NULL))`
  },
  empties: () => true,
})

export const amountMark = defineCell({
  name: 'amount_mark',
  summary: 'Keeps what stands beside the number of an amount: its unit or currency.',
  type: () => 'text',
  sql: (cell) => `NULLIF(${trimmedSql(part(cell, '\\2\\6'))}, '')`,
})
