/** siftstep deploy: checks the definitions, deploys them with the CDK, and compares the deployed machines with the ones built here. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Compiled, compile } from '#language/compiler/compile.ts'
import { localAddresses, onlyLocal } from '#language/compiler/only-local.ts'
import { pipelinesIn } from '#language/definition/documents.ts'
import { cyclesIn } from '#language/definition/starts/chains.ts'
import { triggersOnRuns } from '#language/definition/starts/run-keys.ts'
import { ARCHITECTURES, type Architecture } from '#aws/lambda/artifacts.ts'
import { EXIT } from '#run/local/events.ts'
import { scheduleText } from '#run/starts/schedule-text.ts'
import { nextStarts } from '#run/starts/start-times.ts'
import { checkStatements } from '#run/runs/check-statements.ts'
import { count } from '#core/text/numbers.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { cdkFailure, openCdk, packageFolder } from '#cli/aws/cdk.ts'
import { assertAccountLimits } from '#cli/aws/account-limits.ts'
import { openAws } from '#cli/aws/clients.ts'
import { settingsText } from '#aws/cloud/settings.ts'
import { pipelineStack, platformStack } from '#cli/aws/deployed.ts'
import { type DeploymentSettings, deploymentSettings } from '#cli/aws/settings.ts'
import { costPerRun, type DeploymentSummary, summaryLines, summaryOf } from '#cli/aws/deploy-summary.ts'
import { targetOf } from '#cli/aws/environment.ts'
import { assertUpstream } from '#cli/aws/upstream.ts'
import { verifyDeployment } from '#cli/aws/verify.ts'
import { warnOfSilentBuckets } from '#cli/aws/upload-buckets.ts'
import { onlyOnAws } from '#cli/aws/on.ts'
import { assertLocked } from '#cli/arguments/keep-lock.ts'
import { readOptions, readText, printProblems } from '#cli/arguments/read-definition.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'
import { diffText, stackDiffs } from './deploy-diff.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { entryOf } from '#core/text/record.ts'

type Outputs = { readonly [stack: string]: { readonly [name: string]: string } | undefined }

export async function deployPipelines(given: Args, terminal: Terminal): Promise<number> {
  onlyOnAws(given, 'deploy')
  const environment = given.value('env')
  const files = given.positionals
  const compiled = await compileAll(files, terminal)
  if (compiled === undefined) return EXIT.definition
  const { args, account } = targetOf(given, compiled)
  // only JSON goes to the standard output
  const print = args.has('json') ? terminal.err : terminal.out
  const cdk = openCdk(terminal, print)
  const usual = usualArch(args, terminal)
  const platform = platformStack(environment)
  const stacks = compiled.map(({ definition }) => pipelineStack(definition.id, environment))
  const settings = await deploymentSettings(args, platform, stacks, usual, terminal)
  const bucket = settings.outputs?.get(platform)?.get('DataBucket') ?? ''
  const loops = [...compiled.flatMap(({ definition, map, file }) => triggersOnRuns(definition, map, file, bucket)), ...cyclesIn(compiled)]
  if (loops.length > 0) {
    printProblems(loops, terminal)
    return EXIT.definition
  }
  for (const line of settings.changes) print(`${line}\n`)
  const aws = await openAws(args, terminal)
  await assertUpstream(aws, compiled, environment)
  const fresh = compiled.flatMap(({ definition }, at) => (settings.outputs?.has(stacks[at] ?? '') === true ? [] : [definition]))
  if (!isEmulated(terminal)) await assertAccountLimits(aws, fresh, terminal)
  const processors = new Set(stacks.map((stack) => settings.after.get(stack)?.arch))
  for (const arch of ARCHITECTURES) if (processors.has(arch)) await cdk.prepare(arch)
  const folder = await mkdtemp(join(tmpdir(), 'siftstep-deploy-'))
  try {
    const outputs = join(folder, 'outputs.json')
    const approval = args.has('yes') || !terminal.isTTY ? ['--require-approval', 'never'] : []
    const layer = await hasLayers(terminal)
    const context = contextOf(args, { settings: settingsText(settings.after), layer, account }, files, terminal)
    if (args.has('diff')) {
      const { code, said } = await cdk.run(['synth', '--quiet', platform, ...stacks, ...context], folder)
      if (code !== 0)
        throw cdkFailure(said, 'making the templates') ?? new UsageError('the templates could not be made', 'see the lines above')
      const processorOf = (stack: string) => (settings.after.get(stack)?.arch === 'x86_64' ? 'x86_64' : 'arm64')
      const diffed = [platform, ...stacks].map(
        (stack, at) => ({ stack, compiled: compiled[at - 1], processor: processorOf(stack) }) as const,
      )
      const diffs = await stackDiffs(aws, join(folder, 'cdk.out'), diffed, terminal.now())
      terminal.out(args.has('json') ? `${JSON.stringify(diffs, null, 2)}\n` : diffText(diffs))
      return EXIT.ok
    }
    const messages = ['deploy', platform, ...stacks, '--outputs-file', outputs, '--progress', 'events', ...approval, ...context]
    const { code, said } = await cdk.run(messages, folder)
    if (code !== 0) {
      const failure = cdkFailure(said, 'deploying')
      if (failure !== undefined) throw failure
      return EXIT.failed
    }
    const deployed = JSON.parse(await readFile(outputs, 'utf8')) as Outputs
    const after = new Map(stacks.map((stack) => [stack, new Map(Object.entries(entryOf(deployed, stack) ?? {}))]))
    const lake = entryOf(deployed, platform)?.['DataBucket']
    if (lake !== undefined) print(`${SYMBOLS.step.done} ${platform}: data and runs in s3://${lake}\n`)
    const summaries = await summarize(args, compiled, { before: settings.outputs, after, layer }, terminal)
    if (args.has('json'))
      terminal.out(`${JSON.stringify({ platform: { stack: platform, bucket: lake ?? null }, pipelines: summaries }, null, 2)}\n`)
    for (const { definition } of compiled) await warnOfSilentBuckets(definition, args, terminal)
    return summaries.some(({ status }) => status === 'differs') ? EXIT.failed : EXIT.ok
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface CompiledFile extends Compiled {
  readonly file: string
}

/** Compiles all definitions of all files; undefined if one has problems. */
async function compileAll(files: readonly string[], terminal: Terminal): Promise<readonly CompiledFile[] | undefined> {
  const all: CompiledFile[] = []
  let sound = true
  for (const file of files) {
    const options = { ...(await readOptions(file, { config: {}, env_file: null }, terminal)), deploys: true }
    for (const { text } of pipelinesIn(await readText(file, 'the definition', terminal))) {
      const compiled = await checkStatements(compile(text, options), file)
      const problems = compiled.ok ? [...onlyLocal(compiled, file), ...localAddresses(compiled, file)] : compiled.problems
      printProblems(compiled.ok ? [...compiled.warnings, ...problems] : problems, terminal)
      // what is deployed must be what was reviewed
      if (compiled.ok) await assertLocked(compiled.lock, terminal)
      if (compiled.ok && problems.length === 0) all.push({ file, ...compiled })
      else sound = false
    }
  }
  return sound ? all : undefined
}

/** The context for the CDK app: see lib/aws/cloud/app.ts. */
function contextOf(
  args: Args,
  { settings, layer, account }: { readonly settings: string; readonly layer: boolean; readonly account: string | undefined },
  files: readonly string[],
  terminal: Terminal,
): readonly string[] {
  const region = args.value('region')
  if (region !== undefined) Object.assign(terminal.env, { AWS_REGION: region, AWS_DEFAULT_REGION: region, CDK_DEFAULT_REGION: region })
  const values = {
    pipelines: files.length === 0 ? 'none' : files.map((file) => resolve(terminal.cwd(), file)).join(','),
    environment: args.value('env'),
    // emulators have one account, whatever its number
    account: isEmulated(terminal) ? undefined : account,
    settings,
    // emulators have neither versions nor aliases
    versions: isEmulated(terminal) ? 'false' : undefined,
    layer: layer ? undefined : 'false',
  }
  return Object.entries(values).flatMap(([name, value]) => (value === undefined || value === '' ? [] : ['-c', `${name}=${value}`]))
}

const isEmulated = ({ env }: Terminal) => env['AWS_ENDPOINT_URL'] !== undefined

/** LocalStack supports layers only in its paid editions: in the others they can be created, but functions do not see them. */
async function hasLayers({ env }: Terminal): Promise<boolean> {
  const endpoint = env['AWS_ENDPOINT_URL']
  if (endpoint === undefined) return true
  // only LocalStack answers this request
  const health = await fetch(new URL('/_localstack/health', endpoint))
    .then((answer) => answer.json() as Promise<{ readonly edition?: string }>)
    .catch(() => null)
  return health?.edition !== 'community'
}

/** The processor of a new deployment. Emulators run functions on the processor of this machine. */
function usualArch(args: Args, terminal: Terminal): Architecture {
  const given = args.value('arch')
  const found = ARCHITECTURES.find((arch) => arch === given)
  if (given !== undefined && found === undefined)
    throw new UsageError(`--arch ${given}: not a processor of Lambda`, `write ${ARCHITECTURES.join(' or ')}`, 'deploy')
  return found ?? (isEmulated(terminal) && process.arch === 'x64' ? 'x86_64' : 'arm64')
}

interface Stacks {
  /** Outputs by stack; undefined if those of before are unknown. */
  readonly before: DeploymentSettings['outputs']
  readonly after: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly layer: boolean
}

/** Verifies each deployed pipeline, and prints what was done. */
async function summarize(
  args: Args,
  all: readonly Compiled[],
  { before, after, layer }: Stacks,
  terminal: Terminal,
): Promise<readonly DeploymentSummary[]> {
  const environment = args.value('env')
  const aws = await openAws(args, terminal)
  const root = packageFolder(terminal)
  const summaries: DeploymentSummary[] = []
  for (const compiled of all) {
    const stack = pipelineStack(compiled.definition.id, environment)
    const outputs = after.get(stack) ?? new Map<string, string>()
    const verification = await verifyDeployment(aws, outputs, { compiled, root, layer }).catch((error: unknown) => {
      if (error instanceof UsageError) return error
      throw error
    })
    const processor = outputs.get('Architecture') === 'x86_64' ? 'x86_64' : 'arm64'
    const summary: DeploymentSummary = {
      ...summaryOf(compiled, stack, environment, outputs, before?.get(stack), verification),
      cost_per_run: await costPerRun(compiled, processor, terminal.now()),
    }
    summaries.push(summary)
    if (!args.has('json')) printSummary(compiled, summary, terminal)
    if (verification instanceof UsageError)
      terminal.err(`${SYMBOLS.step.warning} ${stack} is not verified: ${verification.message}\n  hint: ${verification.hint}\n`)
    else for (const line of verification.differences) terminal.err(`${SYMBOLS.step.failed} ${stack}: ${line}\n`)
  }
  return summaries
}

function printSummary({ definition, hash }: Compiled, summary: DeploymentSummary, terminal: Terminal): void {
  const { stack, status, environment } = summary
  const starts = [
    ...(definition.schedule === undefined ? [] : [scheduleText(definition.schedule)]),
    ...(definition.triggers.length === 0 ? [] : [count(definition.triggers.length, 'trigger')]),
  ]
  const result = { verified: 'matches the one built here', differs: 'differs from the one built here', 'not verified': 'not verified' }[
    status
  ]
  const symbol = { verified: SYMBOLS.step.done, differs: SYMBOLS.step.failed, 'not verified': SYMBOLS.step.warning }[status]
  terminal.out(
    `${symbol} ${stack}: definition ${hash.slice(0, 12)}, ${result}${starts.length === 0 ? '' : `; starts by ${starts.join(' and ')}`}\n`,
  )
  for (const line of summaryLines(summary)) terminal.out(`${line}\n`)
  const more = environment === null ? '' : ` --env ${environment}`
  const [next] = definition.schedule === undefined ? [] : nextStarts(definition.schedule, terminal.now(), 1)
  if (next !== undefined) terminal.out(`  next run  ${next}\n`)
  terminal.out(`  start     siftstep start ${definition.id} --follow${more}\n`)
  if (summary.version !== null && summary.changed !== null) terminal.out(`  roll back siftstep rollback ${definition.id}${more}\n`)
}
