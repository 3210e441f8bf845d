/**
 * The lock: how the phrases of a definition were resolved, in a file beside it, for people to review and commit. A phrase is read as its lock
 * says until the phrase changes, so that a newer resolver changes nothing, and a person can correct what the resolver made of it.
 */
import { stringify } from 'yaml'
import * as z from 'zod'
import type { Json, JsonObject } from '#core/json.ts'
import { entryOf } from '#core/text/record.ts'
import type { OnError } from './on-error.ts'

const settings = z.record(z.string(), z.json())

const notCovered = z.array(z.string()).optional().describe('What the phrase asks for and the step does not do.')

const step = z.strictObject({
  phrase: z.string().describe('The phrase.'),
  type: z.string().describe('The kind of step.'),
  with: settings.optional().describe('Its settings.'),
  confidence: z.number().min(0).max(1).describe('The share of the words that were understood.'),
  not_covered: notCovered,
  on_error: z
    .strictObject({
      phrase: z.string().describe('The phrase.'),
      on_error: settings.optional().describe('What to do if the step fails.'),
      retry: settings.optional().describe('Retries of a task that fails.'),
      not_covered: notCovered,
    })
    .optional()
    .describe('The phrase of `on_error`.'),
})

export const lockFile = z
  .strictObject({
    resolver: z.int().min(1).describe('Version of the resolver.'),
    steps: z.record(z.string(), step).describe('The steps with phrases, by id.'),
  })
  .meta({ title: 'lock' })

export type Lock = z.infer<typeof lockFile>
export type LockedStep = Lock['steps'][string]

/** Phrases that differ only in white space are the same. */
const isSamePhrase = (a: string, b: string) => a.trim().replace(/\s+/g, ' ') === b.trim().replace(/\s+/g, ' ')

/** The entry of a step, if its phrase is still the one that was resolved. */
export function lockedStep(lock: Lock | undefined, id: string, phrase: string): LockedStep | undefined {
  const entry = lock === undefined ? undefined : entryOf(lock.steps, id)
  return entry !== undefined && isSamePhrase(entry.phrase, phrase) ? entry : undefined
}

/** The same for the phrase of its `on_error`. */
export function lockedOnError(lock: Lock | undefined, id: string, phrase: string): OnError | undefined {
  const entry = lock === undefined ? undefined : entryOf(lock.steps, id)?.on_error
  if (entry === undefined || !isSamePhrase(entry.phrase, phrase)) return undefined
  const { on_error, retry, not_covered } = entry
  return {
    settings: { ...(on_error === undefined ? {} : { on_error }), ...(retry === undefined ? {} : { retry }) } as JsonObject,
    ignored: not_covered ?? [],
  }
}

const HEAD = `# How siftstep reads the phrases of the definition beside this file. Review and commit it. A phrase is read as it says
# here until the phrase changes; correct \`type\` and \`with\` where they are not what you mean.`

/** The text of the file; the same for the same lock. */
export const lockText = (lock: { readonly resolver: number; readonly steps: Json }): string =>
  `${HEAD}\n${stringify(lock, { lineWidth: 0 })}`
