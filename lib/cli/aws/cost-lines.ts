/** What a run on AWS took and cost, beside what would have been told before it of data of that size. */
import { type RanOnAws, tookAndTold } from '#aws/cost/actual.ts'
import { PRICES, type Processor } from '#aws/cost/prices.ts'
import { count, seconds } from '#core/text/numbers.ts'
import { amount, dollars } from '#cli/show/plan-text.ts'

export async function costLines(ran: RanOnAws, processor: Processor, took: number): Promise<readonly string[]> {
  const found = await tookAndTold(ran, processor)
  if (found === undefined) return []
  const { took: own, told } = found
  const rows: (readonly [string, string])[] = [
    [count(own.transitions, 'state transition'), told === null ? '' : String(told.transitions)],
    [
      `${amount(own.gigabyte_seconds)} GB-seconds in ${count(own.tasks, 'task')}`,
      told === null ? '' : `${amount(told.gigabyte_seconds)} in ${told.tasks}`,
    ],
    [seconds(took), told === null ? '' : seconds(told.seconds)],
    [`${dollars(own.dollars.total)}, for ${PRICES.region} at the prices of ${PRICES.of}`, told === null ? '' : dollars(told.dollars.total)],
  ]
  const width = Math.max(...rows.map(([first]) => first.length))
  return rows.map(([first, second]) => (second === '' ? first : `${first.padEnd(width)}   estimated ${second}`))
}
