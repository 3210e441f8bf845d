/** What a run on AWS took and cost, beside the estimate for data of that size. */
import { type RanOnAws, actualAndEstimate } from '#aws/cost/actual.ts'
import { PRICES, type Processor } from '#aws/cost/prices.ts'
import { count, seconds } from '#core/text/numbers.ts'
import { amount, dollars } from '#cli/show/plan-text.ts'

export async function costLines(ran: RanOnAws, processor: Processor, took: number): Promise<readonly string[]> {
  const found = await actualAndEstimate(ran, processor)
  if (found === undefined) return []
  const { took: own, estimate } = found
  const rows: (readonly [string, string])[] = [
    [count(own.transitions, 'state transition'), estimate === null ? '' : String(estimate.transitions)],
    [
      `${amount(own.gigabyte_seconds)} GB-seconds in ${count(own.tasks, 'task')}`,
      estimate === null ? '' : `${amount(estimate.gigabyte_seconds)} in ${estimate.tasks}`,
    ],
    [seconds(took), estimate === null ? '' : seconds(estimate.seconds)],
    [`${dollars(own.dollars.total)} (${PRICES.region}, prices of ${PRICES.of})`, estimate === null ? '' : dollars(estimate.dollars.total)],
  ]
  const width = Math.max(...rows.map(([first]) => first.length))
  return rows.map(([first, second]) => (second === '' ? first : `${first.padEnd(width)}   estimated ${second}`))
}
