/** What start does: a run of a deployed pipeline. */
import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { compile } from '#language/compiler/compile.ts'
import type { InputDeclaration } from '#language/definition/definition.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import { EXIT } from '#run/local/events.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { executionArn } from '#run/starts/executions.ts'
import { whole } from '#data/report/figures.ts'
import { runName } from '#run/starts/run-name.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { ask } from '#cli/aws/ask.ts'
import { type Aws, openAws } from '#cli/aws/clients.ts'
import { commandOnAws } from '#cli/aws/command-on.ts'
import { type Deployed, deployedPipeline } from '#cli/aws/deployed.ts'
import { machineNow } from '#cli/aws/executions.ts'
import { followRun } from '#cli/aws/follow.ts'
import { declaredInputs } from '#cli/aws/machine-outline.ts'
import { onlyOnAws } from '#cli/aws/on.ts'
import { readGivenInputs, readOptions, readOverlay, readText, printProblems } from '#cli/arguments/read-definition.ts'
import { showingOf } from './start-run.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

export async function startOnAws(args: Args, terminal: Terminal): Promise<number> {
  onlyOnAws(args, 'start')
  const showing = showingOf(args, terminal)
  const environment = args.value('env')
  const logical_date = logicalDate(args)
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
  assertShort(input)
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

/** Of the input of an execution, as Step Functions counts it: bytes of its JSON in UTF-8. */
const MAX_INPUT_LENGTH = 262_144

function assertShort(input: JsonObject): void {
  const bytes = Buffer.byteLength(JSON.stringify(input))
  if (bytes > MAX_INPUT_LENGTH)
    throw new UsageError(
      `the inputs are ${whole(bytes)} bytes of JSON, and a run takes at most ${whole(MAX_INPUT_LENGTH)}`,
      'put the longest of them into a file, and give its address in its place',
      'start',
    )
}

/** The moment and chance: a run that a person starts is a run of its own. */
function nameOf(pipeline: string, now: Date): string {
  return runName(pipeline, `${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`, randomBytes(8).toString('hex'))
}

/** Starts an execution; false when there is or was one of that name. */
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
  /** Told before the run starts. */
  readonly note: string | null
}

/** A pipeline is meant by its id, or by its file; then what is deployed may be something else. */
async function pipelineMeant(args: Args, environment: string | undefined, aws: Aws, terminal: Terminal): Promise<Meant | undefined> {
  const [word = ''] = args.positionals
  if (!isFile(word, terminal)) {
    const deployed = await deployedPipeline(aws, environment, word)
    return { deployed, declared: declaredInputs(await machineNow(aws, deployed.machine)), note: null }
  }
  const compiled = compile(
    await readText(word, 'the definition', terminal),
    await readOptions(word, await readOverlay(args, terminal), terminal),
  )
  if (!compiled.ok) {
    printProblems(compiled.problems, terminal)
    return undefined
  }
  const deployed = await deployedPipeline(aws, environment, compiled.definition.id)
  const same = deployed.hash === compiled.hash
  const note = same
    ? null
    : `note: what is deployed is not what ${word} compiles to now (${deployed.hash.slice(0, 12)}, not ${compiled.hash.slice(0, 12)})`
  const declared = same ? compiled.definition.inputs : declaredInputs(await machineNow(aws, deployed.machine))
  return { deployed, declared, note }
}

/** A folder may well have the name of a pipeline, as `init` makes it. */
const isFile = (word: string, terminal: Terminal) =>
  /[/\\.]/.test(word) || statSync(resolve(terminal.cwd(), word), { throwIfNoEntry: false })?.isFile() === true

/** `2026-11-21`, or a moment. */
function logicalDate(args: Args): Json {
  const given = args.value('date')
  if (given === undefined) return null
  const moment = new Date(given)
  if (/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(given) && !Number.isNaN(moment.getTime())) return given
  throw new UsageError(`--date ${given} is no day`, 'write a day as 2026-11-21, or a moment as 2026-11-21T08:00:00Z', 'start')
}
