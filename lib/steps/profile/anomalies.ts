/** Unusual numbers and categories of a column, from its facts, with the reasons. */
import { trimmedText } from '#core/text/white-space.ts'
import { count } from '#core/text/numbers.ts'
import { isNaming } from '#relational/infer/semantics.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import { isNumeric } from '#relational/types/types.ts'

/** Iglewicz and Hoaglin: a modified z-score above 3.5 is an outlier. The factor makes the median absolute deviation one of a normal distribution. */
const FAR = 3.5
const FACTOR = 1.4826
/** More values are no categories. */
const MAX_VALUES = 50
const RARE = 0.01
const FEWEST_ROWS = 20
/** Rare values of a column that are named. */
const SHOWN = 3

/** A sentence for each: `amount 9999 is 41.2 robust deviations above the median 20`. */
export const anomaliesOf = (facts: ColumnFacts): readonly string[] => (isNumeric(facts.type) ? unusualNumbers(facts) : rareValues(facts))

function unusualNumbers({ name, semantic, minimum, maximum, distinct, deviation, mean, sampled }: ColumnFacts): readonly string[] {
  if (isNaming(semantic) || distinct.value < 5 || sampled.quantiles === null || minimum === null || maximum === null) return []
  const middle = sampled.quantiles[3] ?? 0
  const robust = (sampled.mad ?? 0) > 0
  // where most values are equal there is no robust width, and the usual one says more than nothing
  const [centre, width] = robust ? [middle, FACTOR * (sampled.mad ?? 0)] : [mean ?? middle, deviation ?? 0]
  if (width <= 0) return []
  const what = robust ? ['robust deviations', 'median'] : ['standard deviations', 'mean']
  return [Number(minimum), Number(maximum)].flatMap((value) => {
    const far = (value - centre) / width
    if (Math.abs(far) <= FAR) return []
    return [
      `${name} ${shown(value)} is ${Math.abs(far).toFixed(1)} ${what[0]} ${far > 0 ? 'above' : 'below'} the ${what[1]} ${shown(centre)}`,
    ]
  })
}

const shown = (value: number) => Number(value.toPrecision(6)).toString()

function rareValues({ name, type, semantic, rows, missing, values, null_values }: ColumnFacts): readonly string[] {
  if (type !== 'text' || isNaming(semantic) || values === null || rows - missing < FEWEST_ROWS) return []
  const there = spellings(values.filter(([value]) => value !== '' && !null_values.includes(value)))
  if (there.length < 2 || there.length > MAX_VALUES || there.length * 5 > rows) return []
  const most = Math.max(1, Math.floor((rows - missing) * RARE))
  const rare = there.filter(([, cells]) => cells <= most)
  // where most values are rare, none is unusual
  if (rare.length === 0 || rare.length * 2 > there.length) return []
  const more = rare.length > SHOWN ? ` and ${rare.length - SHOWN} more` : ''
  return [
    `${name} has ${rare
      .slice(0, SHOWN)
      .map(([value, cells]) => `'${value}' in ${count(cells, 'row')}`)
      .join(', ')}${more} of ${(rows - missing).toLocaleString('en')}, among ${count(there.length, 'value')}`,
  ]
}

/** Values that differ in white space and case only are one: how they are written is another finding. Each has its most frequent spelling. */
function spellings(values: readonly (readonly [value: string, count: number])[]): readonly (readonly [value: string, count: number])[] {
  const folded = new Map<string, [value: string, count: number]>()
  for (const [value, cells] of values) {
    const text = trimmedText(value)
    const known = folded.get(text.toLowerCase())
    if (known === undefined) folded.set(text.toLowerCase(), [text, cells])
    else known[1] += cells
  }
  return [...folded.values()].sort((a, b) => b[1] - a[1])
}
