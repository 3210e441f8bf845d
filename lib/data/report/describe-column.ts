/** Describes the problems of a column, for the report and for the profile in the terminal. */
import type { ColumnFacts } from '#relational/measures/facts.ts'
import { spellingGroups } from '#relational/measures/variants.ts'
import { shareOf, whole } from './figures.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import { isNumeric } from '#relational/types/types.ts'
import { entryOf } from '#core/text/record.ts'

/** Cells that a standardising rule would change. */
const REWRITTEN: { readonly [rule: string]: string } = {
  whitespace: 'with spaces around',
  null_values: 'with a null value',
  dates: 'not written as ISO dates',
  numbers: 'not written as plain numbers',
  currency: 'not written as plain numbers, some with a currency sign',
  booleans: 'not written as true or false',
}

const MEANINGS: { readonly [semantic: string]: string } = {
  email: 'not an e-mail address',
  url: 'not a web address',
  uuid: 'not a UUID',
  ip: 'not an IP address',
  phone: 'not a phone number',
}

/** Meanings whose valid cells have one shape. */
const SHAPED: ReadonlySet<string> = new Set(['id', 'phone', 'postal_code', 'uuid'])

/** Most important first: invalid cells, then cells written unlike the others. Empty for a clean column. */
export function columnProblems(column: ColumnFacts): readonly string[] {
  const { invalid, doubtful, effects, type, semantic, probably, sampled } = column
  const some = (count: number, what: string) => (count > 0 ? [`${whole(count)} ${what}`] : [])
  const rewritten = Object.entries(effects).flatMap(([rule, { cells, example }]) => {
    const change = example === null ? '' : ` ("${escapeControls(example.before, 30)}")`
    return some(cells, `${entryOf(REWRITTEN, rule) ?? `for ${rule}`}${change}`)
  })
  return [
    ...some(invalid, `not of type ${type}`),
    ...some(
      doubtful,
      probably !== undefined && entryOf(MEANINGS, semantic ?? '') === undefined
        ? `not ${isNumeric(probably.type) ? 'numbers' : 'dates'} like the others`
        : (entryOf(MEANINGS, semantic ?? '') ?? `not like ${semantic ?? 'the others'}`),
    ),
    ...rewritten,
    ...lookalikes(column),
    ...(SHAPED.has(semantic ?? '') && sampled.patterns.length > 1 ? [shapes(sampled.patterns)] : []),
  ]
}

/** `2 groups of spellings look alike: USA/U.S.A.`. */
function lookalikes(column: ColumnFacts): readonly string[] {
  const groups = spellingGroups(column)
  if (groups.length === 0) return []
  const shown = groups.slice(0, 2).map(({ stays, others }) =>
    [stays, ...others]
      .slice(0, 4)
      .map(({ value }) => escapeControls(value, 20))
      .join('/'),
  )
  return [
    `${whole(groups.length)} ${groups.length === 1 ? 'group of spellings looks' : 'groups of spellings look'} alike: ${shown.join(', ')}${groups.length > 2 ? ' …' : ''}`,
  ]
}

/** The shapes of texts in a column that should have one. */
function shapes(patterns: ColumnFacts['sampled']['patterns']): string {
  const all = patterns.reduce((sum, [, count]) => sum + count, 0)
  const [first] = patterns
  return `${patterns.length >= 20 ? '20 or more' : whole(patterns.length)} shapes (${shareOf((first?.[1] ?? 0) / all)} ${escapeControls(first?.[0] ?? '', 20)})`
}

/** Share of present cells; 1 for a column without rows. */
export const completenessOf = ({ rows, missing }: Pick<ColumnFacts, 'rows' | 'missing'>) => (rows === 0 ? 1 : 1 - missing / rows)

/** Distinct values as a share of the present cells; null if there are none. */
export function uniquenessOf({ rows, missing, distinct }: Pick<ColumnFacts, 'rows' | 'missing' | 'distinct'>): number | null {
  return rows === missing ? null : Math.min(1, distinct.value / (rows - missing))
}
