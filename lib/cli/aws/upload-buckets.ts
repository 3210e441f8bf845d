/** Uploads start runs only where their bucket tells EventBridge of them: whether it does is looked up when a pipeline is deployed. */
import { GetBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3'
import type { Definition } from '#language/definition/definition.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { type Aws, openAws } from './clients.ts'

/** Warns of buckets whose uploads will start nothing, and of those that cannot be looked at; what is deployed stays. */
export async function warnOfSilentBuckets({ id, triggers }: Definition, args: Args, terminal: Terminal): Promise<void> {
  const buckets = new Set(triggers.flatMap((trigger) => (trigger.type === 's3' ? [trigger.bucket] : [])))
  if (buckets.size === 0) return
  const aws = await openAws(args, terminal)
  for (const bucket of buckets) {
    const why = await silence(aws, bucket)
    if (why !== undefined)
      terminal.err(`${SYMBOLS.step.warning} uploads to ${bucket} will not start ${id}: ${why.what}\n  hint: ${why.hint}\n`)
  }
}

interface Silence {
  readonly what: string
  readonly hint: string
}

async function silence({ buckets, region }: Aws, bucket: string): Promise<Silence | undefined> {
  try {
    const { EventBridgeConfiguration: current } = await buckets.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket }))
    return current === undefined ? { what: 'it does not tell EventBridge of them', hint: SWITCH_ON(bucket) } : undefined
  } catch (error) {
    const { name, message } = error as Error
    if (name === 'NoSuchBucket')
      return { what: `there is no such bucket in ${region}`, hint: `make it, and switch EventBridge on: ${SWITCH_ON(bucket)}` }
    return { what: `unless it tells EventBridge of them, which could not be seen (${name}: ${message})`, hint: SWITCH_ON(bucket) }
  }
}

const SWITCH_ON = (bucket: string) =>
  `aws s3api put-bucket-notification-configuration --bucket ${bucket} --notification-configuration '{"EventBridgeConfiguration": {}}'; it replaces the notifications the bucket has`
