/** The CDK app: a shared stack, and a stack for each pipeline file. Its settings are context values: `cdk deploy -c NAME=VALUE`. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type App, CfnOutput, Duration, type Stack, Tags } from 'aws-cdk-lib'
import { ARCHITECTURES, type Architecture } from '#aws/lambda/artifacts.ts'
import { nearest } from '#core/text/nearest.ts'
import { cyclesIn } from '#language/definition/starts/chains.ts'
import type { Known } from './deployed-settings.ts'
import { packageVersion } from './package-root.ts'
import { PipelineStack } from './pipeline-stack.ts'
import { PlatformStack } from './platform-stack.ts'
import { DefinitionError, pipelinesOf, readPipeline } from './read-pipeline.ts'
import { refuseToDeploy } from './refuse-to-deploy.ts'
import { importedUpstream, upstreamIds } from './upstream.ts'
import { mergeSettings, namesOf, parseSettings, PIPELINE_SETTINGS, PLATFORM_SETTINGS, type SettingName, type Settings } from './settings.ts'

/** All context values with their meaning; lists are comma-separated. */
export const CONTEXT = {
  pipelines: 'files or folders of pipelines, or none (default: pipelines/ if there is one)',
  environment: 'a name that separates stacks, such as staging and production',
  account: 'the account to deploy to: the CDK refuses credentials of another (default: that of the credentials)',
  emails: 'e-mail addresses for alarms of all pipelines',
  sources: 'more locations (s3://bucket/prefix) that pipelines may read',
  outputs: 'more locations (s3://bucket/prefix) that pipelines may publish to',
  keys: 'ARNs of the KMS keys that encrypt the buckets of sources and outputs, if not S3-managed',
  arch: `processor of the functions: ${ARCHITECTURES.join(' or ')}`,
  versions: 'false: no versions and no alias, for emulators without them',
  layer: 'false: bundle the native engine into the functions that need it, for emulators without layers',
  dashboard: 'false: no dashboards',
  keep_runs_days: 'days to keep the files of runs (default: forever)',
  settings:
    'the settings of the stacks, as `siftstep deploy` passes them; {} for a first deployment (default: those of the deployed stacks)',
} as const

/** Settings of the CDK itself: checks that fail early, and templates without the metadata of the CDK. */
export const FEATURES = {
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/core:target-partitions': ['aws', 'aws-cn', 'aws-us-gov'],
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  'aws:cdk:enable-path-metadata': false,
  'aws:cdk:enable-asset-metadata': false,
}

type Name = keyof typeof CONTEXT

/** Adds all stacks to the app. `deployed` is what is known of the stacks that are there; the context `settings` replaces it. */
export function addStacks(app: App, deployed: Known = { settings: new Map() }): void {
  const environment = text(app, 'environment')
  const suffix = environment === undefined ? '' : `-${environment}`
  if (environment !== undefined && !/^[a-z][a-z0-9-]{0,29}$/.test(environment)) {
    throw new ContextError('environment', environment, 'lower-case letters, digits and `-`, starting with a letter')
  }
  const account = text(app, 'account')
  const env = account === undefined ? {} : { env: { account, region: process.env['CDK_DEFAULT_REGION'] ?? '' } }
  const known = knownSettings(app, deployed)
  const description = (what: string) => `siftstep: ${what}`
  const shared = settingsOf(app, known, `siftstep-platform${suffix}`, namesOf(PLATFORM_SETTINGS))
  const platform = new PlatformStack(app, `siftstep-platform${suffix}`, {
    ...env,
    description: description('shared by all pipelines'),
    emails: listIn(shared.settings.emails),
    keepRuns: daysIn(shared.settings.keep_runs_days),
    dataKey: shared.settings.data_key,
  })
  new CfnOutput(platform, 'SiftstepVersion', { value: packageVersion(), description: 'Version of siftstep that deployed this' })
  refuseUnknown(platform, shared)
  const named = new Map<string, string>()
  const pipelines = pipelineFiles(list(app, 'pipelines')).flatMap((file) =>
    pipelinesOf(file).map((pipeline) => ({ file, pipeline, ...readPipeline({ file, pipeline }) })),
  )
  const cycles = cyclesIn(pipelines)
  if (cycles.length > 0) throw new DefinitionError(cycles)
  const stacks = new Map<string, PipelineStack>()
  const stackOf = (id: string) => `siftstep-${id.replaceAll('_', '-')}${suffix}`
  for (const { file, pipeline, definition } of pipelines) {
    const name = stackOf(definition.id)
    if (name === platform.stackName) throw new Error(`${file}: the id ${definition.id} is reserved for the shared stack: choose another`)
    const other = named.get(name)
    if (other !== undefined) throw new Error(`${file} and ${other} have the same id, ${definition.id}: change one of them`)
    named.set(name, file)
    const own = settingsOf(app, known, name, namesOf(PIPELINE_SETTINGS))
    const stack = new PipelineStack(app, name, {
      ...env,
      description: description(definition.name),
      file,
      pipeline,
      service: `${definition.id}${suffix}`,
      environment,
      upstream: importedUpstream(definition, stackOf),
      dataBucket: platform.bucket,
      alarmTopic: platform.topic,
      sources: listIn(own.settings.sources),
      outputs: listIn(own.settings.outputs),
      keys: listIn(own.settings.keys),
      architecture: architectureIn(own.settings.arch),
      versions: flag(app, 'versions'),
      layer: flag(app, 'layer'),
      dashboard: flag(app, 'dashboard'),
    })
    refuseUnknown(stack, own)
    stacks.set(name, stack)
  }
  // what is imported must be there before
  for (const { definition } of pipelines)
    for (const id of upstreamIds(definition)) {
      const [stack, before] = [stacks.get(stackOf(definition.id)), stacks.get(stackOf(id))]
      if (before !== undefined) stack?.addStackDependency(before)
    }
  Tags.of(app).add('siftstep:environment', environment ?? 'default')
}

class ContextError extends Error {
  constructor(name: Name, given: string, allowed: string) {
    super(`-c ${name}=${given} is invalid: allowed are ${allowed}`)
  }
}

/** Files to create stacks for: a file itself; for a folder, its YAML files and the pipeline.yaml of its subfolders. */
export function pipelineFiles(given: readonly string[]): readonly string[] {
  if (given.length === 1 && given[0] === 'none') return []
  // examples are deployed only when they are named
  const places = given.length > 0 ? given : existsSync('pipelines') ? ['pipelines'] : []
  return places.flatMap((place) => {
    if (!existsSync(place)) {
      const near = nearest(place, readdirSync('.'))
      throw new Error(`no such file or folder: ${place}${near === undefined ? '' : `; did you mean ${near}?`}`)
    }
    if (!statSync(place).isDirectory()) return [place]
    const entries = readdirSync(place, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    const files = entries.flatMap((entry) => {
      if (entry.isFile()) return /\.ya?ml$/.test(entry.name) ? [join(place, entry.name)] : []
      const nested = join(place, entry.name, 'pipeline.yaml')
      return existsSync(nested) ? [nested] : []
    })
    if (files.length === 0) throw new Error(`${place} contains no pipeline: no YAML files, and no folders with a pipeline.yaml`)
    return files
  })
}

function knownSettings(app: App, deployed: Known): Known {
  const given = text(app, 'settings')
  if (given === undefined) return deployed
  const settings = parseSettings(given)
  if (settings === undefined) throw new ContextError('settings', given, `JSON such as {"siftstep-platform": {"emails": "a@example.com"}}`)
  return { settings }
}

interface StackSettings {
  readonly settings: Settings
  /** Why settings that were not given are unknown. */
  readonly unknown: string | undefined
  /** The settings that were not given. */
  readonly kept: readonly SettingName[]
}

/** Settings of a stack: each is the context value, or what the deployed stack has. */
function settingsOf(app: App, known: Known, stack: string, names: readonly SettingName[]): StackSettings {
  const given: Settings = Object.fromEntries(names.map((name) => [name, asText(app.node.tryGetContext(name))]))
  const before = 'settings' in known ? (known.settings.get(stack) ?? {}) : {}
  return {
    settings: mergeSettings(names, given, before),
    unknown: 'unknown' in known ? known.unknown : undefined,
    kept: names.filter((name) => given[name] === undefined),
  }
}

/** A template that does not know the deployed settings would remove them. */
function refuseUnknown(stack: Stack, { unknown, kept }: StackSettings): void {
  if (unknown === undefined || kept.length === 0) return
  const give = kept.map((name) => `-c ${name}=…`).join(' ')
  refuseToDeploy(
    stack,
    'DeployedSettings',
    `the settings of ${stack.stackName} are unknown (${unknown}), so this template cannot be deployed: use credentials that may call cloudformation:DescribeStacks, or give every setting (${give}; empty for none), or -c settings={} for a first deployment`,
  )
}

const asText = (value: unknown) => (value === undefined || value === null ? undefined : String(value))

function text(app: App, name: Name): string | undefined {
  const value = asText(app.node.tryGetContext(name))
  return value === '' ? undefined : value
}

const list = (app: App, name: Name) => listIn(text(app, name))

const listIn = (text = '') =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')

function flag(app: App, name: Name): boolean | undefined {
  const given = text(app, name)
  if (given !== undefined && given !== 'true' && given !== 'false') throw new ContextError(name, given, 'true or false')
  return given === undefined ? undefined : given === 'true'
}

function architectureIn(given: string | undefined): Architecture | undefined {
  const found = ARCHITECTURES.find((arch) => arch === given)
  if (given !== undefined && found === undefined) throw new ContextError('arch', given, ARCHITECTURES.join(' or '))
  return found
}

function daysIn(given: string | undefined): Duration | undefined {
  if (given !== undefined && !/^[1-9]\d{0,4}$/.test(given)) throw new ContextError('keep_runs_days', given, 'a number of days')
  return given === undefined ? undefined : Duration.days(Number(given))
}
