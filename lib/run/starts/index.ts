/** The list of kinds of start. */
import type { Trigger } from '#language/definition/definition.ts'
import type { JsonObject } from '#core/json.ts'
import type { StartKind } from './kind.ts'
import { busEventKind, eventPattern } from './kinds/bus-event.ts'
import { scheduleKind } from './kinds/schedule.ts'
import { uploadPattern, uploadKind } from './kinds/upload.ts'

/** A message belongs to the first kind that can parse it. */
export const START_KINDS: readonly StartKind[] = [scheduleKind, uploadKind, busEventKind]

const PATTERNS: { readonly [Type in Trigger['type']]: (trigger: Extract<Trigger, { type: Type }>) => JsonObject } = {
  s3: uploadPattern,
  event: eventPattern,
}

/** The event pattern of a trigger, for a rule of EventBridge. */
export const eventPatternOf = (trigger: Trigger): JsonObject => PATTERNS[trigger.type](trigger as never)
