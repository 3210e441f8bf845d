/** What the rules of a step changed and found, over all batches: from the flags, and from what the facts already counted. */
import type { FactsFile } from '#data/survey/sources.ts'
import type { Claim } from '#relational/operations/choices.ts'
import type { Outcome } from './outcome.ts'

export interface RuleCount {
  readonly rule: string
  readonly column: string
  readonly cells: number
  readonly rows: number
  readonly fate: 'keep' | 'quarantine' | 'filter' | 'deduplicate'
  readonly reason: string
  /** The number of sources in which it happened; each is one finding. */
  readonly sources: number
}

/** For each rule of a step, the rows in which it found something; a row counts once, however many of its columns break the rule. */
export function rowsFound(step: string, counts: readonly RuleCount[], outcomes: readonly Outcome[]): ReadonlyMap<string, number> {
  const rows = new Map<string, number>()
  for (const { rule, rows: own } of counts) rows.set(rule, (rows.get(rule) ?? 0) + own)
  const manifold = new Map<string, number>()
  for (const { origin, rows: own } of outcomes.flatMap(({ found }) => found))
    if (origin.step === step) manifold.set(origin.rule, (manifold.get(origin.rule) ?? 0) + own)
  return new Map([...rows, ...manifold])
}

export function ruleCounts(
  step: string,
  outcomes: readonly Outcome[],
  claims: readonly Claim[],
  facts: FactsFile | undefined,
): readonly RuleCount[] {
  const found = new Map<string, { count: RuleCount; sources: Set<number> }>()
  for (const { flags, sources } of outcomes) {
    for (const { flag, counts } of flags) {
      if (flag.origin.step !== step || flag.counts === 'lost' || flag.counts === 'void') continue
      const key = JSON.stringify([flag.origin.rule, flag.column, flag.fate, flag.reason])
      const known = found.get(key) ?? {
        count: { rule: flag.origin.rule, column: flag.column, cells: 0, rows: 0, fate: flag.fate, reason: flag.reason, sources: 0 },
        sources: new Set<number>(),
      }
      const sum = counts.reduce((a, b) => a + b, 0)
      const cells = flag.counts === 'cells' && flag.fate === 'keep'
      counts.forEach((count, at) => {
        if (count > 0) known.sources.add(sources[at]?.source ?? 0)
      })
      found.set(key, {
        sources: known.sources,
        count: { ...known.count, cells: known.count.cells + (cells ? sum : 0), rows: known.count.rows + (cells ? 0 : sum) },
      })
    }
  }
  const flagged = [...found.values()].map(({ count, sources }) => ({ ...count, sources: sources.size }))
  const claimed = claims
    .filter((claim) => claim.step === step)
    .map(({ rule, column, cells }): RuleCount => {
      const sources =
        facts?.sources.filter(({ issues }) => issues.some((issue) => issue.column === column && issue.rule === rule)).length ?? 1
      return { rule, column, cells, rows: 0, fate: 'keep', reason: '', sources: Math.max(1, sources) }
    })
  return [...claimed, ...flagged].filter(({ cells, rows }) => cells + rows > 0)
}
