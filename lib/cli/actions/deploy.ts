/** siftstep deploy: checks the definitions, deploys them with the CDK, and compares the deployed machines with the ones built here. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Compiled, compile } from '#language/compiler/compile.ts'
import { triggersOnRuns } from '#language/definition/starts/run-keys.ts'
import { ARCHITECTURES, type Architecture } from '#aws/lambda/artifacts.ts'
import { EXIT } from '#run/local/events.ts'
import { scheduleText } from '#run/starts/schedule-text.ts'
import { nextStarts } from '#run/starts/start-times.ts'
import { count } from '#core/text/numbers.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { cdkFailure, openCdk } from '#cli/aws/cdk.ts'
import { openAws } from '#cli/aws/clients.ts'
import { type DeployedPlatform, deployedPlatform, pipelineStack, platformStack } from '#cli/aws/deployed.ts'
import { warnOfSilentBuckets } from '#cli/aws/upload-buckets.ts'
import { onlyOnAws } from '#cli/aws/on.ts'
import { wayBack } from '#cli/aws/way-back.ts'
import { assertLocked } from '#cli/arguments/keep-lock.ts'
import { readOptions, readText, printProblems } from '#cli/arguments/read-definition.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { entryOf } from '#core/text/record.ts'

type Outputs = { readonly [stack: string]: { readonly [name: string]: string } | undefined }

export async function deployPipelines(args: Args, terminal: Terminal): Promise<number> {
  onlyOnAws(args, 'deploy')
  const environment = args.value('env')
  const files = args.positionals
  const compiled = await compileAll(files, terminal)
  if (compiled === undefined) return EXIT.definition
  const cdk = openCdk(terminal)
  const arch = archOf(args, terminal)
  const shared = await sharedBefore(args, environment, terminal)
  const loops = compiled.flatMap(({ definition, map }, at) => triggersOnRuns(definition, map, files[at] ?? '', shared.bucket ?? ''))
  if (loops.length > 0) {
    printProblems(loops, terminal)
    return EXIT.definition
  }
  if (compiled.length > 0) await cdk.prepare(arch)
  const folder = await mkdtemp(join(tmpdir(), 'siftstep-deploy-'))
  try {
    const outputs = join(folder, 'outputs.json')
    const stacks = [platformStack(environment), ...compiled.map(({ definition }) => pipelineStack(definition.id, environment))]
    const approval = args.has('yes') || !terminal.isTTY ? ['--require-approval', 'never'] : []
    const layer = await hasLayers(terminal)
    const messages = [
      'deploy',
      ...stacks,
      '--outputs-file',
      outputs,
      '--progress',
      'events',
      ...approval,
      ...contextOf(args, { ...shared, arch, layer }, files, terminal),
    ]
    const { code, said } = await cdk.run(messages)
    if (code !== 0) {
      const failure = cdkFailure(said, 'deploying')
      if (failure !== undefined) throw failure
      return EXIT.failed
    }
    const deployed = JSON.parse(await readFile(outputs, 'utf8')) as Outputs
    const ended = verify(compiled, deployed, environment, terminal)
    for (const { definition } of compiled) await printRollback(entryOf(deployed, pipelineStack(definition.id, environment)), args, terminal)
    for (const { definition } of compiled) await warnOfSilentBuckets(definition, args, terminal)
    return ended
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Compiles all definitions; undefined if one has problems. */
async function compileAll(files: readonly string[], terminal: Terminal): Promise<readonly Compiled[] | undefined> {
  const all: Compiled[] = []
  let sound = true
  for (const file of files) {
    const compiled = compile(
      await readText(file, 'the definition', terminal),
      await readOptions(file, { config: {}, env_file: null }, terminal),
    )
    printProblems(compiled.ok ? compiled.warnings : compiled.problems, terminal)
    // what is deployed must be what was reviewed
    if (compiled.ok) await assertLocked(compiled.lock, terminal)
    if (compiled.ok) all.push(compiled)
    else sound = false
  }
  return sound ? all : undefined
}

/** Settings of the shared stack: each deployment keeps the current ones unless new ones are given. */
async function sharedBefore(args: Args, environment: string | undefined, terminal: Terminal): Promise<DeployedPlatform> {
  const [emails, keep_runs_days] = [args.value('emails'), args.value('keep-runs-days')]
  if (emails !== undefined && keep_runs_days !== undefined) return { emails, keep_runs_days, bucket: undefined }
  const before = await deployedPlatform(await openAws(args, terminal), environment)
  return { emails: emails ?? before.emails, keep_runs_days: keep_runs_days ?? before.keep_runs_days, bucket: before.bucket }
}

/** The context for the CDK app: see lib/aws/cloud/app.ts. */
function contextOf(
  args: Args,
  { arch, emails, keep_runs_days, layer }: DeployedPlatform & { readonly arch: Architecture; readonly layer: boolean },
  files: readonly string[],
  terminal: Terminal,
): readonly string[] {
  const region = args.value('region')
  if (region !== undefined) Object.assign(terminal.env, { AWS_REGION: region, AWS_DEFAULT_REGION: region, CDK_DEFAULT_REGION: region })
  const values = {
    pipelines: files.length === 0 ? 'none' : files.map((file) => resolve(terminal.cwd(), file)).join(','),
    environment: args.value('env'),
    emails,
    keep_runs_days,
    sources: args.value('sources'),
    outputs: args.value('outputs'),
    keys: args.value('keys'),
    arch,
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

/** Emulators run functions on the processor of this machine. */
function archOf(args: Args, terminal: Terminal): Architecture {
  const given = args.value('arch')
  const found = ARCHITECTURES.find((arch) => arch === given)
  if (given !== undefined && found === undefined)
    throw new UsageError(`--arch ${given}: not a processor of Lambda`, `write ${ARCHITECTURES.join(' or ')}`, 'deploy')
  return found ?? (isEmulated(terminal) && process.arch === 'x64' ? 'x86_64' : 'arm64')
}

/** Prints the command for a rollback, where versions exist; the first version has none before it. */
async function printRollback(outputs: Outputs[string], args: Args, terminal: Terminal): Promise<void> {
  const { StateMachine: machine, Rollback: command } = outputs ?? {}
  if (machine === undefined || command === undefined) return
  const back = await wayBack(await openAws(args, terminal), machine, command)
  if (back !== undefined) terminal.out(`  roll back ${back}\n`)
}

function verify(all: readonly Compiled[], outputs: Outputs, environment: string | undefined, terminal: Terminal): number {
  let same = true
  const platform = platformStack(environment)
  const bucket = entryOf(outputs, platform)?.['DataBucket']
  if (bucket !== undefined) terminal.out(`${SYMBOLS.step.done} ${platform}: data and runs in s3://${bucket}\n`)
  for (const { definition, hash } of all) {
    const stack = pipelineStack(definition.id, environment)
    const deployed = entryOf(outputs, stack)?.['DefinitionHash']
    const starts = [
      ...(definition.schedule === undefined ? [] : [scheduleText(definition.schedule)]),
      ...(definition.triggers.length === 0 ? [] : [count(definition.triggers.length, 'trigger')]),
    ]
    if (deployed !== hash) {
      same = false
      terminal.err(
        `${SYMBOLS.step.failed} ${stack}: the deployed machine differs from the one built here (deployed: ${deployed ?? 'no hash'}, built: ${hash})\n`,
      )
      continue
    }
    terminal.out(
      `${SYMBOLS.step.done} ${stack}: definition ${hash.slice(0, 12)}, matches the one built here${starts.length === 0 ? '' : `; starts by ${starts.join(' and ')}`}\n`,
    )
    const [next] = definition.schedule === undefined ? [] : nextStarts(definition.schedule, terminal.now(), 1)
    if (next !== undefined) terminal.out(`  next run  ${next}\n`)
    terminal.out(`  start     siftstep start ${definition.id} --follow${environment === undefined ? '' : ` --env ${environment}`}\n`)
  }
  return same ? EXIT.ok : EXIT.failed
}
