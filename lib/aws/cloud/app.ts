/** The CDK app: a shared stack, and a stack for each pipeline file. Its settings are context values: `cdk deploy -c NAME=VALUE`. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type App, Duration, Tags } from 'aws-cdk-lib'
import { ARCHITECTURES, type Architecture } from '#aws/lambda/artifacts.ts'
import { nearest } from '#core/text/nearest.ts'
import { PipelineStack } from './pipeline-stack.ts'
import { PlatformStack } from './platform-stack.ts'
import { readPipeline } from './read-pipeline.ts'

/** All context values with their meaning; lists are comma-separated. */
export const CONTEXT = {
  pipelines: 'files or folders of pipelines, or none (default: pipelines/, or else the examples)',
  environment: 'a name that separates stacks, such as staging and production',
  emails: 'e-mail addresses for alarms of all pipelines',
  sources: 'more locations (s3://bucket/prefix) that pipelines may read',
  outputs: 'more locations (s3://bucket/prefix) that pipelines may publish to',
  keys: 'ARNs of the KMS keys that encrypt the buckets of sources and outputs, if not S3-managed',
  arch: `processor of the functions: ${ARCHITECTURES.join(' or ')}`,
  versions: 'false: no versions and no alias, for emulators without them',
  layer: 'false: bundle the native engine into the functions that need it, for emulators without layers',
  dashboard: 'false: no dashboards',
  keep_runs_days: 'days to keep the files of runs (default: forever)',
} as const

type Name = keyof typeof CONTEXT

export function addStacks(app: App): void {
  const environment = text(app, 'environment')
  const suffix = environment === undefined ? '' : `-${environment}`
  if (environment !== undefined && !/^[a-z][a-z0-9-]{0,29}$/.test(environment)) {
    throw new ContextError('environment', environment, 'lower-case letters, digits and `-`, starting with a letter')
  }
  const days = text(app, 'keep_runs_days')
  if (days !== undefined && !/^[1-9]\d{0,4}$/.test(days)) throw new ContextError('keep_runs_days', days, 'a number of days')
  const keepRuns = days === undefined ? undefined : Duration.days(Number(days))
  const description = (what: string) => `siftstep: ${what}`
  const platform = new PlatformStack(app, `siftstep-platform${suffix}`, {
    description: description('shared by all pipelines'),
    emails: list(app, 'emails'),
    keepRuns,
  })
  const named = new Map<string, string>()
  for (const file of pipelineFiles(list(app, 'pipelines'))) {
    const { definition } = readPipeline({ file })
    const name = `siftstep-${definition.id.replaceAll('_', '-')}${suffix}`
    if (name === platform.stackName) throw new Error(`${file}: the id ${definition.id} is reserved for the shared stack: choose another`)
    const other = named.get(name)
    if (other !== undefined) throw new Error(`${file} and ${other} have the same id, ${definition.id}: change one of them`)
    named.set(name, file)
    new PipelineStack(app, name, {
      description: description(definition.name),
      file,
      service: `${definition.id}${suffix}`,
      environment,
      dataBucket: platform.bucket,
      alarmTopic: platform.topic,
      sources: list(app, 'sources'),
      outputs: list(app, 'outputs'),
      keys: list(app, 'keys'),
      architecture: architecture(app),
      versions: flag(app, 'versions'),
      layer: flag(app, 'layer'),
      dashboard: flag(app, 'dashboard'),
    })
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
  const places = given.length > 0 ? given : [existsSync('pipelines') ? 'pipelines' : 'examples']
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

function text(app: App, name: Name): string | undefined {
  const value: unknown = app.node.tryGetContext(name)
  return value === undefined || value === null || value === '' ? undefined : String(value)
}

const list = (app: App, name: Name) =>
  (text(app, name) ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')

function flag(app: App, name: Name): boolean | undefined {
  const given = text(app, name)
  if (given !== undefined && given !== 'true' && given !== 'false') throw new ContextError(name, given, 'true or false')
  return given === undefined ? undefined : given === 'true'
}

function architecture(app: App): Architecture | undefined {
  const given = text(app, 'arch')
  const found = ARCHITECTURES.find((arch) => arch === given)
  if (given !== undefined && found === undefined) throw new ContextError('arch', given, ARCHITECTURES.join(' or '))
  return found
}
