/** Settings of a deployment: each stack keeps its own until another value is given. Changes are printed before they are made. */
import type { Architecture } from '#aws/lambda/artifacts.ts'
import {
  type DeployedSettings,
  mergeSettings,
  namesOf,
  PIPELINE_SETTINGS,
  PLATFORM_SETTINGS,
  type SettingName,
  type Settings,
  settingsIn,
} from '#aws/cloud/settings.ts'
import type { Args } from '#cli/arguments/flags.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { type Aws, openAws } from './clients.ts'
import { stackOutputs } from './deployed.ts'

export interface DeploymentSettings {
  /** Settings of every stack of the deployment. */
  readonly after: DeployedSettings
  /** Changes of stacks that are already deployed, one line each. */
  readonly changes: readonly string[]
  /** Outputs of the stacks that are already deployed, by stack; undefined if they could not be read. */
  readonly outputs: ReadonlyMap<string, ReadonlyMap<string, string>> | undefined
}

const flagOf = (name: SettingName) => name.replaceAll('_', '-')

/** What a setting is when it has no value. */
const NONE: { readonly [Name in SettingName]: string } = {
  emails: 'none',
  keep_runs_days: 'forever',
  data_key: 'of S3',
  sources: 'none',
  outputs: 'none',
  keys: 'none',
  arch: 'arm64',
}

/** `usual` is the processor of a stack that has none yet. */
export async function deploymentSettings(
  args: Args,
  platform: string,
  pipelines: readonly string[],
  usual: Architecture,
  terminal: Terminal,
): Promise<DeploymentSettings> {
  const given: Settings = Object.fromEntries(
    [...namesOf(PLATFORM_SETTINGS), ...namesOf(PIPELINE_SETTINGS)].map((name) => [name, args.value(flagOf(name))]),
  )
  assertOfPipelines(given, pipelines)
  const stacks = new Map([
    [platform, namesOf(PLATFORM_SETTINGS)],
    ...pipelines.map((stack) => [stack, namesOf(PIPELINE_SETTINGS)] as const),
  ])
  const kept = [...new Set([...stacks.values()].flat())].filter((name) => given[name] === undefined)
  const outputs = await outputsOf(await openAws(args, terminal), [...stacks.keys()], kept, terminal)
  const after = new Map<string, Settings>()
  const changes: string[] = []
  for (const [stack, names] of stacks) {
    const found = outputs?.get(stack)
    const before = settingsIn(found ?? new Map())
    const next = mergeSettings(names, given, before)
    after.set(stack, stack === platform ? next : { ...next, arch: next.arch ?? usual })
    if (found !== undefined) changes.push(...changesOf(stack, names, before, after.get(stack) ?? {}))
  }
  return { after, changes, outputs }
}

/** Settings of pipelines need one. */
function assertOfPipelines(given: Settings, pipelines: readonly string[]): void {
  const [name] = namesOf(PIPELINE_SETTINGS).filter((one) => given[one] !== undefined)
  if (name !== undefined && pipelines.length === 0)
    throw new UsageError(`--${flagOf(name)} is a setting of a pipeline, and no definition is given`, 'siftstep deploy FILE', 'deploy')
}

/** With every setting given, a deployment does not need those of before: then it may continue without. */
async function outputsOf(
  aws: Aws,
  stacks: readonly string[],
  kept: readonly SettingName[],
  terminal: Terminal,
): Promise<DeploymentSettings['outputs']> {
  const skip = `pass ${kept.map((name) => `--${flagOf(name)}`).join(', ')} to skip this lookup ('' for none)`
  try {
    const all = await Promise.all(stacks.map(async (stack) => [stack, await stackOutputs(aws, stack, skip)] as const))
    return new Map(all.flatMap(([stack, outputs]) => (outputs === undefined ? [] : [[stack, outputs] as const])))
  } catch (error) {
    if (kept.length > 0 || !(error instanceof UsageError)) throw error
    terminal.err(`note: the settings of before are unknown, and changes are not shown (${error.message})\n`)
    return undefined
  }
}

const changesOf = (stack: string, names: readonly SettingName[], before: Settings, after: Settings): readonly string[] =>
  names
    .filter((name) => (before[name] ?? NONE[name]) !== (after[name] ?? NONE[name]))
    .map((name) => `${stack}: --${flagOf(name)} ${before[name] ?? NONE[name]} → ${after[name] ?? NONE[name]}`)
