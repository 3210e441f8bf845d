/**
 * Step Functions says of each event what it follows from, and of each task what was sent to its function. Emulators may leave out both. Of
 * machines whose states come one after another they can be told again: an event follows from the one before it, and a task is of the state
 * that was entered last. What stands in the history is never changed.
 */
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { Machine, State } from '#asl/machine/asl.ts'
import { allScopes, scopesOf } from '#asl/machine/sites.ts'
import { entryOf } from '#core/text/record.ts'
import type { Json, JsonObject } from '#core/json.ts'

/** As an emulator gives it. */
export type SparseEvent = Omit<HistoryEvent, 'previousEventId' | 'taskScheduledEventDetails'> & {
  readonly previousEventId?: number
  readonly taskScheduledEventDetails?: Partial<NonNullable<HistoryEvent['taskScheduledEventDetails']>>
}

/** Takes the events of one execution in their order. */
export function historyFiller(machine: Machine): (event: SparseEvent) => HistoryEvent {
  const states = new Map(allScopes(scopesOf(machine)).flatMap(({ sites }) => sites.map(({ name, state }) => [name, state] as const)))
  let current: State | undefined
  return (event) => {
    if (event.stateEnteredEventDetails !== undefined) current = states.get(event.stateEnteredEventDetails.name)
    const { taskScheduledEventDetails: scheduled } = event
    return {
      ...event,
      previousEventId: event.previousEventId ?? event.id - 1,
      ...(scheduled === undefined ? {} : { taskScheduledEventDetails: { parameters: sentIn(current), ...scheduled } }),
    } as HistoryEvent
  }
}

/** What a state sends, as far as it is no expression; of a map, what it sends for an item. */
function sentIn(state: State | undefined): string {
  const isMap = state?.Type === 'Map'
  const task = isMap ? entryOf(state.ItemProcessor.States, state.ItemProcessor.StartAt) : state
  const { Payload } = (task?.Type === 'Task' ? (task.Arguments ?? {}) : {}) as { readonly Payload?: JsonObject }
  const { task: name, step } = Payload ?? {}
  if (typeof name !== 'string' || typeof step !== 'string') return '{}'
  const sent: { readonly Payload: Json } = { Payload: { task: name, step, ...(isMap ? { item: 0 } : {}) } }
  return JSON.stringify(sent)
}
