/**
 * The account of issues. An issue is a finding: a rule, a column, a source; how many cells it is about is counted apart. It is fixed when
 * a step changed the cells or set the rows aside that it was found in.
 */
import type { RuleCount } from '#data/pass/rule-counts.ts'
import type { Issue } from '#data/survey/quality.ts'
import type { RunArtifacts } from '#data/ledger/artifacts.ts'
import type { QualityReport } from './model.ts'

/** A count with whether its step is one that mends: one that says how many issues it resolved. */
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

/** What the rules did, by the kinds the report tells of. Cells, except for duplicates, which are rows. */
export function issuesResolved(artifacts: RunArtifacts, duplicates: number): QualityReport['issues_resolved'] {
  const mended = countsOf(artifacts).filter(({ fixes }) => fixes)
  const cells = (chosen: (rule: string) => boolean) =>
    mended.filter(({ rule }) => chosen(rule)).reduce((sum, count) => sum + count.cells, 0)
  return {
    missing_values_imputed: cells((rule) => rule === 'missing'),
    duplicates_removed: duplicates,
    format_standardized: cells((rule) => !NOT_FORMAT.has(rule)),
    outliers_handled: mended.filter(({ rule }) => rule === 'outliers').reduce((sum, count) => sum + count.cells + count.rows, 0),
  }
}

/** Rules that change what cells say; all others change how it is written. */
const NOT_FORMAT: ReadonlySet<string> = new Set(['missing', 'outliers', 'map'])

const countsOf = ({ segments }: RunArtifacts): readonly StepCount[] =>
  segments.flatMap(({ file }) =>
    file.steps.flatMap(({ id, counts, result }) =>
      counts.map((count) => ({ ...count, step: id, fixes: typeof result['issues'] === 'number' })),
    ),
  )

/** Findings of the survey; without one, the records the reader could not read, and the cells that are not of the type of their column. */
function surveyedIssues({ facts, scans }: RunArtifacts, counts: readonly StepCount[]): readonly Issue[] {
  if (facts !== null) return facts.sources.flatMap(({ issues }) => issues)
  const misfits = counts.filter(({ rule, fate }) => rule === 'type' && fate === 'quarantine')
  return [
    ...scans.flatMap(({ plan }) =>
      plan.sources.filter(({ bad }) => bad > 0).map(({ name, bad }) => ({ source: name, column: '', rule: 'record', count: bad })),
    ),
    // in which sources they were found is not known, only in how many
    ...misfits.flatMap(({ column, rows, sources }) =>
      Array.from({ length: sources }, () => ({ source: '', column, rule: 'type', count: rows })),
    ),
  ]
}

/** A rule of validate without a name of its own is called after its type and its column. */
const isAbout = (count: RuleCount, { rule, column }: Pick<Issue, 'rule' | 'column'>) =>
  count.column === column && (count.rule === rule || count.rule === `${rule}_${column}`)

/** Cells changed, rows taken out; or rows marked, when marking is what a mending rule does (outliers). */
const resolves = ({ cells, rows, fate, fixes }: StepCount) => cells > 0 || (rows > 0 && (fate !== 'keep' || fixes))

function isFixed(issue: Issue, counts: readonly StepCount[]): boolean {
  // records that cannot be rows are in the quarantine, whatever the pipeline does
  return issue.rule === 'record' || counts.some((count) => isAbout(count, issue) && resolves(count))
}

/** What mending rules found that the survey had not looked for (outliers, spellings), or not in so many sources. */
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
  if (warned !== undefined) return `${warned.step} warns of it and lets it pass`
  return segments.length === 0 ? 'nothing was mended in this run' : 'no rule of the pipeline looks at it'
}
