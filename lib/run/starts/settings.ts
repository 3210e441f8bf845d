/** The settings of a pipeline that the start function needs, set at deployment. Plain JSON. */
import type { Definition } from '#language/definition/definition.ts'

export type StartSettings = Pick<Definition, 'id' | 'name' | 'schedule' | 'triggers'> & {
  /** Maximum number of concurrent runs; absent: no limit. */
  readonly max_active_runs?: number
}

export function startSettingsOf({ id, name, schedule, triggers, concurrency }: Definition): StartSettings {
  return {
    id,
    name,
    ...(schedule === undefined ? {} : { schedule }),
    triggers,
    ...(concurrency.max_active_runs === undefined ? {} : { max_active_runs: concurrency.max_active_runs }),
  }
}

/** Longest debounce of all triggers, in seconds: how long events are held back before they are handled together. */
export const longestWait = ({ triggers }: Pick<StartSettings, 'triggers'>): number =>
  Math.max(0, ...triggers.map((trigger) => ('debounce' in trigger ? (trigger.debounce ?? 0) : 0)))
