/** What happened in a run, for the terminal. Pure. */
import { shownTable } from '#io/catalog/table.ts'
import { scoreOf, shareOf, whole } from '#data/report/figures.ts'
import type { QualityReport } from '#data/report/model.ts'
import { warningLines } from '#data/report/warning-lines.ts'
import { UP_TO_THE_FAILURE } from '#data/report/sections-rows.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import { bytes, count, seconds } from '#core/text/numbers.ts'
import { failedStepOf } from './failed-step-of.ts'
import { afterFailure, causeOf, outputsOf } from './ending.ts'
import type { RunFacts } from '#run/runs/facts.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'
import { isResumable } from '#run/runs/list.ts'
import { startedBy } from '#run/runs/started-by.ts'
import { columnsOf } from '#cli/terminal/table.ts'

const SIGNS = { ok: SYMBOLS.step.done, warning: SYMBOLS.step.warning, error: SYMBOLS.step.failed, skipped: SYMBOLS.step.skipped } as const

export interface ShowContext {
  /** The command that starts it again; if absent, built from its file. */
  readonly again?: string
  /** `siftstep resume r-…`. */
  command(name: string): string
  shown(path: string): string
  /** The command that follows a running run. */
  readonly follow?: string
}

export function showText(facts: RunFacts, context: ShowContext): string {
  const { report } = facts
  const parts = [
    headOf(facts),
    failureOf(facts, context),
    ...(report === null
      ? []
      : [
          warningsOf(report),
          stepsOf(report),
          rowsOf(report),
          qualityOf(report),
          issuesOf(report),
          quarantineOf(report, facts),
          decisionsOf(report),
          notesOf(report),
        ]),
    progressOf(facts),
    outputOf(facts),
    section('Cost', facts.cost ?? []),
    section(
      'Files',
      facts.files.map(({ what, path }) => `${what.padEnd(10)}  ${context.shown(path)}`),
    ),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

const section = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`

/** The first lines, and how many more there are. */
const preview = (lines: readonly string[], most: number) =>
  lines.length > most ? [...lines.slice(0, most), `and ${whole(lines.length - most)} more, in the report`] : lines

function headOf(run: RunFacts): string {
  const { record, state } = run
  const time = 'seconds' in record ? ` in ${seconds(record.seconds)}` : ''
  const given = Object.entries(record.inputs).filter(([, value]) => value !== null)
  return [
    `${escapeControls(record.pipeline.name)}  ${record.id}  ${state}${isResumable(run) ? ' (resumable)' : ''}${time}`,
    `  definition  ${escapeControls(record.file)} (sha256 ${record.definition_sha256.slice(0, 12)})${record.version === '' ? '' : `, siftstep ${record.version}`}`,
    ...(record.pipeline.version === undefined ? [] : [`  version     ${escapeControls(record.pipeline.version)}`]),
    `  started     ${record.started_at} in ${escapeControls(record.folder)}`,
    ...(startedBy(record.start) === 'hand' ? [] : [`  started by  ${escapeControls(startedBy(record.start))}`]),
    ...given.map(([name, value]) => `  input       ${name} = ${escapeControls(typeof value === 'string' ? value : JSON.stringify(value))}`),
    '',
  ].join('\n')
}

/** What failed and why, what is kept, and the next command; for a run that did not end, how to finish it. */
function failureOf(facts: RunFacts, context: ShowContext): string {
  const { command } = context
  const { record, state, failed, finished_tasks, published } = facts
  const safe = `${count(finished_tasks, 'finished task')} kept. ${published ? 'The output is published completely.' : 'Nothing was published.'}`
  if (state === 'running') {
    const follow = context.follow === undefined ? '' : `${SYMBOLS.more}follow  ${context.follow}\n`
    return `Running: ${count(finished_tasks, 'task')} finished.\n${follow}`
  }
  if (state === 'killed' || state === 'interrupted') {
    return [`The run was ${state}. ${safe}`, `${SYMBOLS.more}${command('resume').split(' ')[1]}  ${command('resume')}`, ''].join('\n')
  }
  if (state !== 'failed' || !('failure' in record)) return ''
  const step = failedStepOf(record.failure?.cause ?? '', facts.report?.steps.map(({ id }) => id) ?? [], failed?.step ?? null)
  const { first, rest } = causeOf(record, step ?? undefined)
  const tries = failed !== null && failed.attempts > 1 ? ` after ${failed.attempts} attempts` : ''
  const wayOn = afterFailure({ ...context, record }).filter(([label]) => label !== 'show')
  return [
    `${SYMBOLS.failed}${step ?? 'The run'} failed${tries} (${record.failure?.error ?? 'unknown'})`,
    `   ${first}`,
    ...rest,
    `   ${safe}`,
    ...wayOn.map(([label, text]) => `${SYMBOLS.more}${label}  ${text}`),
    '',
  ].join('\n')
}

const warningsOf = ({ warnings = [] }: QualityReport) =>
  section(
    'Warnings',
    warningLines(warnings).flatMap(({ text, reasons }) => [
      `${SYMBOLS.step.warning} ${escapeControls(text, 500)}`,
      ...reasons.map((reason) => `  ${escapeControls(reason, 500)}`),
    ]),
  )

const stepsOf = ({ steps }: QualityReport) =>
  section(
    'Steps',
    steps.flatMap(({ id, report }) => [
      `${SIGNS[report.level]} ${id}: ${escapeControls(report.message, 300)}`,
      ...report.lines.map((line) => `  ${SIGNS[line.level]} ${escapeControls(line.text, 300)}`),
    ]),
  )

/** How far a run came that has no report yet, or never had one. */
function progressOf({ progress, state }: RunFacts): string {
  if (progress === null) return ''
  const begun = state === 'running' ? 'running' : 'started, not finished'
  return section('Steps', [
    ...progress.finished.map(({ level, step, message }) => `${SIGNS[level]} ${step}: ${escapeControls(message, 300)}`),
    ...progress.working.map((step) => `${SYMBOLS.step.working} ${step}: ${begun}`),
  ])
}

function rowsOf({ rows, sources, run }: QualityReport): string {
  // without rows there is nothing to balance
  if (rows.in === 0 && sources.length === 0) return ''
  const lines = sources.map(
    ({ name, rows: own, bad, completeness, issues }) =>
      `${escapeControls(name)}: ${count(own, 'row')}${bad > 0 ? `, ${count(bad, 'broken record')}` : ''}${completeness === null ? '' : `, ${shareOf(completeness)} complete`}, ${count(issues, 'issue')}`,
  )
  const failed = run.status === 'failed' ? `   ${UP_TO_THE_FAILURE}` : ''
  return section('Rows', [`${rows.equation}   ${rows.balanced ? SYMBOLS.balanced : SYMBOLS.unbalanced}${failed}`, ...preview(lines, 12)])
}

function qualityOf({ before, after }: QualityReport): string {
  if (before === null && after === null) return ''
  const names = ['completeness', 'validity', 'uniqueness', 'consistency'] as const
  const cells = (title: string, quality: QualityReport['before']) =>
    quality === null ? [title, 'not measured'] : [title, scoreOf(quality.score), ...names.map((name) => shareOf(quality[name]))]
  const table = columnsOf(['', 'score', ...names], [cells('before', before), cells('after', after)], new Set([2, 3, 4, 5]))
  return section('Quality', table.trimEnd().split('\n'))
}

function issuesOf({ issues }: QualityReport): string {
  if (issues.found === 0) return ''
  const open = issues.open.map(
    ({ source, column, rule, count: found, why }) =>
      `${[source, column]
        .filter((name) => name !== '')
        .map((name) => escapeControls(name))
        .join(', ')}: ${escapeControls(rule)} (${whole(found)}): ${escapeControls(why)}`,
  )
  return section(`Issues: ${whole(issues.fixed)} of ${whole(issues.found)} fixed${open.length > 0 ? '; open:' : ''}`, preview(open, 10))
}

function quarantineOf({ steps, sources, rows }: QualityReport, { quarantine }: RunFacts): string {
  if (rows.quarantined === 0) return ''
  const bad = sources.reduce((sum, source) => sum + source.bad, 0)
  const byRule = steps.flatMap(({ id, counts }) =>
    counts
      .filter(({ fate }) => fate === 'quarantine')
      .map(
        ({ rule, column, rows: own, reason }) =>
          `${count(own, 'row')}: ${id}, ${escapeControls(rule)}${column === '' ? '' : ` of ${escapeControls(column)}`} (${escapeControls(reason)})`,
      ),
  )
  const examples = quarantine.map(
    ({ _source = '', _line = '', _reason = '', _raw = '' }) =>
      `e.g. ${escapeControls(_source)} line ${escapeControls(_line)}: ${escapeControls(_reason)}: ${escapeControls(_raw, 80)}`,
  )
  return section(`Quarantine: ${count(rows.quarantined, 'row')}`, [
    ...(bad > 0 ? [`${count(bad, 'record')} that cannot be read as rows`] : []),
    ...preview(byRule, 12),
    ...examples,
  ])
}

const decisionsOf = ({ decisions }: QualityReport) =>
  section(
    'Decisions',
    preview(
      decisions.map(
        ({ step, rule, column, choice, why }) =>
          `${step}, ${escapeControls(rule)} of ${escapeControls(column)}: ${escapeControls(choice)} (${escapeControls(why)})`,
      ),
      12,
    ),
  )

const notesOf = ({ notes }: QualityReport) =>
  section(
    'Notes',
    preview(
      notes.map((note) => escapeControls(note, 300)),
      8,
    ),
  )

function outputOf({ record }: RunFacts): string {
  const output = 'output' in record ? record.output : null
  return output === null
    ? ''
    : section(
        'Output',
        outputsOf(output).flatMap(({ to, format, files, rows, bytes: size, catalog }) => [
          `${escapeControls(to)} (${[format, ...(files === 0 ? [] : [count(files, 'file')]), count(rows, 'row'), bytes(size)].join(', ')})`,
          ...(catalog === undefined ? [] : [shownTable(catalog)]),
        ]),
      )
}
