/** siftstep runs --on aws */
import { EXIT } from '#run/local/events.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import { seconds } from '#core/text/numbers.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { openAws } from '#cli/aws/clients.ts'
import { type AwsRun, describeRun, newestRuns } from '#cli/aws/executions.ts'
import { pipelinesMeant } from '#cli/aws/deployed.ts'
import { identify, reportOf } from '#cli/aws/run-record.ts'
import { figuresOf, type RunFigures } from '#run/runs/figures.ts'
import { startedBy } from '#run/runs/started-by.ts'
import { columnsOf } from '#cli/terminal/table.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

const USUAL_LIMIT = 20
const MOST = 100

interface ListedRun {
  readonly run: string
  readonly pipeline: string
  readonly state: string
  readonly started_at: string
  readonly seconds: number | null
  readonly started_by: string
  /** The version of the machine; null where there are no versions. */
  readonly version: number | null
  /** The row counts, once the run has reported them. */
  readonly rows: string | null
  readonly figures: RunFigures | null
}

export async function listAwsRuns(args: Args, terminal: Terminal): Promise<number> {
  const limit = limitOf(args)
  const aws = await openAws(args, terminal)
  const runs = await newestRuns(aws, await pipelinesMeant(args, args.value('env'), aws), limit)
  const listed = await Promise.all(
    runs.map(async (run): Promise<ListedRun> => {
      const { input } = await describeRun(aws, run)
      const report = run.state === 'running' ? null : await reportOf(aws.store(run.deployed.bucket), identify(run.id, input).id)
      return {
        run: run.id,
        pipeline: run.deployed.pipeline,
        state: run.state,
        started_at: run.started_at.toISOString(),
        seconds: secondsOf(run),
        started_by: startedBy(input['start']),
        version: run.version,
        figures: report === null ? null : figuresOf(report.rows, report.summary.quality_score),
        rows: report === null || report.rows.in === 0 ? null : report.rows.equation,
      }
    }),
  )
  if (args.has('json')) terminal.out(`${JSON.stringify(listed, null, 2)}\n`)
  else if (listed.length === 0) terminal.out('No runs yet.\n')
  else terminal.out(columnsOf(['run', 'pipeline', 'version', 'started', 'by', 'status', 'time', 'rows'], listed.map(cells)))
  return EXIT.ok
}

const secondsOf = ({ started_at, ended_at }: AwsRun) => (ended_at === undefined ? null : (ended_at.getTime() - started_at.getTime()) / 1000)

const cells = ({ run, pipeline, version, started_at, started_by, state, seconds: took, rows }: ListedRun): readonly string[] => [
  run,
  pipeline,
  version === null ? '' : String(version),
  started_at.replace('T', ' ').slice(0, 19),
  escapeControls(started_by, 120),
  state,
  took === null ? '' : seconds(took),
  rows ?? '',
]

function limitOf(args: Args): number {
  const given = args.value('limit')
  if (given === undefined) return USUAL_LIMIT
  if (!/^\d+$/.test(given) || Number(given) < 1 || Number(given) > MOST)
    throw new UsageError(`invalid --limit ${given}`, `use a number from 1 to ${MOST}`, 'runs')
  return Number(given)
}
