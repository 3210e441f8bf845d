/** What a pipeline needs on AWS: its stack, its secrets, the buckets it names, and what starts its runs. */
import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { secretsPrefix } from '#aws/cloud/settings.ts'
import { outputsOf } from '#aws/cloud/stacks.ts'
import type { Compiled } from '#language/compiler/compile.ts'
import { placesOf, type S3Location } from '#language/compiler/places.ts'
import { ask } from '#cli/aws/ask.ts'
import type { Aws } from '#cli/aws/clients.ts'
import { deployedStack, pipelineStack } from '#cli/aws/deployed.ts'
import { silence } from '#cli/aws/upload-buckets.ts'
import { attempt, type Check, found, missing, warning } from './check.ts'
import { secretNames } from './credentials.ts'

export interface CompiledFile extends Compiled {
  readonly file: string
}

/** For errors that have no fix of their own. */
export const AGAIN = 'run the command again; https://health.aws.amazon.com shows the state of AWS'

/** The check that says whether the stack of a pipeline is there. */
export const pipelineCheckName = (id: string) => `pipeline ${id}`

export async function pipelineChecks(aws: Aws, compiled: CompiledFile, environment: string | undefined): Promise<readonly Check[]> {
  const { sources, outputs } = placesOf(compiled)
  const places = new Map([...sources, ...outputs].map((place) => [`${place.bucket}/${place.prefix}`, place]))
  const checks: Check[] = []
  for (const name of secretNames(compiled)) checks.push(await secretCheck(aws, `${secretsPrefix(environment)}${name}`))
  for (const place of places.values()) checks.push(await bucketCheck(aws, place))
  return [...checks, ...(await stackChecks(aws, compiled, environment)), ...(await uploadChecks(aws, compiled))]
}

const secretCheck = (aws: Aws, id: string): Promise<Check> =>
  attempt(`secret ${id}`, AGAIN, async () => {
    const isThere = await ask(`looking for the secret ${id}`, aws.region, aws.hasSecret(id))
    if (isThere) return found(`secret ${id}`, 'is in Secrets Manager')
    return missing(
      `secret ${id}`,
      `not in Secrets Manager in ${aws.region}, or marked for deletion`,
      `aws secretsmanager create-secret --name ${id} --secret-string …`,
    )
  })

/** Whether the bucket is there and may be listed by whoever asks; the functions have rights of their own. */
export const bucketCheck = (aws: Aws, { bucket, prefix }: S3Location): Promise<Check> => {
  const name = `bucket s3://${bucket}/${prefix}`
  return attempt(name, AGAIN, async () => {
    const listed = aws.buckets.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 })).then(
      () => true,
      (error: unknown) => {
        if ((error as Error).name === 'NoSuchBucket') return false
        throw error
      },
    )
    if (await ask(`listing s3://${bucket}/${prefix}`, aws.region, listed)) return found(name, 'can be listed')
    return missing(name, 'no such bucket', `create it: aws s3 mb s3://${bucket}; or correct the address`)
  })
}

/** The resources that start runs, by what of a definition needs them. */
const STARTS = [
  { what: 'schedule', type: 'AWS::Scheduler::Schedule', isNeeded: ({ definition }: Compiled) => definition.schedule !== undefined },
  { what: 'triggers', type: 'AWS::Events::Rule', isNeeded: ({ definition }: Compiled) => definition.triggers.length > 0 },
] as const

async function stackChecks(aws: Aws, compiled: CompiledFile, environment: string | undefined): Promise<readonly Check[]> {
  const { definition, hash, file } = compiled
  const stack = pipelineStack(definition.id, environment)
  const deploy = `siftstep deploy ${file}${environment === undefined ? '' : ` --env ${environment}`}`
  const name = pipelineCheckName(definition.id)
  let isThere = false
  const own = await attempt(name, AGAIN, async () => {
    const there = await deployedStack(aws, stack)
    if (there === undefined) return missing(name, `the stack ${stack} is not deployed in ${aws.region}`, deploy)
    isThere = true
    if (outputsOf(there).get('DefinitionHash') === hash) return found(name, `deployed as the stack ${stack}, from this definition`)
    return warning(name, `deployed as the stack ${stack}, from another definition`, deploy)
  })
  const needed = STARTS.filter(({ isNeeded }) => isNeeded(compiled))
  if (!isThere || needed.length === 0) return [own]
  const starts = needed.map(({ what, type }) => {
    const check = `${what} of ${definition.id}`
    return attempt(check, AGAIN, async () => {
      const asked = aws.stacks.send(new DescribeStackResourcesCommand({ StackName: stack }))
      const { StackResources: all = [] } = await ask(`reading the resources of ${stack}`, aws.region, asked)
      const there = all.filter(({ ResourceType, ResourceStatus }) => ResourceType === type && !/DELETE|FAILED/.test(ResourceStatus ?? ''))
      return there.length > 0
        ? found(check, `deployed: ${there.length} of ${type}`)
        : missing(check, `the stack ${stack} has no ${type}`, deploy)
    })
  })
  return [own, ...(await Promise.all(starts))]
}

/** Uploads start runs only if their bucket sends events. */
async function uploadChecks(aws: Aws, { definition: { id, triggers } }: Compiled): Promise<readonly Check[]> {
  const buckets = new Set(triggers.flatMap((trigger) => (trigger.type === 's3' ? [trigger.bucket] : [])))
  return Promise.all(
    [...buckets].map(async (bucket) => {
      const check = `events of the bucket ${bucket}`
      const why = await silence(aws, bucket)
      return why === undefined ? found(check, `uploads start ${id}`) : missing(check, `uploads do not start ${id}: ${why.what}`, why.hint)
    }),
  )
}
