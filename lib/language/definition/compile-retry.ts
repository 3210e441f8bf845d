/** When a failed task is tried again. */
import { TASK_ERRORS } from '#core/errors/errors.ts'
import { toSeconds } from '#steps/kind/fields.ts'
import type { CheckContext } from './check-shape.ts'
import type { Retry } from './definition.ts'
import { type Path, report } from './parse-context.ts'
import type { RetryFields } from './schema.ts'

/** The defaults of the language. */
const RETRY: Retry = { errors: ['Transient'], max_attempts: 3, interval: 2, backoff_rate: 2, max_delay: 60, jitter: 'full' }

/** What a step says about retries, laid over what `defaults` say, laid over what the language says. */
export function compileRetry(over: RetryFields | undefined, own: RetryFields | undefined, path: Path, checking: CheckContext): Retry {
  const given = { ...defined(over), ...defined(own) }
  const retry: Retry = {
    errors: given.errors === undefined ? RETRY.errors : expandErrors(given.errors),
    max_attempts: given.max_attempts ?? RETRY.max_attempts,
    interval: given.interval === undefined ? RETRY.interval : toSeconds(given.interval),
    backoff_rate: given.backoff_rate ?? RETRY.backoff_rate,
    max_delay: given.max_delay === undefined ? RETRY.max_delay : toSeconds(given.max_delay),
    jitter: given.jitter ?? RETRY.jitter,
  }
  if (retry.max_delay >= retry.interval) return retry
  if (given.max_delay === undefined) return { ...retry, max_delay: retry.interval }
  const place =
    own?.max_delay === undefined && own?.interval === undefined
      ? ['defaults', 'retry', 'max_delay']
      : [...path, 'retry', own?.max_delay === undefined ? 'interval' : 'max_delay']
  report(checking.reading, 'invalid-value', place, {
    what: `\`max_delay\` is ${retry.max_delay} s, less than the first wait of ${retry.interval} s`,
    hint: 'make `max_delay` larger or `interval` smaller',
  })
  return retry
}

const defined = (fields: RetryFields | undefined): RetryFields =>
  Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined))

/** Categories as the names they stand for; `Transient` stays, as AWS adds names of its own to it; `States.ALL` covers everything. */
function expandErrors(errors: readonly string[]): string[] {
  if (errors.includes('States.ALL')) return ['States.ALL']
  const names = errors.flatMap((error) => {
    if (error === 'SourceUnavailable') return ['Transient', 'Data.NoSources']
    if (error === 'Transient' || error.includes('.')) return [error]
    return Object.keys(TASK_ERRORS).filter((name) => name.startsWith(`${error}.`))
  })
  return [...new Set(names)]
}
