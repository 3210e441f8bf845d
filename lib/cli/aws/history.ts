/** The history of a run on AWS, event by event, as long as it goes on. */
import { DescribeMapRunCommand, GetExecutionHistoryCommand } from '@aws-sdk/client-sfn'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { Machine } from '#asl/machine/asl.ts'
import { ask } from './ask.ts'
import type { Aws } from './clients.ts'
import { historyFiller, type SparseEvent } from './fill-history.ts'

/** Events asked for at a time: the last of them are asked for again while the run goes on. */
const PAGE = 100

export interface HistoryReader {
  /** The events there are by now that were not read before. */
  more(): Promise<readonly HistoryEvent[]>
}

/** `machine` is what the run goes through. */
export function historyReader(aws: Aws, arn: string, machine: Machine): HistoryReader {
  const fill = historyFiller(machine)
  let token: string | undefined
  let last = 0
  return {
    async more() {
      const found: HistoryEvent[] = []
      for (;;) {
        const command = new GetExecutionHistoryCommand({
          executionArn: arn,
          maxResults: PAGE,
          includeExecutionData: true,
          ...(token === undefined ? {} : { nextToken: token }),
        })
        const page = await ask('reading the history of the run', aws.region, aws.states.send(command))
        for (const event of page.events ?? []) {
          if ((event.id ?? 0) <= last) continue
          last = event.id ?? last
          found.push(fill({ ...event, timestamp: (event.timestamp ?? new Date(0)).toISOString() } as unknown as SparseEvent))
        }
        // where it ends now it may go on later: the same page is asked for again
        if (page.nextToken === undefined || page.nextToken === '') return found
        token = page.nextToken
      }
    },
  }
}

/** How many children of a distributed map are done, of how many. */
export async function mapProgress(aws: Aws, mapRun: string): Promise<{ readonly done: number; readonly total: number }> {
  const { itemCounts } = await ask(
    'reading how far a map is',
    aws.region,
    aws.states.send(new DescribeMapRunCommand({ mapRunArn: mapRun })),
  )
  return { done: itemCounts?.succeeded ?? 0, total: itemCounts?.total ?? 0 }
}
