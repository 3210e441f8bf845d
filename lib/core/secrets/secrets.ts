/**
 * Secrets. A machine, its history and the files of a run hold only their names, as `{"$secret": "NAME"}`. The task that needs a secret
 * looks it up; nothing that is stored derives from settings with the values in them.
 */
import type { Json, JsonObject } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'
import { type Mask, maskOf } from './mask.ts'
import { entryOf } from '#core/text/record.ts'

/** Returns the value of a secret. Rejects with Definition.MissingSecret if it does not exist or cannot be read. */
export type Secrets = (name: string) => Promise<string>

export const secretReference = (name: string): JsonObject => ({ $secret: name })

function referenced(value: Json): string | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  const { $secret: name } = value as JsonObject
  return typeof name === 'string' ? name : undefined
}

/** The names of the secrets in a value, without duplicates, sorted. */
export function secretsIn(value: Json): readonly string[] {
  const names = new Set<string>()
  const visit = (one: Json): void => {
    const name = referenced(one)
    if (name !== undefined) names.add(name)
    else if (one !== null && typeof one === 'object') for (const inner of Object.values(one)) visit(inner as Json)
  }
  visit(value)
  return [...names].sort()
}

/** Replaces each secret reference by its value. */
export async function withSecrets<Value extends Json>(value: Value, secrets: Secrets): Promise<Value> {
  const names = secretsIn(value)
  if (names.length === 0) return value
  const values = new Map(await Promise.all(names.map(async (name) => [name, await secrets(name)] as const)))
  const replaced = (one: Json): Json => {
    const name = referenced(one)
    if (name !== undefined) return values.get(name) ?? null
    if (Array.isArray(one)) return one.map(replaced)
    if (one === null || typeof one !== 'object') return one
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, replaced(inner as Json)]))
  }
  return replaced(value) as Value
}

/** Looks up secrets in environment variables, as on a laptop. */
export const environmentSecrets =
  (env: { readonly [name: string]: string | undefined }): Secrets =>
  async (name) => {
    const value = entryOf(env, name)
    if (value !== undefined && value !== '') return value
    throw new TaskError('Definition.MissingSecret', `missing secret ${name}: the environment variable ${name} is not set`, {
      hint: `set ${name}, or pass a file that sets it with --env-file`,
    })
  }

/** Keeps each secret that was looked up, so that everything that leaves the task can be masked. */
export function rememberedSecrets(secrets: Secrets): { readonly lookUp: Secrets; mask(): Mask } {
  const known = new Map<string, string>()
  return {
    lookUp: async (name) => {
      const value = await secrets(name)
      known.set(name, value)
      return value
    },
    mask: () => maskOf(known),
  }
}
