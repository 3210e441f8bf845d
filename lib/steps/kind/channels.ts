/** Channels in the settings of steps and in `notifications`, for the compiler. */
import { entryOf } from '#core/text/record.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import { CHANNELS, channelNamed } from '#io/channels/index.ts'
import { addressKey } from '#io/channels/channel.ts'
import { address } from '#io/channels/fields.ts'

export { address, addressKey, CHANNELS, channelNamed }

/** Settings that are secrets in some channel. */
export const CHANNEL_SECRETS: readonly string[] = [
  ...new Set(CHANNELS.flatMap(({ secrets, maybeSecrets }) => [...secrets, ...maybeSecrets])),
]

type Path = readonly (string | number)[]

interface Problem {
  readonly path: Path
  readonly what: string
  readonly hint: string
}

/** The settings of a channel that are texts of messages. */
export const messageTexts = (settings: JsonObject, path: Path): readonly Path[] =>
  ['subject', 'text', 'html'].filter((name) => entryOf(settings, name) !== undefined).map((name) => [...path, name])

/** What is wrong with the settings of a channel, besides their types: settings of another channel, and missing ones. */
export function channelProblems(settings: JsonObject): readonly Problem[] {
  const kind = channelNamed(String(settings['type']))
  if (kind === undefined) return []
  const own = ['type', ...Object.keys(kind.settings)]
  const foreign = Object.keys(settings).filter((name) => entryOf(settings, name) !== undefined && !own.includes(name))
  const unknown = foreign.map((name) => ({
    path: [name],
    what: `\`${name}\` is not a setting of \`type: ${kind.name}\``,
    hint: `${hintFor(name, own)}allowed: ${own.join(', ')}`,
  }))
  const missing = kind.required.flatMap((names) => {
    const given = names.filter((name) => entryOf(settings, name) !== undefined)
    if (given.length === 1) return []
    const [first, second] = given
    if (second !== undefined && first !== undefined)
      return [{ path: [second], what: `\`${first}\` and \`${second}\` are two names of one setting`, hint: 'keep one of them' }]
    return [{ path: [], what: `\`type: ${kind.name}\` has no \`${names[0]}\``, hint: `add \`${names[0]}\`` }]
  })
  return [...unknown, ...missing]
}

function hintFor(name: string, own: readonly string[]): string {
  const meant = nearest(name, own)
  return meant === undefined ? '' : `did you mean \`${meant}\`? `
}

/** The addresses that a mail of these settings goes to; undefined if some are known only in a run, or if it is no mail by topic. */
export function mailedTo(settings: JsonObject): readonly string[] | undefined {
  if (settings['type'] !== 'email' || settings['smtp'] !== undefined) return undefined
  const given = [settings['to'] ?? settings['recipients'] ?? []].flat() as readonly Json[]
  return given.every((one) => typeof one === 'string' && !/\{[{%]/.test(one)) ? (given as readonly string[]) : undefined
}
