/** Suggests the key that an unknown key stands for: the nearest one, or the key for a name of another tool. */
import type { Json, JsonObject } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'

/** What to write here for a key of another tool. */
interface Way {
  /** The key to use; it must be one of the mapping. */
  readonly key: string
  readonly hint: string
  /** Whether the value stays as it is. */
  readonly same: boolean
  /** Whether the key belongs in another mapping: the hint is shown wherever it is. */
  readonly anywhere?: true
}

const way = (key: string, hint: string): Way => ({ key, hint, same: false })
const anywhere = (key: string, hint: string): Way => ({ ...way(key, hint), anywhere: true })
const same = (key: string): Way => ({ key, hint: `write \`${key}\``, same: true })

/** Keys of other tools, with the keys to use here. */
const ELSEWHERE: Readonly<Record<string, readonly Way[]>> = {
  tasks: [same('steps')],
  stages: [same('steps')],
  blocks: [same('steps')],
  jobs: [same('steps')],
  pipeline_id: [same('id')],
  dag_id: [same('id')],
  task_id: [same('id')],
  task_type: [same('type')],
  kind: [same('type')],
  uses: [way('type', 'give a built-in `type`')],
  run: [way('type', 'give a built-in `type`')],
  action: [
    way('type', 'give a `type` and its settings in `with`'),
    way('continue_on_error', 'write `continue_on_error: true` to go on, or `fallback` for settings to try instead'),
  ],
  parameters: [same('with')],
  params: [same('with')],
  settings: [same('with')],
  needs: [same('depends_on')],
  if: [same('condition')],
  when: [same('condition')],
  foreach: [way('loop', 'write `loop: {foreach: …}`')],
  retries: [way('retry', 'write `retry: {max_attempts: …}`')],
  retry_count: [anywhere('retry', 'write `retry: {max_attempts: …}` beside `on_error`')],
  retry_delay: [way('retry', 'write `retry: {interval: …}`')],
  max_iterations: [way('max_concurrency', 'write `max_concurrency` (how many at a time) or `max_items` (a limit that fails)')],
  max_retries: [same('max_attempts')],
  delay: [same('interval')],
  fallback_value: [way('fallback', 'write `fallback: [{format: …}]`')],
  parallel_workers: [way('resources', 'write `resources: {workers: …}`')],
  max_workers: [way('resources', 'write `resources: {workers: …}`')],
  max_parallel_tasks: [way('concurrency', 'write `concurrency: {max_parallel_steps: …}`')],
  max_active_runs: [way('concurrency', 'write `concurrency: {max_active_runs: …}`')],
  schedule_interval: [way('schedule', 'write `schedule: {cron: …}` or `schedule: {every: …}`')],
  recipients: [same('to')],
  ...Object.fromEntries(
    ['max_bad_rows', 'too_many_bad_rows', 'max_lost_values', 'continue_on_error'].map((key) => [
      key,
      [anywhere('on_error', `write \`on_error: {${key}: …}\` in the step, beside \`with\``)],
    ]),
  ),
}

/** What to write here: of several ways, the first whose key is one of this mapping. */
function elsewhereOf(key: string, allowed: readonly string[]): Way | undefined {
  const ways = Object.hasOwn(ELSEWHERE, key) ? (ELSEWHERE[key] ?? []) : []
  return ways.find((one) => one.anywhere === true || allowed.includes(one.key))
}

/**
 * `meant` is the allowed key that the unknown key stands for, if that is not given as well; `hint` names it and lists what is allowed.
 * `home` is the place of a key that belongs elsewhere.
 */
export function unknownKey(
  key: string,
  allowed: readonly string[],
  siblings: JsonObject,
  home?: string,
): { readonly meant: string | undefined; readonly hint: string } {
  const free = allowed.filter((candidate) => !Object.hasOwn(siblings, candidate))
  const list = `allowed: ${allowed.join(', ')}`
  const within = keysOf(siblings[key])
  if (within.length > 0 && within.every((one) => free.includes(one)))
    return { meant: undefined, hint: `write ${within.join(' and ')} here, without \`${key}\`; ${list}` }
  const elsewhere = elsewhereOf(key, allowed)
  if (elsewhere !== undefined) {
    const meant = elsewhere.same ? free.find((candidate) => candidate === elsewhere.key) : undefined
    return { meant, hint: `${elsewhere.hint}; ${list}` }
  }
  const meant = nearest(key, free)
  if (meant !== undefined) return { meant, hint: `did you mean \`${meant}\`? ${list}` }
  if (key.startsWith('-')) return { meant, hint: `write \`- ${key.slice(1)}\`, with a space after the \`-\`` }
  return { meant, hint: home ?? `remove it; ${list}` }
}

/** Choices that belong elsewhere, by another choice of the same list. */
const CHOICES_ELSEWHERE: readonly { readonly choice: RegExp; readonly beside: string; readonly hint: string }[] = [
  {
    choice: /^(schedule|scheduled|cron|time|timer|interval)$/,
    beside: 's3',
    hint: 'write `schedule: {cron: …}` or `schedule: {every: …}` at the top of the definition',
  },
]

/** The hint for a choice that belongs elsewhere; undefined for any other. */
export const choiceElsewhere = (given: string, choices: readonly string[]): string | undefined =>
  CHOICES_ELSEWHERE.find(({ choice, beside }) => choice.test(given) && choices.includes(beside))?.hint

/** The keys of a value that is a mapping. */
const keysOf = (value: Json | undefined): readonly string[] =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.keys(value) : []
