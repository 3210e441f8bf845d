/** Checks and compiles `${secret.NAME}`. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import type { Json, JsonObject } from '#core/json.ts'
import { secretReference } from '#core/secrets/secrets.ts'
import { STEP_KINDS } from '#steps/index.ts'
import { CONNECTION_TYPES } from '#steps/kind/addresses.ts'
import { CHANNEL_SECRETS, channelNamed } from '#steps/kind/channels.ts'
import { passwordPlace } from './address-password.ts'
import { isMapping } from './build-values.ts'
import type { CheckContext } from './check-shape.ts'
import { isOpaque } from './compile-value.ts'
import { reportLiteral } from './literal-secrets.ts'
import { allSteps, type ListEntry, type StepEntry } from './entries.ts'
import { type Path, pathText, report } from './parse-context.ts'

/** Reports secrets outside secret settings: all other settings are visible in the machine, in the history of a run and in its files. */
export function checkSecrets(entries: readonly ListEntry[], context: CheckContext): void {
  const steps = allSteps(entries)
  checkPasswords(steps, context)
  for (const [path, name] of context.substituted.secrets) {
    const step = steps.find((entry) => path.startsWith(`${pathText(entry.path)}.`))
    if (keepsConnectionSecret(path, context.substituted.tree) || keepsChannelSecret(path, context.substituted.tree)) continue
    if (step !== undefined && keepsSecret(step, path.slice(pathText(step.path).length + 1))) continue
    report(context, 'secret-out-of-place', path.split('.'), {
      what: `the secret ${name} would be visible in the state machine and in the files of every run`,
      hint: `secrets can be used in ${SECRET_SETTINGS}, as \`url\` or \`password\` of a connection, and as the password in the address of a server; buckets are read with the role of the functions, or with your own credentials`,
    })
  }
}

/** Reports passwords that are secrets in texts that are no addresses of a server. */
function checkPasswords(steps: readonly StepEntry[], context: CheckContext): void {
  for (const [path, name] of context.substituted.passwords) {
    const step = steps.find((entry) => path.startsWith(`${pathText(entry.path)}.`))
    if (step === undefined ? keepsConnectionSecret(path, context.substituted.tree) : isAddress(path, step)) continue
    report(context, 'secret-out-of-place', path.split('.'), {
      what: `the secret ${name} is part of a text`,
      hint: 'a secret can be the password in the address of a server; elsewhere it must be the whole value: store the whole text in the secret',
    })
  }
}

/** Whether a setting of a step, or of its fallback, is an address; if the settings are wrong, any can be one. */
function isAddress(place: string, { kind, settings }: StepEntry): boolean {
  if (kind === undefined || settings === undefined) return true
  return (kind.addresses?.(settings) ?? []).some(({ path }) =>
    [pathText(path), pathText([...path, 'connection'])].some((own) => place.endsWith(`.${own}`)),
  )
}

/** Whether a place is a setting of a channel that can be a secret. */
function keepsChannelSecret(place: string, tree: JsonObject): boolean {
  const parts = place.split('.')
  const name = parts.at(-1) ?? ''
  if (parts[0] !== 'notifications' || parts.length < 3 || parts.length > 4) return false
  const channel = parts.slice(0, -1).reduce<Json | undefined>((at, part) => (at as JsonObject | undefined)?.[part], tree)
  const kind = isMapping(channel) ? channelNamed(String(channel['type'])) : undefined
  return kind === undefined ? CHANNEL_SECRETS.includes(name) : [...kind.secrets, ...kind.maybeSecrets].includes(name)
}

/** Whether a place is a secret setting of a connection; if its type is unknown, any setting can be one. */
function keepsConnectionSecret(place: string, tree: JsonObject): boolean {
  const [part, name, setting = '', ...rest] = place.split('.')
  if (part !== 'connections' || name === undefined || setting === '' || rest.length > 0) return false
  const connection = (tree['connections'] as JsonObject)[name] as JsonObject
  return CONNECTION_TYPES.get(String(connection['type']))?.secrets.includes(setting) ?? true
}

const SECRET_SETTINGS = STEP_KINDS.flatMap(({ kind, secrets = [], secretMaps = [] }) =>
  [...secrets, ...secretMaps].map((key) => `\`${key}\` of a ${kind} step`),
).join(', ')

/** Whether a place in a step is a secret setting; if the type of the step is unknown, any setting can be one. */
function keepsSecret({ kind }: StepEntry, place: string): boolean {
  const parts = place.split('.')
  const above = parts[0] === 'with' ? 1 : parts[0] === 'on_error' && parts[1] === 'fallback' ? 3 : 0
  if (kind === undefined) return place.startsWith('with.')
  if (above > 0 && parts.length === above + 2 && kind.secretMaps?.includes(parts[above] ?? '') === true) return true
  return above > 0 && parts.length === above + 1 && kind.secrets?.includes(parts.at(-1) ?? '') === true
}

/** Whether a setting that can be a secret is a plain value, and may be: `plain` are the names of those that may. An address with a password may not. */
export const isPlainSecret = (value: Json, path: Path, plain: readonly string[], { substituted }: CheckContext): boolean =>
  plain.includes(String(path.at(-1))) && !substituted.secrets.has(pathText(path)) && passwordPlace(String(value)) === undefined

/** Compiles a secret setting to a reference: its value would be visible in the machine. */
export function compileSecret(path: Path, context: CheckContext): Json {
  const name = context.substituted.secrets.get(pathText(path))
  if (name !== undefined) return secretReference(name)
  if (!isOpaque(path, context) && !context.substituted.passwords.has(pathText(path))) {
    const setting = String(path.at(-1))
    const text = {
      what: `\`${setting}\` is a secret, but its value would be visible in the state machine and in the files of every run`,
      hint: `write ${setting}: "\${secret.NAME}"`,
    }
    reportLiteral(path, text, undefined, context)
  }
  return null
}
