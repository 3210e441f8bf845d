/**
 * Accounts for issues. An issue is a finding: a rule, a column and a source; its number of cells is counted separately. It is fixed if a
 * step changed the cells or quarantined the rows in which it was found.
 */
import type { RuleCount } from '#data/pass/rule-counts.ts'
import type { Issue } from '#data/survey/quality.ts'
import type { RunArtifacts } from '#data/ledger/artifacts.ts'
import type { QualityReport } from './model.ts'

/** A count, and whether its step is one that fixes issues: one that reports how many it resolved. */
interface StepCount extends RuleCount {
  readonly step: string
  readonly fixes: boolean
}

export function accountIssues(artifacts: RunArtifacts): QualityReport['issues'] {
  const counts = countsOf(artifacts)
  const surveyed = surveyedIssues(artifacts, counts)
  const open = surveyed.filter((issue) => !isFixed(issue, counts))
  const unsurveyed = unsurveyedFindings(counts, surveyed)
  return {
    found: surveyed.length + unsurveyed,
    fixed: surveyed.length - open.length + unsurveyed,
    open: open.map((issue) => ({ ...issue, why: whyOpen(issue, counts, artifacts) })),
  }
}

/** What the rules did, by the categories of the report. Cells, except for duplicates, which are rows. */
export function issuesResolved(artifacts: RunArtifacts, duplicates: number): QualityReport['issues_resolved'] {
  const fixed = countsOf(artifacts).filter(({ fixes }) => fixes)
  const cells = (chosen: (rule: string) => boolean) => fixed.filter(({ rule }) => chosen(rule)).reduce((sum, count) => sum + count.cells, 0)
  return {
    missing_values_imputed: cells((rule) => rule === 'missing'),
    duplicates_removed: duplicates,
    format_standardized: cells((rule) => !NOT_FORMAT.has(rule)),
    outliers_handled: fixed.filter(({ rule }) => rule === 'outliers').reduce((sum, count) => sum + count.cells + count.rows, 0),
  }
}

/** Rules that change the value of cells; all others change how it is written. */
const NOT_FORMAT: ReadonlySet<string> = new Set(['missing', 'outliers', 'map'])

const countsOf = ({ segments }: RunArtifacts): readonly StepCount[] =>
  segments.flatMap(({ file }) =>
    file.steps.flatMap(({ id, counts, result }) =>
      counts.map((count) => ({ ...count, step: id, fixes: typeof result['issues'] === 'number' })),
    ),
  )

/** Findings of the survey; without one, the records that could not be read, and the cells that do not fit the type of their column. */
function surveyedIssues({ facts, scans }: RunArtifacts, counts: readonly StepCount[]): readonly Issue[] {
  if (facts !== null) return facts.sources.flatMap(({ issues }) => issues)
  const misfits = counts.filter(({ rule, fate }) => rule === 'type' && fate === 'quarantine')
  return [
    ...scans.flatMap(({ plan }) =>
      plan.sources.filter(({ bad }) => bad > 0).map(({ name, bad }) => ({ source: name, column: '', rule: 'record', count: bad })),
    ),
    // only the number of sources is known, not which ones
    ...misfits.flatMap(({ column, rows, sources }) =>
      Array.from({ length: sources }, () => ({ source: '', column, rule: 'type', count: rows })),
    ),
  ]
}

/** A rule of validate without a name is named by its type and column. */
const isAbout = (count: RuleCount, { rule, column }: Pick<Issue, 'rule' | 'column'>) =>
  count.column === column && (count.rule === rule || count.rule === `${rule}_${column}`)

/** Whether cells were changed or rows removed. Rows that are only flagged, such as outliers, are not fixed. */
const resolves = ({ cells, rows, fate }: StepCount) => cells > 0 || (rows > 0 && fate !== 'keep')

function isFixed(issue: Issue, counts: readonly StepCount[]): boolean {
  // records that are not rows are quarantined by every pipeline
  return issue.rule === 'record' || counts.some((count) => isAbout(count, issue) && resolves(count))
}

/** Findings of fixing rules that the survey does not look for (outliers, spellings), or that are in more sources than it found. */
function unsurveyedFindings(counts: readonly StepCount[], surveyed: readonly Issue[]): number {
  const findings = new Map<string, StepCount>()
  for (const count of counts.filter((one) => one.fixes && resolves(one))) {
    const key = JSON.stringify([count.rule, count.column])
    if ((findings.get(key)?.sources ?? -1) < count.sources) findings.set(key, count)
  }
  return [...findings.values()].reduce(
    (sum, count) => sum + Math.max(0, count.sources - surveyed.filter((issue) => isAbout(count, issue)).length),
    0,
  )
}

function whyOpen(issue: Issue, counts: readonly StepCount[], { segments }: RunArtifacts): string {
  const decisions = segments.flatMap(({ file }) => file.decisions)
  const left = decisions.find(({ rule, column, choice }) => rule === issue.rule && column === issue.column && choice === 'leave')
  if (left !== undefined) return `leave: ${left.why}`
  const warned = counts.find((count) => isAbout(count, issue))
  if (warned !== undefined) return `${warned.step} only warns about it`
  return segments.length === 0 ? 'nothing was fixed in this run' : 'no rule of the pipeline covers it'
}
