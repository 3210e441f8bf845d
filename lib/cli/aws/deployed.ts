/** Deployed pipelines, from the outputs of their stacks. */
import type { Args } from '#cli/arguments/flags.ts'
import { DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation'
import { outputsOf, pairsIn, siftstepStacks } from '#aws/cloud/stacks.ts'
import type { Processor } from '#aws/cost/prices.ts'
import { nearest } from '#core/text/nearest.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { ask, isMissing } from './ask.ts'
import type { Aws } from './clients.ts'

export interface Deployed {
  readonly stack: string
  /** Id of the definition. */
  readonly pipeline: string
  /** SHA-256 of the machine, as printed by `siftstep compile --hash`. */
  readonly hash: string
  /** ARN of the machine or alias that runs start with. */
  readonly machine: string
  readonly start: string
  readonly bucket: string
  readonly log_group: string
  readonly processor: Processor
  /** Placeholders of the functions, by function name: `DataFunction3008`. */
  readonly functions: ReadonlyMap<string, string>
}

export const platformStack = (environment: string | undefined) => `siftstep-platform${suffixOf(environment)}`
export const pipelineStack = (pipeline: string, environment: string | undefined) =>
  `siftstep-${pipeline.replaceAll('_', '-')}${suffixOf(environment)}`

const suffixOf = (environment: string | undefined) => (environment === undefined ? '' : `-${environment}`)

/** The pipelines of all environments. */
export const everyPipeline = async (aws: Aws): Promise<readonly Deployed[]> =>
  (await ask('listing the stacks', aws.region, siftstepStacks(aws.stacks))).flatMap((stack) => pipelineOf(stack) ?? [])

export const inEnvironment = (pipelines: readonly Deployed[], environment: string | undefined): readonly Deployed[] =>
  pipelines.filter(({ stack, pipeline }) => stack === pipelineStack(pipeline, environment))

/** All pipelines of an environment, by id. */
async function deployedPipelines(aws: Aws, environment: string | undefined): Promise<readonly Deployed[]> {
  const found = await everyPipeline(aws)
  const own = inEnvironment(found, environment)
  if (own.length > 0) return [...own].sort((a, b) => (a.pipeline < b.pipeline ? -1 : 1))
  const others = [...new Set(found.map(({ stack, pipeline }) => stack.slice(pipelineStack(pipeline, undefined).length + 1)))]
  const where = environment === undefined ? aws.region : `the environment ${environment} in ${aws.region}`
  throw new UsageError(
    `no pipeline is deployed to ${where}`,
    others.length === 0
      ? 'siftstep deploy FILE deploys one; --region names another region'
      : `deployed: ${others.map((name) => (name === '' ? 'some without an environment' : `some in --env ${name}`)).join(', ')}`,
  )
}

/** The pipeline with that id. */
export async function deployedPipeline(aws: Aws, environment: string | undefined, pipeline: string): Promise<Deployed> {
  const all = await deployedPipelines(aws, environment)
  const found = all.find((one) => one.pipeline === pipeline || one.stack === pipeline)
  if (found !== undefined) return found
  const names = all.map((one) => one.pipeline)
  const meant = nearest(pipeline, names)
  throw new UsageError(
    `no pipeline ${pipeline} is deployed in ${aws.region}`,
    `${meant === undefined ? '' : `did you mean ${meant}? `}deployed: ${names.join(', ')}`,
  )
}

/** A stack, whatever its state; undefined if it is not deployed. */
export async function deployedStack(aws: Pick<Aws, 'stacks' | 'region'>, StackName: string): Promise<Stack | undefined> {
  const sent = aws.stacks.send(new DescribeStacksCommand({ StackName })).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  return (await ask(`looking for ${StackName}`, aws.region, sent))?.Stacks?.[0]
}

/** The outputs of a stack, by name; undefined if it is not deployed. `skip` says how to do without this request. */
export async function stackOutputs(aws: Aws, StackName: string, skip?: string): Promise<ReadonlyMap<string, string> | undefined> {
  const stack = await deployedStack(aws, StackName).catch((error: unknown) => {
    if (!(error instanceof UsageError) || skip === undefined) throw error
    throw new UsageError(error.message, `${error.hint}; or ${skip}`)
  })
  return stack === undefined ? undefined : outputsOf(stack)
}

/** A stack that is still being created has no outputs. */
function pipelineOf(found: Stack): Deployed | undefined {
  const { StackName: stack = '' } = found
  const outputs = outputsOf(found)
  const value = (name: string) => outputs.get(name) ?? ''
  if (value('PipelineId') === '' || value('StateMachine') === '') return undefined
  return {
    stack,
    pipeline: value('PipelineId'),
    hash: value('DefinitionHash'),
    machine: value('StateMachine'),
    start: value('StartArn'),
    bucket: value('DataBucket'),
    log_group: value('LogGroup'),
    processor: value('Architecture') === 'x86_64' ? 'x86_64' : 'arm64',
    functions: new Map(pairsIn(value('Functions')).map(([placeholder, name]) => [name, placeholder])),
  }
}

/** The pipelines whose runs are searched: the one of --pipeline, otherwise all. */
export async function pipelinesMeant(args: Args, environment: string | undefined, aws: Aws): Promise<readonly Deployed[]> {
  const pipeline = args.value('pipeline')
  return pipeline === undefined ? deployedPipelines(aws, environment) : [await deployedPipeline(aws, environment, pipeline)]
}
