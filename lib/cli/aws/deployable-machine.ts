/** A machine as it would be deployed, for checks without a deployment; and the places in the definition that its states come from. */
import type { Json, JsonObject } from '#core/json.ts'
import { entryOf } from '#core/text/record.ts'
import { type Compiled, pathOf } from '#language/compiler/compile.ts'

/** The text with a name in place of each placeholder: AWS checks the form of names, not whether anything has them. */
export function deployableText(text: string, region: string): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
  return text
    .replaceAll(/\$\{(\w+Function\d*)\}/g, (_, name: string) => `arn:${partition}:lambda:${region}:123456789012:function:${name}`)
    .replaceAll(/\$\{DataBucket\}/g, 'siftstep-data')
}

/** `file:line:column` of the step that a state belongs to; the file where it belongs to none, such as the first. */
export function placeOfStep({ definition, map }: Compiled, file: string, step: string | undefined): string {
  const path = step === undefined ? 'steps' : pathOf(definition, step)
  if (path === 'steps') return file
  const { line, column } = map.at(path)
  return `${file}:${line}:${column}`
}

/** The step of the deepest state on a location such as `/States/publish.commit/Retry/0`; undefined if none of them is of a step. */
export function stepAt({ machine, definition }: Compiled, location: string): string | undefined {
  const named = (state: string) => {
    const [unit = ''] = state.split('.')
    return pathOf(definition, unit) === 'steps' ? undefined : unit
  }
  let here: Json | undefined = machine as unknown as Json
  let found: string | undefined
  for (const part of location.split('/').slice(1)) {
    if (here === null || typeof here !== 'object') break
    here = Array.isArray(here) ? here[Number(part)] : entryOf(here as JsonObject, unescaped(part))
    // states that call nothing begin with the id of the step they are of
    found = stepIn(here) ?? named(unescaped(part)) ?? found
  }
  return found
}

/** As JSON pointers are escaped. */
const unescaped = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~')

/** The step whose task a state calls, or the states in it call. */
function stepIn(state: Json | undefined): string | undefined {
  if (state === null || typeof state !== 'object') return undefined
  if (Array.isArray(state)) return firstOf(state.map(stepIn))
  const own = state as JsonObject
  const payload = (own['Arguments'] as JsonObject | undefined)?.['Payload'] as JsonObject | undefined
  if (typeof payload?.['step'] === 'string') return payload['step']
  const inner = [own['ItemProcessor'], own['Branches'], own['States']].flatMap((part) => (part === undefined ? [] : [part]))
  return firstOf(
    inner.flatMap((part) => (Array.isArray(part) ? part : Object.values(part as JsonObject))).map((part) => stepIn(part as Json)),
  )
}

const firstOf = (steps: readonly (string | undefined)[]) => steps.find((step) => step !== undefined)
