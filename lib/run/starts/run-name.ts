/**
 * Names of runs that start by themselves. A name is a function of what happened, so that the same thing told twice is the same run:
 * Step Functions refuses a name it has seen within 90 days. Source: Step Functions API reference, StartExecution.
 */
import { createHash } from 'node:crypto'

/** Step Functions takes no longer names. */
export const MAX_NAME_LENGTH = 80

/** `identity` tells what happened from everything else; `label` only helps people, and is cut where it is long. */
export function runName(pipeline: string, label: string, identity: string): string {
  const digest = digestOf(pipeline, identity)
  const readable = label
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9-]+/g, '_')
    .replace(/^_+|_+$/g, '')
  // the store of runs is shared by pipelines, so the name tells whose run it is
  const room = MAX_NAME_LENGTH - digest.length - 2
  const whose = pipeline.slice(0, Math.max(30, room - readable.length))
  return [whose, readable.slice(0, Math.max(0, room - whose.length)), digest].filter((part) => part !== '').join('-')
}

/** Twelve digits: among a million runs the chance that two have the same is one in 500. They would have to share pipeline and label too. */
const digestOf = (...parts: readonly string[]) => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12)

/** What tells several things together from everything else, in whatever order they are given. */
export const identityOfAll = (identities: readonly string[]): string => JSON.stringify([...new Set(identities)].sort())
