/** A time of the schedule: EventBridge Scheduler sends `{type: 'schedule', scheduled_time: '<aws.scheduler.scheduled-time>'}`. */
import type { Schedule } from '#language/definition/definition.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { isoIn } from '#core/time/zone.ts'
import { momentValues } from '../fill.ts'
import { startOf } from '../schedule-expression.ts'
import type { StartSettings } from '../settings.ts'
import type { StateStore, StartEvent, StartKind } from '../kind.ts'
import { StartError } from '../start-error.ts'
import { missedStarts } from '../start-times.ts'

/** Missed times that are caught up per delivery; the rest when the message is redelivered. */
const MAX_MISSED = 50

/** Stored: the last time for which a run was started. */
export const LAST_SCHEDULED = 'last-scheduled'

export const scheduleKind: StartKind = {
  parse: async (message, settings, memory) => {
    const at = scheduledTime(message)
    if (at === undefined) return undefined
    const { schedule } = settings
    if (schedule === undefined) throw new StartError('a scheduled time arrived, but the pipeline has no schedule any more')
    const moment = new Date(at)
    if (Number.isNaN(moment.getTime())) throw new StartError(`\`scheduled_time\` is '${at}', which is not a time`)
    if (!schedule.catchup) return { events: [scheduledEvent(moment, schedule, settings)], ignored: [] }
    const { missed, last } = await missedBefore(moment, schedule, memory)
    const complete = missed.length < MAX_MISSED
    const moments = complete ? [...missed, moment] : missed
    return {
      events: moments.map((one) => scheduledEvent(one, schedule, settings)),
      ignored: [],
      settle: async () => {
        const reached = moments.at(-1) ?? moment
        // a late message must not move the state back
        if (last === undefined || reached > last) await memory.set(LAST_SCHEDULED, reached.toISOString())
        return complete
      },
    }
  },
}

function scheduledTime(message: Json): string | undefined {
  if (message === null || typeof message !== 'object' || Array.isArray(message)) return undefined
  const { type, scheduled_time } = message as JsonObject
  return type === 'schedule' ? String(scheduled_time ?? '') : undefined
}

async function missedBefore(
  moment: Date,
  schedule: Schedule,
  memory: StateStore,
): Promise<{ missed: readonly Date[]; last: Date | undefined }> {
  const stored = await memory.get(LAST_SCHEDULED)
  const last = typeof stored === 'string' ? new Date(stored) : undefined
  const start = startOf(schedule)
  const after = last ?? (start === undefined ? undefined : new Date(start.getTime() - 1))
  return { missed: after === undefined ? [] : missedStarts(schedule, after, moment, MAX_MISSED, last), last }
}

/** The event of a time of the schedule. */
export function scheduledEvent(moment: Date, { timezone, inputs }: Schedule, { id, name }: StartSettings): StartEvent {
  const logical_date = isoIn(moment, timezone)
  const utc = isoIn(moment, 'UTC')
  return {
    identity: `schedule ${utc}`,
    label: utc.replace(/[-:]/g, ''),
    logical_date,
    values: { ...momentValues(logical_date), pipeline: { id, name } },
    inputs,
    collects: [],
    group: '',
    cause: { type: 'schedule', scheduled_time: utc },
  }
}
