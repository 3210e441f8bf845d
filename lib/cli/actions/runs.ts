/** siftstep runs */
import { equation } from '#data/ledger/ledger.ts'
import { EXIT } from '#run/local/events.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import { seconds } from '#core/text/numbers.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { isOnAws } from '#cli/aws/on.ts'
import { displayPath, storeFolder } from '#cli/runs/on-store.ts'
import { figuresOf } from '#run/runs/figures.ts'
import { isResumable, listRuns, type StoredRun } from '#run/runs/list.ts'
import { startedBy } from '#run/runs/started-by.ts'
import { columnsOf } from '#cli/terminal/table.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

export async function showRuns(args: Args, terminal: Terminal): Promise<number> {
  const [run] = args.positionals
  if (run !== undefined && !args.has('follow'))
    throw new UsageError(`${run}: runs takes a run only with --follow`, `siftstep show ${run} shows what happened in it`, 'runs')
  const aws = isOnAws(args, 'runs')
  if (args.has('follow'))
    return aws ? (await import('./follow-aws.ts')).followAwsRun(args, terminal) : (await import('./follow.ts')).follow(args, terminal)
  if (aws) return (await import('./runs-aws.ts')).listAwsRuns(args, terminal)
  const folder = storeFolder(args, terminal)
  const runs = await listRuns(folder)
  if (args.has('json')) {
    terminal.out(
      `${JSON.stringify(
        runs.map((run) => ({ ...run.record, status: run.state, resumable: isResumable(run), figures: figuresIn(run) })),
        null,
        2,
      )}\n`,
    )
  } else if (runs.length === 0) {
    terminal.out(`No runs in ${displayPath(folder, terminal)} yet.\n`)
  } else {
    const columns = COLUMNS.filter(({ name }) => name !== 'by' || runs.some(({ record }) => startedBy(record.start) !== 'hand'))
    terminal.out(
      columnsOf(
        columns.map(({ name }) => name),
        runs.map((run) => columns.map(({ cell }) => cell(run))),
      ),
    )
  }
  return EXIT.ok
}

const figuresIn = ({ record }: StoredRun) => ('rows' in record ? figuresOf(record.rows, record.score) : null)

const endedOf = ({ record }: StoredRun) => ('seconds' in record ? record : null)

/** `by` is left out where a person started all of them. */
const COLUMNS: readonly { readonly name: string; cell(run: StoredRun): string }[] = [
  { name: 'run', cell: ({ record }) => record.id },
  { name: 'pipeline', cell: ({ record }) => escapeControls(record.pipeline.name, 30) },
  { name: 'started', cell: ({ record }) => record.started_at.replace('T', ' ').slice(0, 19) },
  { name: 'by', cell: ({ record }) => escapeControls(startedBy(record.start), 120) },
  { name: 'status', cell: (run) => `${run.state}${isResumable(run) ? ' (resumable)' : ''}` },
  {
    name: 'time',
    cell: (run) => {
      const ended = endedOf(run)
      return ended === null ? '' : seconds(ended.seconds)
    },
  },
  {
    name: 'rows',
    cell: (run) => {
      const rows = endedOf(run)?.rows ?? null
      return rows === null || (rows.in === 0 && run.state === 'failed') ? '' : equation(rows)
    },
  },
]
