/** Waits until CloudFormation has deleted a stack. */
import { setTimeout as sleep } from 'node:timers/promises'
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { ask, isMissing } from './ask.ts'
import type { Aws } from './clients.ts'

/** Poll interval: short at first, as most stacks are gone in a minute. */
const pauseMs = (looks: number) => Math.min(15_000, 2000 * (looks + 1))
const MAX_WAIT_MS = 30 * 60_000

/** Undefined once the stack is gone; otherwise the reason from CloudFormation why it stays. */
export async function stackGone(aws: Aws, stack: string): Promise<string | undefined> {
  const until = Date.now() + MAX_WAIT_MS
  for (let looks = 0; ; looks++) {
    const sent = aws.stacks.send(new DescribeStacksCommand({ StackName: stack })).catch((error: unknown) => {
      if (isMissing(error)) return undefined
      throw error
    })
    const found = (await ask(`destroying ${stack}`, aws.region, sent))?.Stacks?.[0]
    if (found === undefined || found.StackStatus === 'DELETE_COMPLETE') return undefined
    if (found.StackStatus !== 'DELETE_IN_PROGRESS') return `${found.StackStatus}: ${found.StackStatusReason ?? 'no reason given'}`
    if (Date.now() > until) return 'still in progress after half an hour'
    await sleep(pauseMs(looks))
  }
}
