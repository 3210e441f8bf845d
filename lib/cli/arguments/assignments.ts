/** `name=value` on a command line. */
import type { Json, JsonObject } from '#core/json.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

/** Splits at the first `=`: the value is everything after it. */
export function assignment(given: string, flag: string): readonly [name: string, value: string] {
  const at = given.indexOf('=')
  if (at <= 0)
    throw new UsageError(
      `${flag} ${JSON.stringify(given)} does not have the form name=value`,
      `write ${flag} ${at === 0 ? 'name' : given}=value`,
    )
  return [given.slice(0, at).trim(), given.slice(at + 1)]
}

/** `paths.input=data` as `{paths: {input: 'data'}}`. Values that parse as JSON (500, true, [1, 2]) are JSON, all others are text. */
export function pathAssignment(given: string, flag: string): JsonObject {
  const [name, text] = assignment(given, flag)
  const path = name.split('.')
  if (path.includes('')) throw new UsageError(`${flag} ${JSON.stringify(given)} has an empty part in its name`, `write ${flag} a.b=value`)
  return path.reduceRight<Json>((value, key) => ({ [key]: value }), jsonOrText(text)) as JsonObject
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}
