/** The shape of a list of phrases: the keys that only it has. What it shares with the canonical form is checked there. */
import * as z from 'zod'
import { wholeSeconds } from '../../atoms.ts'
import { loop } from '../../loop-schema.ts'
import { MAX_STEPS, onError, step, top } from '../../schema.ts'
import { json, shared } from '../shared-keys.ts'

/** A whole phrase with its tags. */
export const PHRASE = /^<AUTO>(?!\s*<\/AUTO>)(?:(?!<\/AUTO>)[\s\S])+<\/AUTO>$/

const phrase = z.string().regex(PHRASE).meta({ title: 'phrase', description: 'A sentence between <AUTO> and </AUTO>.' })

const OWN_ON_ERROR = {
  action: phrase.optional().describe('What to do if the step fails, as a sentence.'),
  retry_count: z.int().min(0).max(1000).optional().describe('Number of retries; 0: none.'),
  retry_delay: wholeSeconds.optional().describe('Wait before the first retry.'),
  fallback_value: z.string().min(1).optional().describe('The format to publish in if the first one fails.'),
}

const STEP = shared(step, ['id', 'type', 'with', 'loop', 'on_error', 'retry'])
const ON_ERROR = shared(onError, Object.keys(OWN_ON_ERROR))

const steps = z
  .strictObject({
    ...shared(step, ['loop', 'on_error']),
    parallel: json.optional().describe('Steps that run in parallel.'),
    action: phrase.optional().describe('What the step does, as a sentence.'),
    on_error: z
      .strictObject({ ...OWN_ON_ERROR, ...ON_ERROR })
      .optional()
      .describe('What to do if the step fails after all retries.'),
    loop: z
      .strictObject({
        ...shared(loop, ['max_iterations']),
        max_iterations: z.int().min(1).max(10_000).optional().describe('With `parallel: true`: items at a time; else: the most items.'),
      })
      .optional()
      .describe('Run the step once for each item.'),
  })
  .superRefine((value, context) => {
    const given = new Set(Object.entries(value).flatMap(([key, own]) => (own === undefined ? [] : [key])))
    if (!given.has('action')) return
    if (given.has('type'))
      context.addIssue({ code: 'custom', path: ['type'], message: 'a step has an `action` or a `type`: remove one of them' })
    for (const key of ['with', 'parallel'].filter((one) => given.has(one)))
      context.addIssue({ code: 'custom', path: [key], message: `a step with an \`action\` has no \`${key}\`: write its \`type\` instead` })
  })

/** Keys of the top that mean the same in the canonical form. */
const TOP = shared(top, ['version', 'id', 'steps'])

export const file = z.strictObject({
  version: z.literal(1).optional().describe('The version of the language: 1 (default: 1).'),
  id: z.string().optional().describe('The id of the pipeline (default: from its name).'),
  ...TOP,
  steps: z.array(steps).min(1).max(MAX_STEPS).describe('The steps, in order.'),
})

/** Keys that pass unchanged. */
export const SHARED = { top: Object.keys(TOP), step: Object.keys(STEP), onError: Object.keys(ON_ERROR) }
