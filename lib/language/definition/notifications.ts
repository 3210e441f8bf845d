/** Compiles `notifications`: who is notified how when a run ends. */
import type { Json, JsonObject } from '#core/json.ts'
import { CHANNEL_SECRETS, channelNamed, channelProblems, messageTexts } from '#steps/kind/channels.ts'
import type { CheckContext } from './check-shape.ts'
import { compileValue } from './compile-value.ts'
import { type Notifications, NOTIFIED } from './definition.ts'
import { compileMessage } from './message.ts'
import { type Path, pathText, report } from './parse-context.ts'
import type { Top } from './schema.ts'
import type { Scope } from './scope.ts'
import { compileSecret, isPlainSecret } from './secrets.ts'

/** Names can be read that every run has, however it ends: inputs, the run and the pipeline. */
export function compileNotifications(given: Top['notifications'], scope: Scope, context: CheckContext): Notifications {
  const entries = NOTIFIED.flatMap((event) => {
    const value = given[event] as Json | undefined
    if (value === undefined || value === 'none') return []
    const path = ['notifications', event]
    const channels = Array.isArray(value)
      ? (value as readonly JsonObject[]).map((one, at) => compileChannel(one, [...path, at], scope, context))
      : [compileChannel(value as JsonObject, path, scope, context)]
    return [[event, channels] as const]
  })
  return Object.fromEntries(entries)
}

function compileChannel(settings: JsonObject, path: Path, scope: Scope, context: CheckContext): JsonObject {
  for (const { path: below, what, hint } of channelProblems(settings)) {
    const place = [...path, ...below]
    // a setting can be missing only because its key is misspelt, which is reported already
    if (!context.unreadable.has(pathText(place))) report(context, 'invalid-value', place, { what, hint })
  }
  const texts = new Set(messageTexts(settings, []).map(([name]) => name))
  const plain = channelNamed(String(settings['type']))?.maybeSecrets ?? []
  const given = Object.entries(settings).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    given.map(([name, value]) => {
      const place = [...path, name]
      if (CHANNEL_SECRETS.includes(name) && !isPlainSecret(value, place, plain, context)) return [name, compileSecret(place, context)]
      if (texts.has(name)) return [name, compileMessage(String(value), place, scope, context)]
      return [name, compileValue(value, place, scope, new Map(), context)]
    }),
  )
}
