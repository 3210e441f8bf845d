/**
 * Names of automatically started runs. A name is a function of the event, so a redelivered event maps to the same run: Step Functions
 * rejects a name used within 90 days. Source: Step Functions API reference, StartExecution.
 */
import { createHash } from 'node:crypto'

/** Maximum length in Step Functions. */
export const MAX_NAME_LENGTH = 80

/** `identity` makes the name unique; `label` is for readers, and is truncated if long. */
export function runName(pipeline: string, label: string, identity: string): string {
  const digest = digestOf(pipeline, identity)
  const readable = label
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9-]+/g, '_')
    .replace(/^_+|_+$/g, '')
  // pipelines share the store of runs, so the name includes the pipeline
  const room = MAX_NAME_LENGTH - digest.length - 2
  const whose = pipeline.slice(0, Math.max(30, room - readable.length))
  return [whose, readable.slice(0, Math.max(0, room - whose.length)), digest].filter((part) => part !== '').join('-')
}

/** Twelve digits: the chance of a collision among a million runs is one in 500, and only within one pipeline and label. */
const digestOf = (...parts: readonly string[]) => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12)

/** The identity of several events together, independent of their order. */
export const identityOfAll = (identities: readonly string[]): string => JSON.stringify([...new Set(identities)].sort())
