/** siftstep start: starts a run of a deployed pipeline. */
import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { compile } from '#language/compiler/compile.ts'
import type { InputDeclaration } from '#language/definition/definition.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import { EXIT } from '#run/local/events.ts'
import type { JsonObject } from '#core/json.ts'
import { executionArn } from '#run/starts/executions.ts'
import { oversizedInput } from '#run/starts/input-size.ts'
import { runName } from '#run/starts/run-name.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { ask } from '#cli/aws/ask.ts'
import { type Aws, openAws } from '#cli/aws/clients.ts'
import { commandOnAws } from '#cli/aws/executions.ts'
import { type Deployed, deployedPipeline } from '#cli/aws/deployed.ts'
import { machineNow } from '#cli/aws/executions.ts'
import { followRun } from '#cli/aws/follow.ts'
import { declaredInputs } from '#cli/aws/machine-outline.ts'
import { onlyOnAws } from '#cli/aws/on.ts'
import { dayOrTime } from '#cli/arguments/moments.ts'
import { onePipeline } from '#cli/arguments/pipelines.ts'
import { readGivenInputs, readOptions, readOverlay, printProblems } from '#cli/arguments/read-definition.ts'
import { showingOf } from './start-run.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

export async function startOnAws(args: Args, terminal: Terminal): Promise<number> {
  onlyOnAws(args, 'start')
  const showing = showingOf(args, terminal)
  const environment = args.value('env')
  const date = args.value('date')
  const logical_date = date === undefined ? null : dayOrTime(date, '--date', 'start')
  const given = await readGivenInputs(args, terminal)
  const aws = await openAws(args, terminal)
  const found = await pipelineMeant(args, environment, aws, terminal)
  if (found === undefined) return EXIT.definition
  const { deployed, declared, note } = found
  const resolved = resolveInputs({ inputs: declared }, given)
  if (!resolved.ok) {
    printProblems(resolved.problems, terminal)
    return EXIT.definition
  }
  if (note !== null && !showing.quiet) terminal.err(`${note}\n`)
  const input: JsonObject = { inputs: resolved.inputs, ...(logical_date === null ? {} : { logical_date }), start: { type: 'manual' } }
  const oversized = oversizedInput(input)
  if (oversized !== undefined) throw new UsageError(oversized.what, oversized.hint, 'start')
  const name = nameOf(deployed.pipeline, terminal.now())
  await startExecution(aws, deployed.start, name, input)
  const run = { id: name, arn: executionArn(deployed.machine, name), deployed }
  if (args.has('follow')) return followRun(aws, run, environment, showing, terminal)
  const show = commandOnAws(name, environment)('show')
  terminal.out(
    showing.json ? `${JSON.stringify({ run: name, arn: run.arn, pipeline: deployed.pipeline })}\n` : `${name} started\n${show}\n`,
  )
  return EXIT.ok
}

/** Time and random digits: each run started by a person gets a name of its own. */
function nameOf(pipeline: string, now: Date): string {
  return runName(pipeline, `${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`, randomBytes(8).toString('hex'))
}

/** Starts an execution; false if the name is already taken. */
export async function startExecution(aws: Aws, start: string, name: string, input: JsonObject): Promise<boolean> {
  const command = new StartExecutionCommand({ stateMachineArn: start, name, input: JSON.stringify(input) })
  const sent = aws.states.send(command).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ExecutionAlreadyExists) return false
      throw error
    },
  )
  return ask('starting the run', aws.region, sent)
}

interface Meant {
  readonly deployed: Deployed
  readonly declared: { readonly [name: string]: InputDeclaration }
  /** Printed before the run starts. */
  readonly note: string | null
}

/** The pipeline by its id or its file. The deployed machine may differ from the file. */
async function pipelineMeant(args: Args, environment: string | undefined, aws: Aws, terminal: Terminal): Promise<Meant | undefined> {
  const [word = ''] = args.positionals
  if (!isFile(word, terminal)) {
    const deployed = await deployedPipeline(aws, environment, word)
    return { deployed, declared: declaredInputs(await machineNow(aws, deployed.machine)), note: null }
  }
  const compiled = compile(await onePipeline(word, args, terminal), await readOptions(word, await readOverlay(args, terminal), terminal))
  if (!compiled.ok) {
    printProblems(compiled.problems, terminal)
    return undefined
  }
  const deployed = await deployedPipeline(aws, environment, compiled.definition.id)
  const same = deployed.hash === compiled.hash
  const note = same
    ? null
    : `note: the deployed machine differs from what ${word} compiles to (deployed: ${deployed.hash.slice(0, 12)}, compiled: ${compiled.hash.slice(0, 12)})`
  const declared = same ? compiled.definition.inputs : declaredInputs(await machineNow(aws, deployed.machine))
  return { deployed, declared, note }
}

/** A folder may have the name of a pipeline: `init` creates one. */
const isFile = (word: string, terminal: Terminal) =>
  /[/\\.]/.test(word) || statSync(resolve(terminal.cwd(), word), { throwIfNoEntry: false })?.isFile() === true
