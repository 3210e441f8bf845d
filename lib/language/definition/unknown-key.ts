/** Suggests the key that an unknown key stands for: the nearest one, or the key for a name of another tool. */
import type { Json, JsonObject } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'

/** Keys of other tools, with the keys to use here. */
const ELSEWHERE: Readonly<Record<string, string | readonly string[]>> = {
  tasks: 'write `steps`',
  stages: 'write `steps`',
  blocks: 'write `steps`',
  jobs: 'write `steps`',
  pipeline_id: 'write `id`',
  dag_id: 'write `id`',
  task_id: 'write `id`',
  task_type: 'write `type`',
  kind: 'write `type`',
  uses: 'give a built-in `type`',
  run: 'give a built-in `type`',
  action: [
    'give a `type` and its settings in `with`',
    'write `continue_on_error: true` to go on, or `fallback` for settings to try instead',
  ],
  parameters: 'write `with`',
  params: 'write `with`',
  settings: 'write `with`',
  needs: 'write `depends_on`',
  if: 'write `condition`',
  when: 'write `condition`',
  foreach: 'write `loop: {foreach: …}`',
  retries: 'write `retry: {max_attempts: …}`',
  retry_count: 'write `retry: {max_attempts: …}` beside `on_error`',
  retry_delay: 'write `retry: {interval: …}`',
  max_iterations: 'write `max_concurrency` (how many at a time) or `max_items` (a limit that fails)',
  max_retries: 'write `max_attempts`',
  delay: 'write `interval`',
  fallback_value: 'write `fallback: [{format: …}]`',
  parallel_workers: 'write `resources: {workers: …}`',
  max_workers: 'write `resources: {workers: …}`',
  max_parallel_tasks: 'write `concurrency: {max_parallel_steps: …}`',
  max_active_runs: 'write `concurrency: {max_active_runs: …}`',
  schedule_interval: 'write `schedule: {cron: …}` or `schedule: {every: …}`',
  recipients: 'write `to`',
}

/** Keys that belong in another mapping; the hint is shown wherever the key is. */
const BESIDE: ReadonlySet<string> = new Set(['retry_count'])

/** The key to use here: of several hints, the first that starts with a key of this mapping. */
function elsewhereOf(key: string, allowed: readonly string[]): string | undefined {
  const ways = Object.hasOwn(ELSEWHERE, key) ? [ELSEWHERE[key] ?? []].flat() : []
  return ways.find((way) => BESIDE.has(key) || allowed.includes(/`(\w+)/.exec(way)?.[1] ?? ''))
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
    const name = /^write `(\w+)`$/.exec(elsewhere)?.[1]
    return { meant: free.find((candidate) => candidate === name), hint: `${elsewhere}; ${list}` }
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
