/** What was meant by a key that is not known: the nearest one, or what other tools call the same thing. */
import type { JsonObject } from '../machine/asl.ts'
import { nearest } from '../text/nearest.ts'

/** What people write who come from other tools, and where it stands here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
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
  action: 'give a `type` and its settings in `with`',
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

/**
 * `meant` is the allowed key it stands for, when that is not given as well; `hint` tells it and lists what is allowed. `home` says where a
 * key belongs that is right elsewhere.
 */
export function unknownKey(
  key: string,
  allowed: readonly string[],
  siblings: JsonObject,
  home?: string,
): { readonly meant: string | undefined; readonly hint: string } {
  const free = allowed.filter((candidate) => !Object.hasOwn(siblings, candidate))
  const list = `allowed: ${allowed.join(', ')}`
  const elsewhere = Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key] : undefined
  if (elsewhere !== undefined) {
    const name = /^write `(\w+)`$/.exec(elsewhere)?.[1]
    return { meant: free.find((candidate) => candidate === name), hint: `${elsewhere}; ${list}` }
  }
  const meant = nearest(key, free)
  if (meant !== undefined) return { meant, hint: `did you mean \`${meant}\`? ${list}` }
  if (key.startsWith('-')) return { meant, hint: `write \`- ${key.slice(1)}\`, with a space after the \`-\`` }
  return { meant, hint: home ?? `remove it; ${list}` }
}
