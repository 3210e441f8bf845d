/** Who a pipeline mails without a server of its own: what a deployment needs topics for. */
import type { JsonObject } from '#core/json.ts'
import { addressKey, mailedTo } from '#steps/kind/channels.ts'
import type { Compiled } from './compile.ts'
import { stepsOf, unitsOf } from './plan.ts'

export interface MailTopics {
  /** Lists of addresses that get the same mail, by their key. */
  readonly lists: ReadonlyMap<string, readonly string[]>
  /** Those that get the news of failed runs. */
  readonly failures: readonly string[]
  /** Paths of mails whose addresses are known only in a run. */
  readonly unknown: readonly string[]
}

export function mailTopicsOf({ definition, plan }: Pick<Compiled, 'definition' | 'plan'>): MailTopics {
  const steps = unitsOf(plan)
    .flatMap(stepsOf)
    .flatMap(({ id, with: settings, on_error }) => [settings, ...on_error.fallback].map((own) => [id, own] as const))
  const notices = Object.entries(definition.notifications).flatMap(([event, channels]) =>
    (channels ?? []).map((channel) => [`notifications.${event}`, channel] as const),
  )
  const mails = [...notices, ...steps].filter(([, settings]) => settings['type'] === 'email' && settings['smtp'] === undefined)
  const known = mails.flatMap(([, settings]) => {
    const to = mailedTo(settings)
    return to === undefined ? [] : [[addressKey(to), [...new Set(to)].sort()] as const]
  })
  return {
    lists: new Map(known),
    failures: [...new Set((definition.notifications.on_failure ?? []).flatMap((channel: JsonObject) => mailedTo(channel) ?? []))].sort(),
    unknown: mails.flatMap(([path, settings]) => (mailedTo(settings) === undefined ? [path] : [])),
  }
}
