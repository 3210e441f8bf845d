/** The schema of `stream`, which says how a run in mode streaming reads events as they come. */
import * as z from 'zod'
import { column, duration } from '#steps/kind/fields.ts'

/** A duration, or one made of an input: `"{{ inputs.batch_interval }}s"`. */
const interval = z.union([duration, z.string().regex(/\{\{.*\}\}/)])

const window = z
  .strictObject({
    type: z.enum(['tumbling', 'sliding', 'session']).describe('How events are grouped by their time.'),
    size: duration.describe('How long a window is, or a pause that ends a session.'),
    slide: duration.optional().describe('How far apart the starts of sliding windows are.'),
    event_time: column.describe('The column with the time of an event.'),
    allowed_lateness: duration.optional().describe('How long a window waits for events that come late.'),
  })
  .refine((value) => (value.type === 'sliding') === (value.slide !== undefined), {
    error: 'a sliding window needs `slide`, and no other window has one',
    path: ['slide'],
  })
  .meta({ title: 'window' })

export const stream = z
  .strictObject({
    batch_interval: interval.describe('The time within which events are collected before they are processed together.'),
    window: window.optional().describe('Windows of event time.'),
    on_late: z.enum(['include', 'quarantine']).optional().describe('What happens to events that come later than allowed.'),
  })
  .meta({ title: 'stream' })
