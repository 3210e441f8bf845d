/** The sources and targets of a definition: whether they are there, may be read, and can be written. */
import type { Json, JsonObject } from '#core/json.ts'
import { withSecrets, environmentSecrets, secretsIn } from '#core/secrets/secrets.ts'
import { entryOf } from '#core/text/record.ts'
import { bytes } from '#core/text/numbers.ts'
import { createEvaluator } from '#asl/engine/jsonata.ts'
import { analyseExpression, expressionSource } from '#asl/machine/expression.ts'
import type { Use } from '#io/connectors/connector.ts'
import { connectorOf, fileConnectorOf, targetAt } from '#io/connectors/index.ts'
import { type AtConnection, locationOf } from '#io/connectors/location.ts'
import { isNamedAsFile } from '#io/formats/index.ts'
import type { Compiled } from '#language/compiler/compile.ts'
import { addressSettings } from '#language/compiler/places.ts'
import { stepsOf, unitsOf } from '#language/compiler/plan.ts'
import { JSONATA_FUNCTIONS } from '#language/definition/jsonata.ts'
import type { Step } from '#language/definition/definition.ts'
import { destinationOf } from '#run/tasks/segment.ts'
import { kindOf } from '#steps/index.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { attempt, type Check, found, unchecked, warning, withinPatience } from './check.ts'

export interface Places {
  readonly checks: readonly Check[]
  /** Bytes of the sources, as far as they are known. */
  readonly bytes: number
}

/** `inputs` are those known before a run. */
export async function placeChecks({ definition, plan }: Compiled, inputs: JsonObject, terminal: Terminal): Promise<Places> {
  const checks = new Map<string, Check>()
  let total = 0
  for (const step of unitsOf(plan).flatMap(stepsOf)) {
    for (const { use, value, path } of addressSettings(step)) {
      const setting = await known(value, inputs)
      const { check, size } =
        setting === undefined
          ? { check: unchecked(`${NAMES[use]} of ${step.id}`, whyUnknown(value, inputs)), size: 0 }
          : await placeCheck({ step, use, setting, isFirst: path[0] === 'with' }, definition.id, inputs, terminal)
      if (checks.has(check.check)) continue
      checks.set(check.check, check)
      total += size
    }
  }
  return { checks: [...checks.values()], bytes: total }
}

const NAMES: { readonly [Name in Use]: string } = { read: 'source', write: 'target' }

interface Place {
  readonly step: Step
  readonly use: Use
  /** Without references. */
  readonly setting: Json
  /** Whether it is tried first, and not as a fallback. */
  readonly isFirst: boolean
}

async function placeCheck(
  place: Place,
  pipeline: string,
  inputs: JsonObject,
  terminal: Terminal,
): Promise<{ readonly check: Check; readonly size: number }> {
  const { step, use, setting } = place
  const { env } = terminal
  const absent = secretsIn(setting).find((name) => (entryOf(env, name) ?? '') === '')
  const { uri } = locationOf(setting as string | AtConnection)
  const name = `${NAMES[use]} ${uri}`
  if (absent !== undefined) return { check: unchecked(name, `it needs the secret ${absent}`), size: 0 }
  let size = 0
  const check = await attempt(name, 'check the address', () =>
    withinPatience(
      (async () => {
        const resolved = await withSecrets(setting, environmentSecrets(env))
        if (use === 'write') return targetCheck(name, step, resolved, pipeline, inputs, terminal)
        const { options } = locationOf(resolved as string | AtConnection)
        const connector = await connectorOf(uri, terminal.cwd())
        if (connector.look === undefined) return unchecked(name, 'only reading it shows whether it is there')
        const seen = await connector.look(uri, options)
        size = seen.bytes ?? 0
        return found(name, size === 0 ? seen.found : `${seen.found}, ${bytes(size)}`)
      })(),
    ),
  )
  const later = check.status === 'missing' && use === 'read' ? mayComeLater(place) : undefined
  return { check: later === undefined ? check : warning(name, `${check.detail}; ${later}`, check.fix ?? ''), size }
}

/** Why a source need not be there before a run. */
function mayComeLater({ step, isFirst }: Place): string | undefined {
  if (kindOf(step.type)?.shape === 'control') return `the step ${step.id} may wait for it`
  if (step.depends_on.length > 0) return `a step before ${step.id} may write it`
  if (!isFirst) return `it is a fallback of ${step.id}`
  if (step.condition !== undefined) return `${step.id} has a condition`
  return step.on_error.continue_on_error ? `a run goes on without ${step.id}` : undefined
}

async function targetCheck(
  name: string,
  step: Step,
  setting: Json,
  pipeline: string,
  inputs: JsonObject,
  terminal: Terminal,
): Promise<Check> {
  const folder = terminal.cwd()
  const good = found(name, 'can be written')
  if (kindOf(step.type)?.shape !== 'sink') {
    const address = String(setting)
    const connector = await fileConnectorOf(address, folder)
    if (isNamedAsFile(address)) await connector.checkFile(address)
    else await connector.target.check(address, { pipeline, mode: 'replace', keys: [] })
    return good
  }
  const settings = (await known(step.with, inputs)) as JsonObject | undefined
  if (settings === undefined) return unchecked(name, 'its settings are known only in a run')
  const { to, options, file, mode, keys } = await destinationOf({ type: step.type, with: { ...settings, to: setting } })
  // of a name made from the source only the folder before it is known
  if (file !== null) await (await fileConnectorOf(to, folder)).checkFile(to)
  else await (await targetAt(to, folder)).check(to, { pipeline, options, mode, keys })
  return good
}

/** A compiled value with the values of its references; undefined if one of them is known only in a run. */
async function known(value: Json, inputs: JsonObject): Promise<Json | undefined> {
  if (unknownIn(value, inputs) !== undefined) return undefined
  const evaluator = createEvaluator(
    () => new Date(0),
    () => 0,
  )
  let isKnown = true
  const fill = async (one: Json): Promise<Json> => {
    const source = expressionSource(one)
    if (source !== undefined) {
      const evaluated = await evaluator.evaluate(source, { inputs })
      if (evaluated.kind === 'value') return evaluated.value
      isKnown = false
      return null
    }
    if (Array.isArray(one)) return Promise.all(one.map(fill))
    if (one === null || typeof one !== 'object') return one
    return Object.fromEntries(await Promise.all(Object.entries(one).map(async ([key, inner]) => [key, await fill(inner as Json)] as const)))
  }
  try {
    const filled = await fill(value)
    return isKnown ? filled : undefined
  } finally {
    await evaluator.close()
  }
}

/** Functions whose value is another one in each run. */
const CHANGING: ReadonlySet<string> = new Set(['now', 'millis', 'random', 'uuid'])
const isKnownName = (name: string) => name === 'inputs' || (JSONATA_FUNCTIONS.has(name) && !CHANGING.has(name))

/** The first name in the expressions of a value that no input has: that of an input, or '' for what only a run knows. */
function unknownIn(value: Json, inputs: JsonObject): string | undefined {
  const source = expressionSource(value)
  if (source !== undefined) {
    const analysis = analyseExpression(source)
    if ('error' in analysis || analysis.states.size > 0 || ![...analysis.reads].every(isKnownName)) return ''
    return [...analysis.inputs].find((name) => !Object.hasOwn(inputs, name))
  }
  if (value === null || typeof value !== 'object') return undefined
  for (const one of Object.values(value)) {
    const name = unknownIn(one as Json, inputs)
    if (name !== undefined) return name
  }
  return undefined
}

function whyUnknown(value: Json, inputs: JsonObject): string {
  const name = unknownIn(value, inputs) ?? ''
  return name === '' ? 'the address is known only in a run' : `it needs the input ${name}: pass --input ${name}=…`
}
