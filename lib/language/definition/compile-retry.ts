/** Compiles the retry settings of a step. */
import { TASK_ERRORS } from '#core/errors/errors.ts'
import { toSeconds } from '#steps/kind/fields.ts'
import type { Shape } from '#steps/kind/step.ts'
import type { CheckContext } from './check-shape.ts'
import type { Retry } from './definition.ts'
import { type Path, report } from './parse-context.ts'
import type { RetryFields } from './schema.ts'

/** The defaults of the language. */
const RETRY: Retry = { errors: ['Transient'], max_attempts: 3, interval: 2, backoff_rate: 2, max_delay: 60, jitter: 'full' }

/** Seconds; a longer wait cannot be written in a machine. Source: Step Functions developer guide, "Retrying after an error". */
const MAX_WAIT = 31_622_400

/** A single call has nothing to spread: its waits are those that the author writes. */
const jitterOf = (shape: Shape): Retry['jitter'] => (shape === 'call' ? 'none' : RETRY.jitter)

/** The retry settings of a step, merged over `defaults`, merged over those of the language. */
export function compileRetry(
  over: RetryFields | undefined,
  own: RetryFields | undefined,
  shape: Shape,
  path: Path,
  context: CheckContext,
): Retry {
  const given = { ...defined(over), ...defined(own) }
  const retry: Retry = {
    errors: given.errors === undefined ? RETRY.errors : expandErrors(given.errors),
    max_attempts: given.max_attempts ?? RETRY.max_attempts,
    interval: given.interval === undefined ? RETRY.interval : toSeconds(given.interval),
    backoff_rate: given.backoff_rate ?? RETRY.backoff_rate,
    max_delay: given.max_delay === undefined ? RETRY.max_delay : toSeconds(given.max_delay),
    jitter: given.jitter ?? jitterOf(shape),
  }
  if (given.max_delay === undefined && given.interval !== undefined) return { ...retry, max_delay: longestWait(retry) }
  if (retry.max_delay >= retry.interval) return retry
  const place =
    own?.max_delay === undefined && own?.interval === undefined
      ? ['defaults', 'retry', 'max_delay']
      : [...path, 'retry', own?.max_delay === undefined ? 'interval' : 'max_delay']
  report(context, 'invalid-value', place, {
    what: `\`max_delay\` is ${retry.max_delay} s, less than \`interval\`, which is ${retry.interval} s`,
    hint: 'increase `max_delay` or decrease `interval`',
  })
  return retry
}

/** Nothing shortens the waits of an interval that an author writes, unless `max_delay` says so. */
const longestWait = ({ interval, backoff_rate, max_attempts }: Retry) =>
  Math.min(MAX_WAIT, Math.max(RETRY.max_delay, interval * backoff_rate ** Math.max(0, max_attempts - 1)))

const defined = (fields: RetryFields | undefined): RetryFields =>
  Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined))

/** Expands categories to error names. `Transient` stays, as AWS adds names of its own; `States.ALL` covers everything. */
function expandErrors(errors: readonly string[]): string[] {
  if (errors.includes('States.ALL')) return ['States.ALL']
  const names = errors.flatMap((error) => {
    if (error === 'SourceUnavailable') return ['Transient', 'Data.NoSources']
    if (error === 'Transient' || error.includes('.')) return [error]
    return Object.keys(TASK_ERRORS).filter((name) => name.startsWith(`${error}.`))
  })
  return [...new Set(names)]
}
