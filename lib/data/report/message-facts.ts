/** What a message says about a run: from its report when it has ended, or from what its steps have written so far. */
import { parseCause } from '#core/errors/failure.ts'
import { seconds } from '#core/text/numbers.ts'
import type { MessageFacts } from '#core/text/message-text.ts'
import type { RunArtifacts } from '#data/ledger/artifacts.ts'
import { buildLedger } from '#data/ledger/build.ts'
import { equation, NO_ROWS, type RowAccount } from '#data/ledger/ledger.ts'
import type { PostOffice } from '#io/channels/channel.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import type { QualityReport } from './model.ts'

type Context = Pick<TaskContext, 'run' | 'pipeline' | 'workspace' | 'now' | 'failure'>

interface Summary {
  readonly event: string
  readonly status: string
  readonly rows: RowAccount
  readonly score: number | null
  readonly error: string
  readonly warnings: readonly string[]
}

/** The run has ended, with this report. */
export function factsOfReport(event: string, report: QualityReport, context: Context, post: PostOffice): MessageFacts {
  const { failure } = report
  const { rows } = report
  const summary = {
    event,
    status: report.run.status,
    rows,
    score: report.summary.quality_score,
    error: failure === null ? '' : errorText(failure),
    warnings: [
      ...(report.warnings ?? []).map(({ text }) => text),
      ...report.steps.flatMap(({ id, report: own }) => (own.level === 'error' && failure === null ? [`${id}: ${own.message}`] : [])),
    ],
  }
  return factsOf(summary, context, post)
}

/** The steps before this one have ended; at the end of a failed run, with its error. */
export function factsOfSteps(artifacts: RunArtifacts, context: Context, post: PostOffice): MessageFacts {
  const { failure } = context
  const failed = artifacts.reports.filter(({ level }) => level === 'error')
  const quality = artifacts.segments.at(-1)?.file.quality ?? artifacts.facts?.quality ?? null
  const summary = {
    event: 'step',
    status: failure !== undefined ? 'failed' : failed.length > 0 || artifacts.unreadable > 0 ? 'partial' : 'succeeded',
    rows: buildLedger(artifacts).rows,
    score: quality?.score ?? null,
    error: failure === undefined ? '' : errorText(failure),
    warnings: failed.map(({ step, message }) => `${step}: ${message}`),
  }
  return factsOf(summary, context, post)
}

/** The run ended without a report: its last task could not be carried out. */
export const factsOfFailure = (failure: { readonly error: string; readonly cause: string }, context: Context, post: PostOffice) =>
  factsOf({ event: 'failure', status: 'failed', rows: NO_ROWS, score: null, error: errorText(failure), warnings: [] }, context, post)

function errorText({ error, cause }: { readonly error: string; readonly cause: string }): string {
  const { step, message, hint } = parseCause(cause)
  return `${error}: ${step === null ? '' : `${step}: `}${message}${hint === null ? '' : ` (${hint})`}`
}

function factsOf({ event, status, rows, score, error, warnings }: Summary, context: Context, post: PostOffice): MessageFacts {
  const { run, pipeline, workspace, now } = context
  const command = status === 'failed' ? (post.on === undefined ? 'resume' : 'redrive') : 'show'
  return {
    event,
    status,
    error,
    warnings: warnings.join('; '),
    rows: equation(rows),
    'rows.in': rows.in,
    'rows.out': rows.out,
    'rows.quarantined': rows.quarantined,
    'rows.deduplicated': rows.deduplicated,
    'rows.filtered': rows.filtered,
    score: score === null ? '' : Number(score.toFixed(4)),
    duration: seconds(Math.max(0, now().getTime() - Date.parse(run.started_at)) / 1000),
    report: `${post.root === undefined ? '' : `${post.root}/`}${workspace.report('html')}`,
    command: `siftstep ${command} ${run.id}${post.on ?? ''}`,
    'run.id': run.id,
    'run.started_at': run.started_at,
    ds: run.ds,
    ds_nodash: run.ds_nodash,
    ts: run.ts,
    'pipeline.id': pipeline.id,
    'pipeline.name': pipeline.name,
  }
}
