/** The rows that are unlike the others: one pass over all of them, by what is known to be usual. */
import type { DatasetRows } from '#steps/kind/behaviour.ts'
import { chanceFrom } from './chance.ts'
import type { Method, Settings } from './config.ts'
import { burstsIn, farText, type Finding, rareIn, rareText, short, type Spread } from './findings.ts'
import { isolationForest } from './isolation-forest.ts'
import type { Chosen, Learned } from './usual.ts'

/** In the order of the rows, bursts at the end. */
export async function findRows(chosen: Chosen, learned: Learned, settings: Settings, methods: ReadonlySet<Method>, rows: DatasetRows) {
  const { numbers, texts, parties, moment } = chosen
  const { spreads, sample } = learned
  const rare = learned.counts.map((own) => (own === null ? new Map<string, number>() : rareIn(own, learned.rows)))
  const filled = (row: readonly (number | null)[]) => row.map((value, at) => value ?? spreads[at]?.centre ?? 0)
  const forest =
    methods.has('isolation_forest') && numbers.length > 0 && sample.length > 1
      ? isolationForest(sample.map(filled), {
          trees: Number(settings.trees),
          sample: Number(settings.sample),
          chance: chanceFrom(Number(settings.seed)),
        })
      : null
  const wantsBursts = methods.has('bursts') && moment !== undefined
  const groups = parties.map(() => new Map<string, number[]>())
  const found: Finding[] = []
  const columns = [
    ...numbers.map((name) => ({ name, as: 'number' as const })),
    ...[...texts, ...(wantsBursts ? [moment, ...parties] : [])].map((name) => ({ name, as: 'text' as const })),
  ]
  let at = -1
  for await (const some of rows.read(columns))
    for (const row of some) {
      at++
      const own = row.slice(0, numbers.length) as (number | null)[]
      if (methods.has('robust_z')) found.push(...farIn(own, numbers, spreads, Number(settings.threshold), at))
      if (methods.has('rare_categories'))
        for (const [text, column] of texts.entries()) {
          const value = row[numbers.length + text] as string | null
          const cells = value === null || value === undefined ? undefined : rare[text]?.get(value)
          if (cells === undefined || value === null || value === undefined) continue
          found.push({
            row: at,
            method: 'rare_categories',
            column,
            value,
            score: 1 - cells / learned.rows,
            reason: rareText(column, value, cells, learned.rows),
          })
        }
      const score = forest?.score(filled(own)) ?? 0
      if (forest !== null && score >= settings.score) found.push(isolated(own, numbers, spreads, score, at))
      if (!wantsBursts) continue
      const when = row[numbers.length + texts.length] as string | null
      for (const [party, group] of groups.entries()) {
        const value = row[numbers.length + texts.length + 1 + party] as string | null | undefined
        if (when === null || value === null || value === undefined) continue
        const key = `${value}\u0000${when.slice(0, 13)}`
        group.set(key, [...(group.get(key) ?? []), at])
      }
    }
  for (const [party, group] of groups.entries())
    found.push(...burstsIn(group, { column: parties[party] ?? '', fewest: Number(settings.burst), threshold: Number(settings.threshold) }))
  return found
}

function farIn(row: readonly (number | null)[], numbers: readonly string[], spreads: readonly Spread[], threshold: number, at: number) {
  return row.flatMap((value, column): Finding[] => {
    const spread = spreads[column]
    if (value === null || spread === undefined || spread.width <= 0) return []
    const score = Math.abs(value - spread.centre) / spread.width
    const name = numbers[column] ?? ''
    return score <= threshold
      ? []
      : [{ row: at, method: 'robust_z', column: name, value: short(value), score, reason: farText(name, value, spread) }]
  })
}

/** The finding of the forest names the columns that are farthest from what is usual. */
function isolated(
  row: readonly (number | null)[],
  numbers: readonly string[],
  spreads: readonly Spread[],
  score: number,
  at: number,
): Finding {
  const far = row
    .map((value, column) => {
      const { centre, width } = spreads[column] as Spread
      return { value, column, far: value === null ? -1 : Math.abs(value - centre) / (width > 0 ? width : 1) }
    })
    .sort((a, b) => b.far - a.far)
  const [first] = far
  const named = far
    .slice(0, 3)
    .filter(({ far: distance }, place) => distance > 1 || place === 0)
    .map(({ value, column }) =>
      value === null
        ? `${numbers[column]} is missing`
        : `${numbers[column]} ${short(value)} (usually about ${short(spreads[column]?.centre ?? 0)})`,
    )
  return {
    row: at,
    method: 'isolation_forest',
    column: numbers[first?.column ?? 0] ?? '',
    value: first?.value == null ? '' : short(first.value),
    score,
    reason: `isolation score ${score.toFixed(3)}: ${named.join(', ')}`,
  }
}
