/** The report as a document: first the fixed part with fixed titles, then the details. */
import { shownTable } from '#io/catalog/table.ts'
import { parseCause } from '#core/errors/failure.ts'
import { bytes, count } from '#core/text/numbers.ts'
import { type Block, type Figure, type Section, table, text } from './document.ts'
import { precise, scoreOf, secondsOf, shareOf, whole } from './figures.ts'
import type { QualityReport } from './model.ts'
import { warningLines } from './warning-lines.ts'
import { attentionSection, publishedSection } from './sections-attention.ts'
import { columnsSection, estimates } from './sections-columns.ts'
import { rowsSection, sourcesSection, stepsSection } from './sections-rows.ts'

export const TITLE = 'Data Processing Quality Report'

export function sectionsOf(report: QualityReport): readonly Section[] {
  const sections: readonly (Section | null)[] = [
    attentionSection(report),
    summary(report),
    warnings(report),
    ...metrics(report),
    resolved(report),
    failure(report),
    rowsSection(report),
    arithmetic(report),
    stepsSection(report),
    sourcesSection(report),
    columnsSection(report),
    publishedSection(report),
    decisions(report),
    openIssues(report),
    notes(report),
    estimates(report),
  ]
  return sections.filter((section) => section !== null)
}

/** The page of a profile: what is in the files, without steps and output. */
export function profileSections(report: QualityReport): readonly Section[] {
  const [, before] = metrics(report)
  const quality = before === undefined ? null : { ...before, title: 'Data Quality Metrics', level: 2 as const }
  const sections = [
    attentionSection(report),
    quality,
    sourcesSection(report),
    columnsSection(report),
    openIssues(report),
    notes(report),
    estimates(report),
  ]
  return sections.filter((section) => section !== null)
}

const STATUS = { succeeded: 'succeeded', partial: 'completed in part', failed: 'failed' } as const

function summary({ summary: { total_records, processing_seconds, quality_score }, pipeline, run, issues, output }: QualityReport): Section {
  const figures: Figure[] = [
    { label: 'Total Records', value: whole(total_records) },
    { label: 'Processing Time', value: secondsOf(processing_seconds) },
    { label: 'Quality Score', value: quality_score === null ? 'not measured' : `${scoreOf(quality_score)}/1.0` },
    {
      label: 'Issues Fixed',
      value: issues.found === 0 ? 'none found' : `${whole(issues.fixed)}/${whole(issues.found)} (${shareOf(issues.fixed / issues.found)})`,
    },
    { label: 'Status', value: STATUS[run.status] },
    {
      label: 'Output',
      value:
        output === null
          ? 'none'
          : `${output.to} (${[output.format, ...(output.files === 0 ? [] : [count(output.files, 'file')]), count(output.rows, 'row'), bytes(output.bytes)].join(', ')})`,
    },
    ...(output?.catalog === undefined ? [] : [{ label: 'Table', value: shownTable(output.catalog) }]),
    {
      label: 'Pipeline',
      value: `${pipeline.name} (${pipeline.id})${pipeline.version === undefined ? '' : `, version ${pipeline.version}`}`,
    },
    { label: 'Run', value: `${run.id}, started ${run.started_at}` },
  ]
  return { title: 'Summary', level: 2, blocks: [{ block: 'figures', strong: true, figures }] }
}

function warnings({ warnings: found = [] }: QualityReport): Section | null {
  if (found.length === 0) return null
  const items = warningLines(found).flatMap(({ text: warning, reasons }) => [warning, ...reasons])
  return { title: 'Warnings', level: 2, blocks: [{ block: 'list', items }] }
}

const METRICS = ['completeness', 'validity', 'uniqueness', 'consistency'] as const
const capital = (word: string) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`

function metrics({ before, after, run }: QualityReport): readonly Section[] {
  const blocks = (quality: QualityReport['before'], absent: string): readonly Block[] =>
    quality === null
      ? [text(absent)]
      : [
          {
            block: 'figures',
            strong: false,
            figures: METRICS.map((name) => ({ label: capital(name), value: shareOf(quality[name]), share: quality[name] })),
          },
        ]
  return [
    { title: 'Data Quality Metrics', level: 2, blocks: [] },
    { title: 'Before Processing', level: 3, blocks: blocks(before, 'Not measured: no step requires it.') },
    {
      title: 'After Processing',
      level: 3,
      blocks: blocks(after, run.status === 'failed' ? 'Not measured: the run failed before.' : 'Not measured: the run has no output rows.'),
    },
  ]
}

function resolved({ issues_resolved: done, rows }: QualityReport): Section {
  const figures = [
    { label: 'Missing values imputed', value: whole(done.missing_values_imputed) },
    { label: 'Duplicates removed', value: whole(done.duplicates_removed) },
    { label: 'Format standardized', value: whole(done.format_standardized) },
    { label: 'Outliers handled', value: whole(done.outliers_handled) },
    ...(rows.quarantined > 0 ? [{ label: 'Rows quarantined', value: whole(rows.quarantined) }] : []),
  ]
  return { title: 'Issues Resolved', level: 2, blocks: [{ block: 'figures', strong: false, figures }] }
}

function failure({ failure: failed }: QualityReport): Section | null {
  if (failed === null) return null
  const { step, message, where, hint } = parseCause(failed.cause)
  const figures = [
    { label: failed.error, value: step === null ? message : `${step}: ${message}` },
    ...(where === null ? [] : [{ label: 'Where', value: where }]),
    ...(hint === null ? [] : [{ label: 'Fix', value: hint }]),
  ]
  return {
    title: 'Failure',
    level: 2,
    blocks: [{ block: 'figures', strong: true, figures }],
  }
}

/** The definition of each metric, and the score as a sum that can be checked by hand. */
function arithmetic({ before, after, weights }: QualityReport): Section | null {
  if (before === null && after === null) return null
  const sum = (label: string, quality: QualityReport['before']): readonly string[] =>
    quality === null
      ? []
      : [`${label}: ${METRICS.map((name) => `${weights[name] ?? 0} × ${precise(quality[name])}`).join(' + ')} = ${precise(quality.score)}`]
  return {
    title: 'How the score is calculated',
    level: 2,
    blocks: [
      text(`Score = ${METRICS.map((name) => `${weights[name] ?? 0} × ${name}`).join(' + ')}, where`),
      {
        block: 'list',
        items: [
          'Completeness: cells that are not missing ÷ cells',
          'Validity: valid cells ÷ cells that are not missing, in columns with a type or a meaning',
          'Uniqueness: 1 − duplicate rows ÷ rows',
          'Consistency: 1 − rows with a cell written unlike the rest of its column ÷ rows',
        ],
      },
      text('With the figures of this run:'),
      { block: 'list', items: [...sum('Before', before), ...sum('After', after)] },
    ],
  }
}

function decisions({ decisions: made }: QualityReport): Section | null {
  const head = [{ title: 'Step' }, { title: 'Rule' }, { title: 'Column' }, { title: 'Choice' }, { title: 'Why' }]
  const blocks = table(
    'Choices made from the facts of the whole dataset',
    head,
    made.map(({ step, rule, column, choice, why }) => [step, rule, column, choice, why]),
  )
  return blocks.length === 0 ? null : { title: 'Decisions', level: 2, blocks }
}

function openIssues({ issues }: QualityReport): Section | null {
  if (issues.found === 0) return null
  const head = [{ title: 'Source' }, { title: 'Column' }, { title: 'Rule' }, { title: 'Cells or rows', number: true }, { title: 'Reason' }]
  const blocks = table(
    'Unresolved findings',
    head,
    issues.open.map(({ source, column, rule, count: found, why }) => [source, column, rule, whole(found), why]),
  )
  return { title: 'Open issues', level: 2, blocks: blocks.length === 0 ? [text('None: all issues were fixed.')] : blocks }
}

function notes({ notes: allNotes }: QualityReport): Section | null {
  if (allNotes.length === 0) return null
  const rest = allNotes.length - MAX_NOTES
  return {
    title: 'Notes',
    level: 2,
    blocks: [
      { block: 'list', items: allNotes.slice(0, MAX_NOTES) },
      ...(rest > 0 ? [text(`And ${whole(rest)} more, in quality-report.json.`)] : []),
    ],
  }
}

const MAX_NOTES = 100
