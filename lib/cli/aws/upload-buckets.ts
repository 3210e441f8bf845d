/** Uploads start runs only if their bucket sends events to EventBridge. Checked when a pipeline is deployed. */
import { GetBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3'
import type { Definition } from '#language/definition/definition.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { type Aws, openAws } from './clients.ts'

/** Warns of buckets that send no events, and of buckets that cannot be checked. The deployment stays. */
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

/** Why a bucket sends no events to EventBridge, or that it is unknown; undefined if it sends them. */
export async function silence({ buckets, region }: Aws, bucket: string): Promise<Silence | undefined> {
  try {
    const { EventBridgeConfiguration: current } = await buckets.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket }))
    return current === undefined ? { what: 'the bucket sends no events to EventBridge', hint: SWITCH_ON(bucket) } : undefined
  } catch (error) {
    const { name, message } = error as Error
    if (name === 'NoSuchBucket')
      return { what: `no such bucket in ${region}`, hint: `create it, and enable EventBridge: ${SWITCH_ON(bucket)}` }
    return {
      what: `unless the bucket sends events to EventBridge, which could not be checked (${name}: ${message})`,
      hint: SWITCH_ON(bucket),
    }
  }
}

const SWITCH_ON = (bucket: string) =>
  `aws s3api put-bucket-notification-configuration --bucket ${bucket} --notification-configuration '{"EventBridgeConfiguration": {}}' (this replaces the current notifications of the bucket)`
