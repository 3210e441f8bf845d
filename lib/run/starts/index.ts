/** The one list of what starts runs by itself. */
import type { Trigger } from '#language/definition/definition.ts'
import type { JsonObject } from '#core/json.ts'
import type { StartSort } from './sort.ts'
import { busEventSort, eventPattern } from './sorts/bus-event.ts'
import { scheduleSort } from './sorts/schedule.ts'
import { uploadPattern, uploadSort } from './sorts/upload.ts'

/** The first that understands a message is the one it is for. */
export const START_SORTS: readonly StartSort[] = [scheduleSort, uploadSort, busEventSort]

const PATTERNS: { readonly [Type in Trigger['type']]: (trigger: Extract<Trigger, { type: Type }>) => JsonObject } = {
  s3: uploadPattern,
  event: eventPattern,
}

/** The event pattern of a trigger, for a rule of EventBridge. */
export const eventPatternOf = (trigger: Trigger): JsonObject => PATTERNS[trigger.type](trigger as never)
