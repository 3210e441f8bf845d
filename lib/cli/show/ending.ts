/** The last lines of a run: the result, the output, and the next commands. Pure. */
import { shownTable } from '#io/catalog/table.ts'
import { equation, isBalanced } from '#data/ledger/ledger.ts'
import type { RunSummary } from '#run/local/events.ts'
import { scoreOf } from '#data/report/figures.ts'
import type { PublishedOutput, QualityReport } from '#data/report/model.ts'
import { warningLines } from '#data/report/warning-lines.ts'
import type { RunRecord } from '#data/report/run-record.ts'
import { parseCause } from '#core/errors/failure.ts'
import { bytes, percent, seconds } from '#core/text/numbers.ts'
import { writerByName } from '#io/formats/writers/index.ts'
import { folderOf, namesSource } from '#io/publish/file-addresses.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import { STAYS } from '#run/runs/list.ts'
import { shellWord } from '#cli/runs/on-store.ts'
import type { Paint, Symbols } from '#cli/terminal/symbols.ts'
import type { FailedStep } from './event-lines.ts'

export interface Ending {
  readonly record: RunRecord
  readonly summary: RunSummary | null
  /** Duration of this session: a resumed run took longer in total. */
  readonly seconds: number
  readonly failedStep: FailedStep | null
  /** Whether the output was published before the run failed or was interrupted. */
  readonly published: boolean
  /** Path of the report page, if there is one. */
  readonly report: string | null
  /** Further commands or paths, with a label. */
  readonly next: readonly (readonly [label: string, text: string])[]
  /** `siftstep resume r-…`, with the flags of the store. */
  command(name: string): string
  /** The command that starts it again; if absent, built from its file. */
  readonly again?: string
}

export function endingLines(ending: Ending, signs: Symbols, paint: Paint): readonly string[] {
  const { record } = ending
  if (record.status === 'running' || record.status === 'interrupted') {
    const what = ending.published ? 'the output is published completely' : 'nothing was published'
    return [paint.yellow(`Interrupted; ${what}. Finish it: ${ending.command('resume')}`)]
  }
  const lines = [...headline(ending, signs, paint), ...(record.status === 'failed' ? [] : figures(ending, signs, paint))]
  const wayOn = [
    ...(ending.report === null ? [] : [['report', ending.report] as const]),
    ...(record.status === 'failed' ? afterFailure(ending) : []),
    ...ending.next,
  ]
  const width = Math.max(6, ...wayOn.map(([label]) => label.length))
  return [...lines, ...wayOn.map(([label, text]) => `${paint.dim(`${signs.more}${label.padEnd(width)}`)}  ${text}`)]
}

function headline(
  { record, summary, seconds: took, failedStep, published }: Ending,
  signs: Symbols,
  { green, yellow, red }: Paint,
): readonly string[] {
  const time = seconds(took)
  if (record.status === 'succeeded') return [`${signs.succeeded}${green(`Pipeline completed successfully in ${time}`)}`]
  if (record.status !== 'failed')
    return [`${signs.partial}${yellow(`Pipeline completed in part in ${time}`)}`, ...warnings(summary, signs, yellow)]
  const { first, rest } = causeOf(record, failedStep?.step)
  const tries = failedStep !== null && failedStep.attempts > 1 ? ` after ${failedStep.attempts} attempts` : ''
  const where = failedStep === null ? '' : `${failedStep.step}: `
  return [
    `${signs.failed}${red(`Pipeline failed${tries} in ${time}: ${where}${first}`)}`,
    ...rest,
    `   ${published ? 'The output is published completely.' : 'Nothing was published.'}`,
  ]
}

/** What keeps a run whose output is published from being successful. */
const warnings = (summary: RunSummary | null, signs: Symbols, yellow: Paint['yellow']): readonly string[] =>
  warningLines(summary?.warnings ?? []).flatMap(({ text, reasons }) => [
    `   ${yellow(signs.step.warning)} ${escapeControls(text, 500)}`,
    ...reasons.map((reason) => `     ${escapeControls(reason, 500)}`),
  ])

export interface Cause {
  readonly first: string
  /** The lines below it, indented: rest of the cause, position, fix. */
  readonly rest: readonly string[]
}

/** The cause of a failure without its fix and without the step name, which is printed before it. */
export function causeOf({ failure }: Extract<RunRecord, { failure: unknown }>, step?: string): Cause {
  const text = failure?.cause ?? ''
  const { step: named, message, where, hint } = parseCause(text)
  const [first = '', ...more] = (named === null || named === step ? message : `${named}: ${message}`).split('\n')
  const fix = hint?.split('\n').map((line, number) => `${number === 0 ? 'hint: ' : '      '}${line}`) ?? []
  const rest = [...more, ...(where === null ? [] : [`at: ${where}`]), ...fix]
  return {
    first: first === '' ? (failure?.error ?? 'unknown') : escapeControls(first, 1000),
    rest: rest.map((line) => `   ${escapeControls(line, 1000)}`),
  }
}

/** The file, the table, or the folder of an output, which ends in a slash. */
function placeOf({ to, files }: PublishedOutput): string {
  if (namesSource(to)) return folderOf(to) || './'
  return files === 0 || writerByName(to) !== undefined ? to : to.replace(/\/?$/, '/')
}

function figures({ record, summary }: Ending, signs: Symbols, { green, red }: Paint): readonly string[] {
  if (!('rows' in record)) return []
  const { output, score, rows } = record
  const issues = summary?.issues
  const balanced = summary?.balanced ?? (rows !== null && isBalanced(rows))
  return [
    ...(output === null
      ? [`${signs.output}Output: none`]
      : outputsOf(output).flatMap((one) => [
          `${signs.output}Output: ${escapeControls(placeOf(one))} (${bytes(one.bytes)})`,
          ...(one.catalog === undefined ? [] : [`${signs.output}Table: ${shownTable(one.catalog)}`]),
        ])),
    `${signs.score}Quality Score: ${score === null ? 'not measured' : `${scoreOf(score)}/1.0`}`,
    ...(issues === undefined
      ? []
      : [
          `${signs.issues}Issues Fixed: ${issues.found === 0 ? 'none found' : `${issues.fixed}/${issues.found} (${percent(issues.fixed / issues.found)})`}`,
        ]),
    ...(rows === null ? [] : [`${signs.rows}Rows: ${equation(rows)}   ${balanced ? green(signs.balanced) : red(signs.unbalanced)}`]),
  ]
}

/** All published outputs, in the order of the steps. */
export const outputsOf = (output: NonNullable<QualityReport['output']>): readonly PublishedOutput[] => [...(output.others ?? []), output]

/** What to do after a failure. */
export function afterFailure({
  record,
  command,
  again = escapeControls(record.command ?? `siftstep run ${shellWord(record.file)}`, 1000),
}: Pick<Ending, 'record' | 'command' | 'again'>): readonly (readonly [string, string])[] {
  const error = 'failure' in record ? (record.failure?.error ?? '') : ''
  const show = ['show', command('show')] as const
  if (STAYS.test(error)) return [show, ['next', `fix this, then ${again}`]]
  const goOn = command('resume')
  return [show, [goOn.split(' ')[1] ?? 'resume', `${goOn}   (finished work is kept)`]]
}
