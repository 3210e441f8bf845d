/** The connection of the command line to AWS, from the environment: the usual variables, profiles and roles, and `AWS_ENDPOINT_URL` for an emulator. */
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import type { S3Client as BucketClient } from '@aws-sdk/client-s3'
import type { SFNClient } from '@aws-sdk/client-sfn'
import type { Store } from '#io/store/store.ts'
import type { Args } from '#cli/arguments/flags.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { entryOf } from '#core/text/record.ts'

export interface Aws {
  readonly region: string
  readonly states: Pick<SFNClient, 'send'>
  readonly stacks: Pick<CloudFormationClient, 'send'>
  readonly logs: Pick<CloudWatchLogsClient, 'send'>
  readonly buckets: Pick<BucketClient, 'send'>
  store(bucket: string): Store
}

/** Nothing is asked of AWS before something is to be known. */
export async function openAws(args: Args, { env }: Pick<Terminal, 'env'>): Promise<Aws> {
  const endpoint = env['AWS_ENDPOINT_URL']
  /** What names the place of one service comes first, as in the SDK. */
  const placeOf = (service: string) => {
    const url = env[`AWS_ENDPOINT_URL_${service}`] ?? endpoint
    return url === undefined ? {} : { endpoint: url }
  }
  const given = args.value('region') ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? (endpoint === undefined ? undefined : 'us-east-1')
  // what later versions of the SDK will need is nothing to tell a person who runs a pipeline
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const [
    { SFNClient: States },
    { CloudFormationClient: Stacks },
    { CloudWatchLogsClient: Logs },
    { S3Client },
    { s3Store },
    { clientSettings },
  ] = await Promise.all([
    import('@aws-sdk/client-sfn'),
    import('@aws-sdk/client-cloudformation'),
    import('@aws-sdk/client-cloudwatch-logs'),
    import('@aws-sdk/client-s3'),
    import('#io/store/s3.ts'),
    import('#io/s3/client.ts'),
  ])
  const at = given === undefined ? {} : { region: given }
  const settings = {
    ...at,
    ...keysIn(env),
    retryMode: 'standard',
    maxAttempts: 5,
  } as const
  const states = new States({ ...settings, ...placeOf('SFN') })
  // the SDK knows where else a region may be said, in the profile
  const region = await states.config.region().catch(() => {
    throw new UsageError('no region of AWS is set', 'set AWS_REGION, or write --region eu-west-1')
  })
  const objects = new S3Client({ ...clientSettings(env), region, ...keysIn(env) })
  return {
    region,
    states,
    stacks: new Stacks({ ...settings, ...placeOf('CLOUDFORMATION') }),
    logs: new Logs({ ...settings, ...placeOf('CLOUDWATCH_LOGS') }),
    buckets: objects,
    store: (bucket) => s3Store({ bucket, client: objects }),
  }
}

/** Keys that stand in the environment; else the SDK looks where it always does. */
function keysIn(env: Terminal['env']) {
  const [accessKeyId, secretAccessKey, sessionToken] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map((name) =>
    entryOf(env, name),
  )
  if (accessKeyId === undefined || secretAccessKey === undefined || env['AWS_PROFILE'] !== undefined) return {}
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }
}
