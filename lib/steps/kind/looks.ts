/** Steps that look again and again for something: how often they may. */
import { toSeconds } from './fields.ts'

/**
 * Looks in one step. Each takes 9 events of the history of an execution, which holds 25,000. Source: Step Functions developer guide,
 * "Quotas".
 */
export const MAX_LOOKS = 1000

/** The seconds of a setting; not a number for a reference, which has no value before a run. */
export const secondsOf = (value: number | string): number =>
  typeof value === 'string' && value.includes('{') ? Number.NaN : toSeconds(value)

/** What is wrong with a `poke_interval` beside a timeout. `what` looks: `a sensor`. */
export function intervalProblems(what: string, timeout: number | string, poke_interval: number | string) {
  const [total, interval] = [secondsOf(timeout), secondsOf(poke_interval)]
  const problem = (text: string, hint: string) => [{ path: ['poke_interval'], what: text, hint }]
  if (interval < 1) return problem(`\`poke_interval\` is ${poke_interval}, shorter than a second`, 'write 1s or more')
  const looks = Math.ceil(total / interval)
  if (!(looks > MAX_LOOKS)) return []
  return problem(
    `a timeout of ${timeout} with a look every ${poke_interval} makes ${looks} looks, and ${what} has at most ${MAX_LOOKS}`,
    `write a \`poke_interval\` of ${Math.ceil(total / MAX_LOOKS)}s or more, or a shorter \`timeout\``,
  )
}
