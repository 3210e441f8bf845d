/** The quality of a dataset: four metrics and a score, and the findings behind them. */
import type { ColumnFacts, Facts } from '#relational/measures/facts.ts'
import { semanticRule } from '#relational/measures/semantic-rules.ts'

/** The four metrics and their weighted mean, each 0 to 1. */
export interface Quality {
  readonly completeness: number
  readonly validity: number
  readonly uniqueness: number
  readonly consistency: number
  readonly score: number
}

/** The weight of each metric in the score. */
export const WEIGHTS = { completeness: 0.25, validity: 0.25, uniqueness: 0.25, consistency: 0.25 } as const

/** The counts behind the metrics; a metric is 1 if there is nothing to measure. */
export interface QualityCounts {
  readonly cells: number
  readonly missing: number
  /** Non-missing cells of columns with a type or meaning, and those that do not fit it. */
  readonly typed: number
  readonly invalid: number
  readonly rows: number
  readonly surplus: number
  /** Rows checked for consistency, and those with a cell written unlike its column. */
  readonly compared: number
  readonly unlike: number
}

const share = (bad: number, all: number) => (all === 0 ? 1 : 1 - bad / all)

export function qualityOf(counts: QualityCounts): Quality {
  const metrics = {
    completeness: share(counts.missing, counts.cells),
    validity: share(counts.invalid, counts.typed),
    uniqueness: share(counts.surplus, counts.rows),
    consistency: share(counts.unlike, counts.compared),
  }
  const score = (Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[]).reduce((sum, name) => sum + WEIGHTS[name] * metrics[name], 0)
  return { ...metrics, score }
}

/** Whether cells of the column can be valid or invalid. */
export const isTyped = ({ type, semantic, probably }: Pick<ColumnFacts, 'type' | 'semantic' | 'probably'>) =>
  type !== 'text' || semanticRule(semantic) !== undefined || probably !== undefined

/** The counts of a dataset as read; `surplus` by the key set that defines duplicates. */
export function countsOf(facts: Facts, keySet: number): QualityCounts {
  const sum = (of: (column: ColumnFacts) => number, columns = facts.columns) => columns.reduce((total, column) => total + of(column), 0)
  const typed = facts.columns.filter(isTyped)
  return {
    cells: facts.rows * facts.columns.length,
    missing: sum(({ missing }) => missing),
    typed: sum(({ rows, missing }) => rows - missing, typed),
    invalid: sum(({ invalid, doubtful }) => invalid + doubtful, typed),
    rows: facts.rows,
    surplus: facts.surplus[keySet] ?? 0,
    compared: facts.inconsistent.of,
    unlike: facts.inconsistent.count,
  }
}

/** A problem in a column of a source (or in the source itself: column ''), with the number of cells or rows. */
export interface Issue {
  readonly source: string
  readonly column: string
  readonly rule: string
  readonly count: number
}
