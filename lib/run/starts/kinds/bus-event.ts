/** An event of EventBridge, as delivered to a queue. Source: EventBridge user guide, "Event structure reference". */
import type { EventTrigger } from '#language/definition/definition.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { momentValues } from '../fill.ts'
import { matches } from '../match.ts'
import type { StartSettings } from '../settings.ts'
import type { StartEvent, StartKind } from '../kind.ts'
import { StartError } from '../start-error.ts'

export interface BusEvent {
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account?: string
  readonly region?: string
  readonly time: string
  readonly detail: JsonObject
}

export function asBusEvent(message: Json): (BusEvent & JsonObject) | undefined {
  if (message === null || typeof message !== 'object' || Array.isArray(message)) return undefined
  const { id, source, time, detail, 'detail-type': type } = message as JsonObject
  const texts = [id, source, time, type].every((value) => typeof value === 'string')
  return texts && detail !== null && typeof detail === 'object' && !Array.isArray(detail) ? (message as BusEvent & JsonObject) : undefined
}

export const eventPattern = ({ event_type, source, filter_criteria }: EventTrigger): JsonObject => ({
  ...(source === undefined ? {} : { source }),
  'detail-type': event_type,
  ...filter_criteria,
})

export const busEventKind: StartKind = {
  parse: async (message, settings) => {
    const event = asBusEvent(message)
    if (event === undefined) return undefined
    const events = settings.triggers.flatMap((trigger, at) =>
      trigger.type === 'event' && matches(eventPattern(trigger), event) ? [occurrenceOf(event, trigger, at, settings)] : [],
    )
    if (events.length === 0) throw new StartError(`no trigger of ${settings.id} matches ${event['detail-type']} of ${event.source}`)
    return { events, ignored: [] }
  },
}

function occurrenceOf(event: BusEvent, { inputs }: EventTrigger, at: number, { id, name }: StartSettings): StartEvent {
  const logical_date = momentOfEvent(event)
  const { 'detail-type': detail_type, source, account = '', region = '', detail } = event
  return {
    identity: `event ${event.id}${ofTrigger(at)}`,
    label: detail_type,
    logical_date,
    values: {
      ...momentValues(logical_date),
      pipeline: { id, name },
      event: { id: event.id, time: event.time, source, detail_type, account, region, detail },
    },
    inputs,
    collects: [],
    group: '',
    cause: { type: 'event', event_id: event.id, event_type: detail_type, source },
  }
}

/** Each matching trigger starts a run of its own. */
export const ofTrigger = (at: number) => (at === 0 ? '' : ` trigger ${at}`)

export function momentOfEvent({ time }: Pick<BusEvent, 'time'>): string {
  const moment = new Date(time)
  if (Number.isNaN(moment.getTime())) throw new StartError(`the event's \`time\` is '${time}', which is not a time`)
  return `${moment.toISOString().slice(0, 19)}Z`
}
