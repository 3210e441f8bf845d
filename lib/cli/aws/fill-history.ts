/**
 * Step Functions records for each event the event before it, and for each task its input. Emulators may omit both. For sequential
 * machines they can be reconstructed: an event follows the one before it, and a task belongs to the state entered last. Recorded values
 * are never changed.
 */
import type { HistoryEvent } from '#asl/engine/history.ts'
import type { Machine, State } from '#asl/machine/asl.ts'
import { allScopes, scopesOf } from '#asl/machine/sites.ts'
import { entryOf } from '#core/text/record.ts'
import type { Json, JsonObject } from '#core/json.ts'

/** An event as returned by an emulator. */
export type SparseEvent = Omit<HistoryEvent, 'previousEventId' | 'taskScheduledEventDetails'> & {
  readonly previousEventId?: number
  readonly taskScheduledEventDetails?: Partial<NonNullable<HistoryEvent['taskScheduledEventDetails']>>
}

/** Takes the events of one execution in order. */
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

/** The input a state sends, if it contains no expression; for a map, the input of an item. */
function sentIn(state: State | undefined): string {
  const isMap = state?.Type === 'Map'
  const task = isMap ? entryOf(state.ItemProcessor.States, state.ItemProcessor.StartAt) : state
  const { Payload } = (task?.Type === 'Task' ? (task.Arguments ?? {}) : {}) as { readonly Payload?: JsonObject }
  const { task: name, step } = Payload ?? {}
  if (typeof name !== 'string' || typeof step !== 'string') return '{}'
  const sent: { readonly Payload: Json } = { Payload: { task: name, step, ...(isMap ? { item: 0 } : {}) } }
  return JSON.stringify(sent)
}
