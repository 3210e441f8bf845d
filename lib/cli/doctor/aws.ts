/** Checks on AWS: who asks and where, what all pipelines share, and what the given pipelines need. */
import type { Terminal } from '#cli/terminal/terminal.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { assertAccountLimits } from '#cli/aws/account-limits.ts'
import { ask } from '#cli/aws/ask.ts'
import { type Aws, openAws } from '#cli/aws/clients.ts'
import { deployedStack, everyPipeline, platformStack } from '#cli/aws/deployed.ts'
import { targetOf } from '#cli/aws/environment.ts'
import { assertUpstream } from '#cli/aws/upstream.ts'
import { outputsOf } from '#aws/cloud/stacks.ts'
import { preview } from '#core/text/preview.ts'
import { attempt, type Check, found, missing, warning } from './check.ts'
import { AGAIN, bucketCheck, type CompiledFile, pipelineCheckName, pipelineChecks } from './aws-pipelines.ts'

/** The stack of `cdk bootstrap`, and the oldest version of it that deployments of siftstep can use. */
const BOOTSTRAP = 'CDKToolkit'
const MIN_BOOTSTRAP = 6

/** Each check ends in a sentence, whatever AWS answers. Throws a UsageError for an environment that the definitions do not declare. */
export async function awsChecks(given: Args, compiled: readonly CompiledFile[], terminal: Terminal): Promise<readonly Check[]> {
  // what must be confirmed before a deployment is not asked here
  const { args, account } = targetOf(
    { ...given, all: (flag) => (flag === 'confirm' ? ['smoke_tests', 'approval'] : given.all(flag)) },
    compiled,
  )
  const environment = args.value('env')
  let aws: Aws | undefined
  const region = await attempt('region', AGAIN, async () => {
    aws = await openAws(args, terminal)
    return found('region', aws.region)
  })
  if (aws === undefined) return [region]
  const opened = aws
  const credentials = await credentialsCheck(opened, terminal)
  // nothing can be asked without them
  if (credentials.status === 'missing') return [region, credentials]
  const shared = await sharedChecks(opened, environment, account, terminal)
  const pipelines: Check[] = []
  if (compiled.some(({ definition }) => definition.triggers.some(({ type }) => type === 'pipeline')))
    pipelines.push(await upstreamCheck(opened, compiled, environment))
  for (const one of compiled) pipelines.push(...(await pipelineChecks(opened, one, environment)))
  // those that are deployed have what they reserve
  const fresh = compiled.flatMap(({ definition }) =>
    pipelines.some(({ check, status }) => check === pipelineCheckName(definition.id) && status === 'missing') ? [definition] : [],
  )
  return [
    region,
    credentials,
    ...shared,
    ...(compiled.length === 0 ? [await deployedCheck(opened)] : [await limitsCheck(opened, fresh, terminal)]),
    ...pipelines,
  ]
}

const credentialsCheck = (aws: Aws, { env }: Terminal): Promise<Check> =>
  attempt('credentials', AGAIN, async () => {
    const { accessKeyId, accountId } = await ask('looking for credentials', aws.region, aws.identity())
    const from =
      env['AWS_PROFILE'] !== undefined
        ? `profile ${env['AWS_PROFILE']}`
        : env['AWS_ACCESS_KEY_ID'] === undefined
          ? 'default chain'
          : 'environment'
    const of = accountId === undefined ? '' : ` of the account ${accountId}`
    return found('credentials', `access key …${accessKeyId.slice(-4)}${of}, from the ${from}`)
  })

/** The stack that all pipelines share, its bucket, the account it is in, and the stack of the CDK. */
async function sharedChecks(
  aws: Aws,
  environment: string | undefined,
  expected: string | undefined,
  { program }: Terminal,
): Promise<readonly Check[]> {
  const name = platformStack(environment)
  const deploy = `siftstep deploy${environment === undefined ? '' : ` --env ${environment}`}`
  let account: string | undefined
  let bucket: string | undefined
  const stack = await attempt(`shared stack ${name}`, AGAIN, async () => {
    const there = await deployedStack(aws, name)
    if (there === undefined) return missing(`shared stack ${name}`, `not deployed in ${aws.region}`, deploy)
    account = accountIn(there.StackId)
    const outputs = outputsOf(there)
    bucket = outputs.get('DataBucket')
    const status = there.StackStatus ?? 'UNKNOWN'
    if (/FAILED|ROLLBACK|IN_PROGRESS/.test(status) && status !== 'UPDATE_ROLLBACK_COMPLETE')
      return warning(`shared stack ${name}`, `its status is ${status}`, `wait until it is complete, or deploy it again: ${deploy}`)
    const version = outputs.get('SiftstepVersion')
    if (version === undefined) return found(`shared stack ${name}`, 'deployed; it does not say by which version')
    if (version === program.version) return found(`shared stack ${name}`, `deployed by siftstep ${version}`)
    return warning(`shared stack ${name}`, `deployed by siftstep ${version}, and this is ${program.version}`, `deploy it again: ${deploy}`)
  })
  const bootstrap = await attempt(`CDK stack ${BOOTSTRAP}`, AGAIN, async () => {
    const fix = `npx cdk bootstrap aws://${account ?? 'ACCOUNT'}/${aws.region}`
    const there = await deployedStack(aws, BOOTSTRAP)
    if (there === undefined) return missing(`CDK stack ${BOOTSTRAP}`, `the CDK is not bootstrapped in ${aws.region}`, fix)
    account ??= accountIn(there.StackId)
    const version = Number(outputsOf(there).get('BootstrapVersion') ?? 0)
    if (version < MIN_BOOTSTRAP) return missing(`CDK stack ${BOOTSTRAP}`, `version ${version}, and ${MIN_BOOTSTRAP} is needed`, fix)
    return found(`CDK stack ${BOOTSTRAP}`, `version ${version}`)
  })
  return [
    ...(account === undefined ? [] : [accountCheck(account, expected)]),
    bootstrap,
    stack,
    ...(bucket === undefined ? [] : [await bucketCheck(aws, { bucket, prefix: '' })]),
  ]
}

function accountCheck(account: string, expected: string | undefined): Check {
  if (expected === undefined || expected === account) return found('account', account)
  return missing(
    'account',
    `the credentials are for ${account}, and the environment is in ${expected}`,
    `use credentials of the account ${expected}`,
  )
}

/** `arn:aws:cloudformation:REGION:ACCOUNT:stack/…` */
const accountIn = (arn: string | undefined) => arn?.split(':')[4]

const limitsCheck = (aws: Aws, pipelines: Parameters<typeof assertAccountLimits>[1], terminal: Terminal): Promise<Check> =>
  attempt('limits of the account', AGAIN, async () => {
    const notes: string[] = []
    await assertAccountLimits(aws, pipelines, { ...terminal, err: (text) => void notes.push(text.trim()) })
    const [note] = notes
    if (note === undefined) return found('limits of the account', 'enough for these pipelines')
    return warning(
      'limits of the account',
      note.replace(/^(note:|⚠) /, ''),
      'allow lambda:GetAccountSettings, or look under Service Quotas',
    )
  })

const upstreamCheck = (aws: Aws, compiled: readonly CompiledFile[], environment: string | undefined): Promise<Check> =>
  attempt('pipelines that start others', AGAIN, async () => {
    await assertUpstream(aws, compiled, environment)
    return found('pipelines that start others', 'deployed')
  })

const deployedCheck = (aws: Aws): Promise<Check> =>
  attempt('pipelines', AGAIN, async () => {
    const ids = (await everyPipeline(aws)).map(({ pipeline }) => pipeline)
    return found('pipelines', ids.length === 0 ? 'none is deployed yet' : `deployed: ${preview(ids)}`)
  })
