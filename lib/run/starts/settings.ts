/** The settings of a pipeline that the start function needs, set at deployment. Plain JSON. */
import { localMachine } from '#asl/engine/arns.ts'
import { entryOf } from '#core/text/record.ts'
import type { Definition } from '#language/definition/definition.ts'

export type StartSettings = Pick<Definition, 'id' | 'name' | 'schedule' | 'triggers'> & {
  /** Maximum number of concurrent runs; absent: no limit. */
  readonly max_active_runs?: number
  /** ARNs of the machines of the pipelines that triggers wait for, by their ids; absent: on this machine. */
  readonly machines?: { readonly [pipeline: string]: string }
}

/** Says which machine a pipeline has. */
export type MachineOf = (pipeline: string) => string

/** The machine of a pipeline that a trigger waits for. */
export const machineIn =
  ({ machines }: Pick<StartSettings, 'machines'>): MachineOf =>
  (pipeline) =>
    entryOf(machines, pipeline) ?? localMachine(pipeline)

export function startSettingsOf(
  { id, name, schedule, triggers, concurrency }: Definition,
  machines?: StartSettings['machines'],
): StartSettings {
  return {
    id,
    name,
    ...(schedule === undefined ? {} : { schedule }),
    triggers,
    ...(concurrency.max_active_runs === undefined ? {} : { max_active_runs: concurrency.max_active_runs }),
    ...(machines === undefined ? {} : { machines }),
  }
}

/** Longest debounce of all triggers, in seconds: how long events are held back before they are handled together. */
export const longestWait = ({ triggers }: Pick<StartSettings, 'triggers'>): number =>
  Math.max(0, ...triggers.map((trigger) => ('debounce' in trigger ? (trigger.debounce ?? 0) : 0)))
