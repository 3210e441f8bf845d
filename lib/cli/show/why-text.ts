/** Why a run did not succeed, for the terminal. Pure. */
import { escapeControls } from '#core/text/escape-controls.ts'
import { count } from '#core/text/numbers.ts'
import type { Attention } from '#data/report/attention.ts'
import type { Diagnosis } from '#run/runs/diagnose.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'

/** A command or advice, with a label. */
export type NextStep = readonly [label: string, text: string]

export function whyText(diagnosis: Diagnosis, next: readonly NextStep[]): string {
  const { look_at, since, started_by } = diagnosis
  const lines = [
    ...whatLines(diagnosis),
    ...(started_by === 'hand' ? [] : [`   started by: ${visible(started_by)}`]),
    ...(look_at.length === 0 ? [] : ['', 'Look at', ...look_at.flatMap(attentionLines)]),
    ...sinceLines(since),
    ...(next.length === 0 ? [] : ['']),
    ...next.map(([label, text]) => `${SYMBOLS.more}${label.padEnd(6)}  ${text}`),
  ]
  return `${lines.join('\n')}\n`
}

function whatLines({ run, pipeline, state, failure, reasons, kept_tasks, published }: Diagnosis): readonly string[] {
  const kept = `   ${count(kept_tasks, 'finished task')} kept. ${published ? 'The output is published completely.' : 'Nothing was published.'}`
  if (failure !== null) {
    const { step, attempts, error, meaning, message, where, fix } = failure
    const tries = attempts > 1 ? ` after ${attempts} attempts` : ''
    return [
      `${SYMBOLS.failed}${pipeline}, ${run}: ${step === null ? 'the run' : `the step ${step}`} failed${tries}.`,
      `   ${visible(message)}`,
      ...(where === null ? [] : [`   at: ${visible(where)}`]),
      `   ${error}${meaning === null ? '' : `: ${meaning}`}`,
      ...reasons.map((reason) => `   ${SYMBOLS.step.failed} ${visible(reason)}`),
      ...(fix === null ? [] : fix.split('\n').map((line, at) => `   ${at === 0 ? 'fix: ' : '     '}${visible(line)}`)),
      kept,
    ]
  }
  const reached = reasons.map((reason) => `   ${SYMBOLS.step.warning} ${visible(reason)}`)
  switch (state) {
    case 'succeeded':
      return [`${SYMBOLS.succeeded}${pipeline}, ${run}: the run succeeded.`]
    case 'running':
      return [`${pipeline}, ${run}: the run is still working.`]
    case 'partial':
      return [`${SYMBOLS.partial}${pipeline}, ${run}: the output is published, and the run completed in part.`, ...reached]
    case 'killed':
      return [
        `${SYMBOLS.failed}${pipeline}, ${run}: the process ended before the run did: it was killed, or the machine was switched off.`,
        kept,
      ]
    default:
      return [`${pipeline}, ${run}: somebody stopped the run.`, kept]
  }
}

const attentionLines = ({ step, text, examples, setting }: Attention): readonly string[] => [
  `  ${step}: ${visible(text)}`,
  ...examples.map(({ source, line, value }) => `    e.g. ${visible(source)} line ${line}: ${escapeControls(value, 80)}`),
  ...(setting === ''
    ? []
    : [
        '    decided by:',
        ...setting
          .trimEnd()
          .split('\n')
          .map((one) => `      ${visible(one)}`),
      ]),
]

function sinceLines(since: Diagnosis['since']): readonly string[] {
  if (since === null) return []
  if (since.changes.length === 0) return ['', `No change is known since ${since.run}, the last run that succeeded.`]
  return ['', `Changed since ${since.run}, the last run that succeeded`, ...since.changes.map((change) => `  ${visible(change)}`)]
}

const visible = (text: string) => escapeControls(text, 1000)
