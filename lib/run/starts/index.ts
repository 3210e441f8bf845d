/** The list of kinds of start. */
import type { Trigger } from '#language/definition/definition.ts'
import type { JsonObject } from '#core/json.ts'
import type { StartKind } from './kind.ts'
import type { MachineOf } from './settings.ts'
import { busEventKind, eventPattern } from './kinds/bus-event.ts'
import { pipelineKind, pipelinePattern } from './kinds/pipeline.ts'
import { scheduleKind } from './kinds/schedule.ts'
import { uploadPattern, uploadKind } from './kinds/upload.ts'

/** A message belongs to the first kind that can parse it. */
export const START_KINDS: readonly StartKind[] = [scheduleKind, uploadKind, pipelineKind, busEventKind]

const PATTERNS: { readonly [Type in Trigger['type']]: (trigger: Extract<Trigger, { type: Type }>, machineOf: MachineOf) => JsonObject } = {
  s3: uploadPattern,
  event: eventPattern,
  pipeline: pipelinePattern,
}

/** The event pattern of a trigger, for a rule of EventBridge. */
export const eventPatternOf = (trigger: Trigger, machineOf: MachineOf): JsonObject => PATTERNS[trigger.type](trigger as never, machineOf)
