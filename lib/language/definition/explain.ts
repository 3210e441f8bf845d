/**
 * Why a value does not fit a schema: every problem at its place, of the branch the author meant. Works on JSON Schema, whose form is public
 * and stable; whether a value fits is decided by the zod schema.
 */
import type { Json, JsonObject } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import type { JsonSchema } from './json-schema.ts'
import type { ProblemText } from './problem.ts'
import type { ProblemCode } from './problems.ts'
import type { Path } from './parse-context.ts'
import { choiceElsewhere, unknownKey } from './unknown-key.ts'
import { admits, atomOf, choices, fix, describeSchema } from './describe-schema.ts'
import { shown, typeOf } from '#language/inputs/shown.ts'

export interface ShapeProblem extends ProblemText {
  readonly code: ProblemCode
  readonly path: Path
  readonly at: 'key' | 'value'
}

/** What the value at the root is, for messages. */
export interface About {
  /** Such as `a clean step`. */
  readonly subject: string
  /** Whether keys are settings of a step or keys of the language. */
  readonly keys: 'setting' | 'key'
  /** The author's key for the last one of a path: another one in a dialect. */
  readonly keyOf?: (path: Path) => string
}

/** The problems of a value; none if it fits, as far as the JSON schema can express. */
export function explain(schema: JsonSchema, value: Json, about: About): ShapeProblem[] {
  return problemOf(schema, value, { path: [], label: about.subject, about, root: schema, silent: false })
}

interface Spot {
  readonly path: Path
  /** How messages name the place. */
  readonly label: string
  readonly about: About
  readonly root: JsonSchema
  /** Only whether there are problems is needed, not their fixes. */
  readonly silent: boolean
}

function problemOf(given: JsonSchema, value: Json, spot: Spot): ShapeProblem[] {
  const schema = resolved(given, spot.root)
  const atom = atomOf(schema)
  if (atom !== undefined) return atom.accepts(value) ? [] : [misfit(schema, value, spot)]
  if (schema.allOf !== undefined) return schema.allOf.flatMap((part) => problemOf(part, value, spot))
  if (schema.anyOf !== undefined || schema.oneOf !== undefined) return unionProblems(schema, value, spot)
  const type = typeOf(value)
  if (!admits(schema, type)) return [misfit(schema, value, spot)]
  if (type === 'array') return listProblems(schema, value as readonly Json[], spot)
  if (type === 'object') return mappingProblems(schema, value as JsonObject, spot)
  return scalarFits(schema, value) ? [] : [misfit(schema, value, spot)]
}

function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema
  const steps = schema.$ref
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
  return steps.reduce<JsonSchema>((at, step) => (at as Record<string, JsonSchema>)[step] ?? {}, root)
}

function scalarFits(schema: JsonSchema, value: Json): boolean {
  if (schema.const !== undefined && schema.const !== value) return false
  if (schema.enum !== undefined && !schema.enum.includes(value)) return false
  if (typeof value === 'string') {
    if (value.length < (schema.minLength ?? 0) || value.length > (schema.maxLength ?? value.length)) return false
    return schema.pattern === undefined || new RegExp(schema.pattern).test(value)
  }
  if (typeof value !== 'number') return true
  if (schema.type === 'integer' && !Number.isInteger(value)) return false
  if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum) return false
  if (schema.exclusiveMaximum !== undefined && value >= schema.exclusiveMaximum) return false
  return value >= (schema.minimum ?? value) && value <= (schema.maximum ?? value)
}

/** The whole value does not fit. */
function misfit(schema: JsonSchema, value: Json, spot: Spot): ShapeProblem {
  const rightType = admits(schema, typeOf(value))
  const code = schema.title === 'id' || schema.title === 'name' ? 'invalid-id' : rightType ? 'invalid-value' : 'wrong-type'
  const fits = (other: Json) => problemOf(schema, other, { ...spot, silent: true }).length === 0
  return {
    code,
    path: spot.path,
    at: 'value',
    what: `${spot.label} is ${shown(value)}`,
    hint: spot.silent ? '' : fix(value, schema, fits),
  }
}

/**
 * Reports problems of the branch that is meant: by the type of the value, then by the key that distinguishes branches, then by the fewest
 * problems.
 */
function unionProblems(schema: JsonSchema, value: Json, spot: Spot): ShapeProblem[] {
  const branches = leaves(schema, spot.root)
  if (branches.some((branch) => problemOf(branch, value, spot).length === 0)) return []
  const type = typeOf(value)
  const sameType = branches.filter((branch) => admits(branch, type))
  if (sameType.length === 0 || (type !== 'array' && type !== 'object')) return [misfit(schema, value, spot)]
  const key = type === 'object' ? tagKey(sameType) : undefined
  if (key !== undefined) return taggedProblems(sameType, key, value as JsonObject, spot)
  const attempts = sameType.map((branch) => problemOf(branch, value, spot))
  return attempts.sort((a, b) => a.length - b.length)[0] ?? []
}

function leaves(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  const own = resolved(schema, root)
  const options = own.anyOf ?? own.oneOf
  return options === undefined || atomOf(own) !== undefined ? [own] : options.flatMap((option) => leaves(option, root))
}

/** The key whose value selects one of several mappings. */
function tagKey(branches: readonly JsonSchema[]): string | undefined {
  if (branches.length < 2) return undefined
  return Object.keys(branches[0]?.properties ?? {}).find((key) =>
    branches.every(
      (branch) => branch.properties?.[key] !== undefined && choices(branch.properties[key]).length > 0 && branch.required?.includes(key),
    ),
  )
}

function taggedProblems(branches: readonly JsonSchema[], key: string, value: JsonObject, spot: Spot): ShapeProblem[] {
  const tag = value[key]
  const tags = branches.flatMap((branch) => choices(branch.properties?.[key] ?? {}))
  if (tag === undefined) {
    const shared = Object.keys(branches[0]?.properties ?? {}).filter((name) =>
      branches.every((branch) => branch.properties?.[name] !== undefined),
    )
    const misspelt = Object.keys(value).find((given) => nearest(given, [key]) !== undefined)
    if (misspelt !== undefined) return [unknownKeyProblem(misspelt, shared, undefined, value, spot)]
    return [
      {
        code: 'missing-key',
        path: spot.path,
        at: 'value',
        what: `${spot.label} has no \`${key}\``,
        hint: `add \`${key}\`: ${tags.join(', ')}`,
      },
    ]
  }
  const branch = branches.find((candidate) => choices(candidate.properties?.[key] ?? {}).includes(tag as string))
  if (branch === undefined) {
    const problem = misfit({ type: 'string', enum: tags }, tag, { ...spot, path: [...spot.path, key], label: `\`${key}\`` })
    const elsewhere = typeof tag === 'string' ? choiceElsewhere(tag, tags) : undefined
    return [elsewhere === undefined ? problem : { ...problem, hint: `${elsewhere}; ${problem.hint}` }]
  }
  return mappingProblems(branch, value, { ...spot, label: `\`${key}: ${String(tag)}\`` })
}

function listProblems(schema: JsonSchema, value: readonly Json[], spot: Spot): ShapeProblem[] {
  const least = schema.minItems ?? 0
  const most = schema.maxItems ?? value.length
  if (value.length < least || value.length > most) {
    const what = value.length === 0 ? `${spot.label} is an empty list` : `${spot.label} has ${value.length} items`
    return [
      {
        code: 'invalid-value',
        path: spot.path,
        at: 'value',
        what,
        hint: `allowed: ${value.length < least ? describeSchema(schema) : `at most ${most} items`}`,
      },
    ]
  }
  const { items } = schema
  if (items === undefined) return []
  return value.flatMap((item, at) => {
    const own = Array.isArray(items) ? items[at] : items
    return own === undefined ? [] : problemOf(own, item, { ...spot, path: [...spot.path, at], label: `item ${at + 1} of ${spot.label}` })
  })
}

function mappingProblems(schema: JsonSchema, value: JsonObject, spot: Spot): ShapeProblem[] {
  const { properties = {}, additionalProperties, propertyNames, required = [] } = schema
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(properties, key))
  const open = additionalProperties !== false
  const problems = open
    ? unknown.flatMap((key) => nameProblems(propertyNames, key, spot))
    : unknown.map((key) =>
        unknownKeyProblem(key, Object.keys(properties), schema.unsupported, value, spot, homeOf(key, properties, spot.root)),
      )
  const choice = choiceProblem(schema, value, unknown, spot)
  if (choice !== undefined) problems.push(choice)
  const claimed = open ? [] : unknown.map((key) => unknownKey(key, Object.keys(properties), value).meant)
  for (const key of required) {
    if (value[key] !== undefined || claimed.includes(key)) continue
    problems.push({
      code: 'missing-key',
      path: spot.path,
      at: 'value',
      what: `${spot.label} has no \`${key}\``,
      hint: `add \`${key}\`: ${properties[key]?.description ?? describeSchema(properties[key] ?? {})}`,
    })
  }
  for (const [key, entry] of Object.entries(value)) {
    const own = Object.hasOwn(properties, key)
      ? properties[key]
      : typeof additionalProperties === 'object'
        ? additionalProperties
        : undefined
    if (own === undefined) continue
    const path = [...spot.path, key]
    problems.push(...problemOf(own, entry, { ...spot, path, label: `\`${spot.about.keyOf?.(path) ?? key}\`` }))
  }
  return problems
}

function unknownKeyProblem(
  key: string,
  allowed: readonly string[],
  unsupported: readonly string[] | undefined,
  value: JsonObject,
  spot: Spot,
  home?: string,
): ShapeProblem {
  const path = [...spot.path, key]
  const { hint } = unknownKey(key, allowed, value, home)
  if (unsupported?.includes(key) === true) {
    return {
      code: 'unsupported-key',
      path,
      at: 'key',
      what: `\`${key}\` is not supported by this version`,
      hint,
    }
  }
  const code = spot.about.keys === 'setting' ? 'unknown-setting' : 'unknown-key'
  return {
    code,
    path,
    at: 'key',
    what: `\`${key}\` is not a ${spot.about.keys} of ${spot.label}`,
    hint,
  }
}

/** The mapping among these properties where an unknown key belongs. */
function homeOf(key: string, properties: NonNullable<JsonSchema['properties']>, root: JsonSchema): string | undefined {
  for (const [name, schema] of Object.entries(properties)) {
    const branch = leaves(schema, root).find((one) => Object.hasOwn(one.properties ?? {}, key))
    if (branch === undefined) continue
    const keys = [...(branch.required ?? []).filter((other) => other !== key), key]
    return `it belongs in \`${name}\`: write ${name}: {${keys.map((one) => `${one}: …`).join(', ')}}`
  }
  return undefined
}

function nameProblems(names: JsonSchema | undefined, key: string, spot: Spot): ShapeProblem[] {
  if (names === undefined) return []
  const atom = atomOf(names)
  if (atom === undefined ? scalarFits(names, key) : atom.accepts(key)) return []
  return [
    {
      code: 'invalid-id',
      path: [...spot.path, key],
      at: 'key',
      what: `\`${key}\` cannot be a name in ${spot.label}`,
      hint: `allowed: ${describeSchema(names)}`,
    },
  ]
}

/** Reports a mapping with no key or several, where exactly one is required. */
function choiceProblem(schema: JsonSchema, value: JsonObject, unknown: readonly string[], spot: Spot): ShapeProblem | undefined {
  if (schema.maxProperties !== 1 || unknown.length > 0) return undefined
  const keys = Object.keys(value)
  const names = Object.keys(schema.properties ?? {})
  if (keys.length === 0 && (schema.minProperties ?? 0) > 0) {
    return { code: 'choose-one', path: spot.path, at: 'value', what: `${spot.label} is empty`, hint: `use one of ${names.join(', ')}` }
  }
  const second = keys[1]
  if (second === undefined) return undefined
  return {
    code: 'choose-one',
    path: [...spot.path, second],
    at: 'key',
    what: `${keys.map((key) => `\`${key}\``).join(' and ')} cannot be used together in ${spot.label}`,
    hint: `make them separate items: start \`${second}\` on a new line with \`- \``,
  }
}
