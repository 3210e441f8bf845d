/** What must be known of a pipeline to start its runs: given to the function that does, when the pipeline is deployed. Plain JSON. */
import type { Definition } from '#language/definition/definition.ts'

export type StartSettings = Pick<Definition, 'id' | 'name' | 'schedule' | 'triggers'> & {
  /** Runs at a time; absent: any number. */
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

/** The longest that events must be held back before they are looked at together, in seconds; 0: not at all. */
export const longestWait = ({ triggers }: Pick<StartSettings, 'triggers'>): number =>
  Math.max(0, ...triggers.map((trigger) => ('debounce' in trigger ? (trigger.debounce ?? 0) : 0)))
