/** AWS clients of the command line, configured by the environment: the usual variables, profiles and roles, and `AWS_ENDPOINT_URL` for an emulator. */
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import type { LambdaClient } from '@aws-sdk/client-lambda'
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
  readonly functions: Pick<LambdaClient, 'send'>
  readonly logs: Pick<CloudWatchLogsClient, 'send'>
  readonly buckets: Pick<BucketClient, 'send'>
  store(bucket: string): Store
  /** Whose requests these are, as far as the credentials say it. Rejects when there are none. */
  identity(): Promise<Identity>
  /** Whether Secrets Manager has a secret that can be read. Its value is not asked for. */
  hasSecret(id: string): Promise<boolean>
}

interface Identity {
  readonly accessKeyId: string
  readonly accountId?: string
}

/** Clients are created on first use. */
export async function openAws(args: Args, { env }: Pick<Terminal, 'env'>): Promise<Aws> {
  const endpoint = env['AWS_ENDPOINT_URL']
  /** The endpoint of a single service takes precedence, as in the SDK. */
  const placeOf = (service: string) => {
    const url = env[`AWS_ENDPOINT_URL_${service}`] ?? endpoint
    return url === undefined ? {} : { endpoint: url }
  }
  const given = args.value('region') ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? (endpoint === undefined ? undefined : 'us-east-1')
  // warnings about future SDK versions are of no use to users of a pipeline
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const [
    { SFNClient: States },
    { CloudFormationClient: Stacks },
    { LambdaClient: Functions },
    { CloudWatchLogsClient: Logs },
    { S3Client },
    { s3Store },
    { clientSettings },
  ] = await Promise.all([
    import('@aws-sdk/client-sfn'),
    import('@aws-sdk/client-cloudformation'),
    import('@aws-sdk/client-lambda'),
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
  const statesAt = placeOf('SFN')
  // some calls have a host of their own on AWS, and no other endpoint has one
  const states = new States({ ...settings, ...statesAt, disableHostPrefix: 'endpoint' in statesAt })
  // the SDK also looks for the region in the profile
  const region = await states.config.region().catch(() => {
    throw new UsageError('no AWS region is set', 'set AWS_REGION, or pass --region eu-west-1')
  })
  const objects = new S3Client({ ...clientSettings(env), region, ...keysIn(env) })
  return {
    region,
    states,
    stacks: new Stacks({ ...settings, ...placeOf('CLOUDFORMATION') }),
    functions: new Functions({ ...settings, ...placeOf('LAMBDA') }),
    logs: new Logs({ ...settings, ...placeOf('CLOUDWATCH_LOGS') }),
    buckets: objects,
    store: (bucket) => s3Store({ bucket, client: objects }),
    identity: () => states.config.credentials(),
    hasSecret: async (id) => {
      // one command asks
      const { DescribeSecretCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager')
      const client = new SecretsManagerClient({ ...settings, region, ...placeOf('SECRETS_MANAGER') })
      try {
        return (await client.send(new DescribeSecretCommand({ SecretId: id }))).DeletedDate === undefined
      } catch (error) {
        if ((error as Error).name === 'ResourceNotFoundException') return false
        throw error
      } finally {
        client.destroy()
      }
    },
  }
}

/** Keys from the environment; otherwise the SDK uses its default chain. */
function keysIn(env: Terminal['env']) {
  const [accessKeyId, secretAccessKey, sessionToken] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map((name) =>
    entryOf(env, name),
  )
  if (accessKeyId === undefined || secretAccessKey === undefined || env['AWS_PROFILE'] !== undefined) return {}
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }
}
