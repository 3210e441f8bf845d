/** siftstep show --on aws */
import { EXIT } from '#run/local/events.ts'
import { machineOutline } from '#cli/aws/machine-outline.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { openAws } from '#cli/aws/clients.ts'
import { commandOnAws } from '#cli/aws/executions.ts'
import { costLines } from '#cli/aws/cost-lines.ts'
import { describeRun, findAwsRun, machineOf } from '#cli/aws/executions.ts'
import { historyReader } from '#cli/aws/history.ts'
import { pipelinesMeant } from '#cli/aws/deployed.ts'
import { identify, reportOf, storedRun } from '#cli/aws/run-record.ts'
import { readRunFacts } from '#run/runs/facts.ts'
import { showText } from '#cli/show/show-text.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

export async function showAwsRun(args: Args, terminal: Terminal): Promise<number> {
  const environment = args.value('env')
  const aws = await openAws(args, terminal)
  const run = await findAwsRun(aws, await pipelinesMeant(args, environment, aws), args.positionals[0] ?? '')
  const details = await describeRun(aws, run)
  const { id } = identify(run.id, details.input)
  const store = aws.store(run.deployed.bucket)
  const machine = await machineOf(aws, run)
  const history = await historyReader(aws, run.arn, machine).more()
  const { pipeline, types } = machineOutline(machine)
  const stored = storedRun(details, pipeline, await reportOf(store, id), null)
  const place = { store, addressOf: (key: string) => `s3://${run.deployed.bucket}/${key}`, history }
  const facts = await readRunFacts(stored, place)
  const { inputs } = identify(run.id, details.input)
  const took = ((details.run.ended_at ?? details.run.started_at).getTime() - details.run.started_at.getTime()) / 1000
  const { functions, processor } = run.deployed
  const ran = { run: id, inputs, steps: types.keys(), machine, functions, history, store }
  const cost = run.state === 'running' ? [] : await costLines(ran, processor, took)
  const context = {
    command: commandOnAws(run.id, environment),
    shown: (path: string) => path,
    again: `siftstep deploy FILE and siftstep start ${run.deployed.pipeline}`,
  }
  terminal.out(args.has('json') ? `${JSON.stringify({ ...facts, cost }, null, 2)}\n` : showText({ ...facts, cost }, context))
  return EXIT.ok
}
