/** Reads the history of a run on AWS while it grows. */
import { DescribeMapRunCommand, GetExecutionHistoryCommand } from '@aws-sdk/client-sfn'
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { Machine } from '#asl/machine/asl.ts'
import { ask } from './ask.ts'
import type { Aws } from './clients.ts'
import { historyFiller, type SparseEvent } from './fill-history.ts'

/** Page size; the last page is read again while the run continues. */
const PAGE = 100

export interface HistoryReader {
  /** Returns the events that are new since the last call. */
  more(): Promise<readonly HistoryEvent[]>
}

/** `machine` is the machine of the run. */
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
        // the last page may grow, so it is read again
        if (page.nextToken === undefined || page.nextToken === '') return found
        token = page.nextToken
      }
    },
  }
}

/** Progress of a distributed map: finished children of all. */
export async function mapProgress(aws: Aws, mapRun: string): Promise<{ readonly done: number; readonly total: number }> {
  const { itemCounts } = await ask(
    'reading the progress of a map',
    aws.region,
    aws.states.send(new DescribeMapRunCommand({ mapRunArn: mapRun })),
  )
  return { done: itemCounts?.succeeded ?? 0, total: itemCounts?.total ?? 0 }
}
