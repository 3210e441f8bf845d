/** missing, invalid, doubtful: cells that are empty, not of the type, or not of the meaning. */
import { allOf } from '#relational/types/sql.ts'
import { cellOperation } from '#relational/cells/index.ts'
import type { Options } from '#relational/cells/cell.ts'
import { parseOperation } from '#relational/cells/reading.ts'
import { semanticRule } from './semantic-rules.ts'
import { countWhere, defineMeasure, firstWhere, isOrdered, toNumber } from './measure.ts'

type Count = { readonly count: number }

const counting = (name: string, summary: string, rest: Pick<Parameters<typeof defineMeasure<Count, number>>[0], 'appliesTo' | 'sql'>) =>
  defineMeasure<Count, number>({
    name,
    summary,
    ...rest,
    read: ({ count }) => ({ count: toNumber(count) }),
    create: () => ({ count: 0 }),
    merge: (a, b) => ({ count: a.count + b.count }),
    value: ({ count }) => count,
  })

export const missing = counting('missing', 'Cells that are empty or a null value.', {
  appliesTo: () => true,
  sql: (cells) => ({ count: countWhere(`${cells.present} IS NULL`, cells) }),
})

type Invalid = {
  readonly count: number
  readonly fractional: number
  /** Digits that the type cannot hold as they are: leading zeros, more digits than a 64-bit number has. */
  readonly coded: number
  readonly first: string | null
}

export const invalid = defineMeasure<Invalid, Invalid>({
  name: 'invalid',
  summary: 'Cells that are not of the column’s type, and the first of them; among them, numbers with decimals in a column of integers.',
  appliesTo: (column) => parseOperation(column) !== null,
  sql: (cells, { type, number }) => {
    const wrong = allOf([`${cells.present} IS NOT NULL`, `${cells.value} IS NULL`])
    const isDecimal = (options: Options) => `${cellOperation('parse_decimal').sql(cells.present, options, 'text')} IS NOT NULL`
    const decimal = type === 'integer' && number !== null ? isDecimal(number) : 'FALSE'
    const code = number !== null && number.loose !== true ? allOf([`NOT ${decimal}`, isDecimal({ ...number, loose: true })]) : 'FALSE'
    const first = isOrdered(cells) ? firstWhere(cells.present, wrong, cells) : `min(${cells.present}) FILTER (WHERE ${wrong})`
    return {
      count: countWhere(wrong, cells),
      fractional: countWhere(allOf([wrong, decimal]), cells),
      coded: countWhere(allOf([wrong, code]), cells),
      first,
    }
  },
  read: ({ count, fractional, coded, first }) => ({
    count: toNumber(count),
    fractional: toNumber(fractional),
    coded: toNumber(coded),
    first: (first as string | null | undefined) ?? null,
  }),
  create: () => ({ count: 0, fractional: 0, coded: 0, first: null }),
  merge: (a, b) => ({
    count: a.count + b.count,
    fractional: a.fractional + b.fractional,
    coded: a.coded + b.coded,
    first: a.first ?? b.first,
  }),
  value: (state) => state,
})

export const doubtful = counting(
  'doubtful',
  'Cells of the right type that do not fit the column’s meaning, such as invalid addresses in a column of e-mail addresses.',
  {
    appliesTo: ({ semantic, type }) => type === 'text' && semanticRule(semantic) !== undefined,
    sql: (cells, { semantic }) => ({ count: countWhere(`NOT ${semanticRule(semantic)?.(cells.present)}`, cells) }),
  },
)
