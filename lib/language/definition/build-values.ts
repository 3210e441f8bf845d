/** Resolves `${…}`: a value of `config`, of the environment, or a secret, which stays a name. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import type { Json, JsonObject } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import { asText, type Marker, markersOf, replaceMarkers, type Segment, soleMarker } from './interpolation.ts'
import type { ProblemText } from './problem.ts'
import type { ProblemCode } from './problems.ts'
import { type Path, type ParseContext, report } from './parse-context.ts'
import { sourceOffset } from './scalar-offset.ts'
import { shown } from '#language/inputs/shown.ts'

const SECRET: unique symbol = Symbol('secret')
/** A value that is unknown because a name in it is; the unknown name has been reported. */
export const UNKNOWN: unique symbol = Symbol('unknown')
export interface Secret {
  readonly [SECRET]: string
}
export type Value = null | boolean | number | string | Secret | typeof UNKNOWN | readonly Value[] | { readonly [key: string]: Value }

export const secretName = (value: Value): string | undefined =>
  value !== null && typeof value === 'object' && SECRET in value ? (value as Secret)[SECRET] : undefined

/** The config of a definition: its values, their place in the file, and the overrides of the caller. */
export interface ConfigSource {
  readonly values: JsonObject
  readonly overrides: JsonObject
  readonly context: ParseContext
  /** The path of the values in that file. */
  readonly base: Path
  /** Whether unknown names are a problem; not if the config itself could not be read. */
  readonly complete: boolean
}

export type Environment = Readonly<Record<string, string>>
/** Reports a problem of a marker in a text; `offset` is the marker's place in that text. */
type MarkerProblem = (code: ProblemCode, offset: number, text: ProblemText) => void

/** Resolves a text with markers: its value, and how the text was put together. */
export type Resolve = (
  text: string,
  markers: readonly Marker[],
  problem: MarkerProblem,
) => { readonly value: Value; readonly segments: readonly Segment[] }

/** Longest chain of config values that refer to each other. */
const MAX_CHAIN = 100

/** Limits of the expansion, in characters and values: of one `\${…}`, and of a whole definition, which itself cannot be longer. */
const MAX_VALUE_SIZE = 1_000_000
const MAX_EXPANDED = 10_000_000

/** A name in `${…}`: words with dots between them. */
export const NAME = /^[A-Za-z_][\w-]*(\.[\w-]+)*$/

/**
 * Resolves all values of the config once, so that mistakes in unused values are reported, and returns the function that resolves texts
 * elsewhere.
 */
export function buildValues(config: ConfigSource, env: Environment): Resolve {
  const values = merged(config.values, config.overrides) as JsonObject
  const done = new Map<string, Value>()
  const open: string[] = []
  const sizes = new WeakMap<object, number>()
  let written = 0
  let tooLarge = false

  /** Characters and values of an expanded value. A value used in many places is counted once and added up. */
  function sizeOf(value: Value): number {
    if (typeof value === 'string') return value.length
    if (value === null || typeof value !== 'object') return 1
    const known = sizes.get(value)
    if (known !== undefined) return known
    const size = Object.values(value).reduce((sum: number, entry) => sum + 1 + sizeOf(entry as Value), 1)
    sizes.set(value, size)
    return size
  }

  /** Whether the expansion fits the limits; reports it if not. */
  function fits(size: number, { inner, start }: Marker, problem: MarkerProblem): boolean {
    written += size
    if (size <= MAX_VALUE_SIZE && written <= MAX_EXPANDED) return true
    // if one value is too large, so are all that refer to it
    if (tooLarge) return false
    tooLarge = true
    problem('config-too-large', start, {
      what: `the config value \`${inner}\` expands to more than the definition can hold, with the values it refers to`,
      hint: 'refer to fewer values: each one is expanded again wherever it is named',
    })
    return false
  }

  function resolveTree(value: Json, path: Path): Value {
    if (typeof value === 'string') return resolveLeaf(value, path)
    if (Array.isArray(value)) return value.map((item, at) => resolveTree(item, [...path, at]))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, resolveTree(entry, [...path, key])]))
  }

  function resolveLeaf(text: string, path: Path): Value {
    const markers = markersOf(text)
    if (markers.length === 0) return text
    const name = path.join('.')
    const before = done.get(name)
    if (before !== undefined) return before
    const place = [...config.base, ...path]
    if (open.includes(name)) {
      const circle = [...open.slice(open.indexOf(name)), name].join(' → ')
      report(config.context, 'config-cycle', place, {
        what: `config values refer to each other in a circle: ${circle}`,
        hint: 'replace one reference by a value',
      })
      return UNKNOWN
    }
    if (open.length >= MAX_CHAIN) {
      report(config.context, 'config-cycle', place, {
        what: `config values refer to each other more than ${MAX_CHAIN} times in a row`,
        hint: 'use the value itself',
      })
      return UNKNOWN
    }
    open.push(name)
    const { value } = resolve(text, markers, (code, offset, text) =>
      report(config.context, code, place, text, { offset: sourceOffset(config.context, place, offset) }),
    )
    open.pop()
    done.set(name, value)
    return value
  }

  /** The value of a dotted name; undefined if the config has none. */
  function lookUp(name: string): Value | undefined {
    let at: Value = values
    const path: string[] = []
    for (const step of name.split('.')) {
      if (typeof at === 'string') at = resolveLeaf(at, path)
      if (at === UNKNOWN) return UNKNOWN
      if (at === null || typeof at !== 'object' || !Object.hasOwn(at, step)) return undefined
      at = (at as { [key: string]: Value })[step] ?? null
      path.push(step)
    }
    return resolveTree(at as Json, path)
  }

  function resolveMarker({ inner = '', start, closed }: Marker, problem: MarkerProblem): Value {
    if (!closed || !NAME.test(inner)) {
      const what = closed ? `\`\${${inner}}\` is not a name` : '`${` is not closed'
      problem('invalid-reference', start, {
        what,
        hint: 'write `${a.b}`, a name of `config`; write `$${` for a literal `${`',
      })
      return UNKNOWN
    }
    const [head, name = ''] = inner.split('.')
    if (head === 'secret') return { [SECRET]: name }
    if (head === 'env') {
      if (Object.hasOwn(env, name)) return env[name] ?? UNKNOWN
      const meant = nearest(name, Object.keys(env))
      const hint =
        meant === undefined
          ? `set ${name} before building the pipeline`
          : `did you mean ${meant}? Otherwise set ${name} before building the pipeline`
      problem('unknown-env', start, { what: `the environment variable ${name} is not set`, hint })
      return UNKNOWN
    }
    const value = lookUp(inner)
    if (value !== undefined) return value
    if (config.complete) problem('unknown-config', start, { what: `config has no \`${inner}\``, hint: nameHint(inner, values) })
    return UNKNOWN
  }

  const resolve: Resolve = (text, markers, problem) => {
    const sole = soleMarker(text, markers)
    if (sole !== undefined) {
      const value = resolveMarker(sole, problem)
      const segments = [{ length: text.length, from: sole.start, copied: false }]
      return { value: value === UNKNOWN || fits(sizeOf(value), sole, problem) ? value : UNKNOWN, segments }
    }
    let known = true
    let length = 0
    const { text: replaced, segments } = replaceMarkers(text, markers, (marker) => {
      const value = resolveMarker(marker, problem)
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        const part = asText(value)
        length += part.length
        if (known && fits(length > MAX_VALUE_SIZE ? length : part.length, marker, problem)) return part
        known = false
        return ''
      }
      known = false
      if (value !== UNKNOWN) problem(...outOfPlace(marker, value))
      return ''
    })
    return { value: known ? replaced : UNKNOWN, segments }
  }

  resolveTree(values, [])
  return resolve
}

function outOfPlace({ inner, start }: Marker, value: Value): [ProblemCode, number, ProblemText] {
  const secret = secretName(value)
  if (secret === undefined) {
    const what = `\`\${${inner}}\` is ${shown(value as Json)}, which cannot be part of a text`
    return ['not-a-text', start, { what, hint: 'refer to one value of it, or use it as the whole value' }]
  }
  return [
    'secret-out-of-place',
    start,
    {
      what: `the secret ${secret} is part of a text`,
      hint: 'a secret must be the whole value: store the whole text in the secret',
    },
  ]
}

function nameHint(name: string, values: JsonObject): string {
  const names = namesOf(values, '')
  const meant = nearest(name, names)
  if (meant !== undefined) return `did you mean \`\${${meant}}\`?`
  return names.length === 0 ? 'add it to `config`, or write `$${` for a literal `${`' : `config has ${names.slice(0, 20).join(', ')}`
}

function namesOf(value: Json, name: string): string[] {
  if (!isMapping(value)) return [name]
  return Object.entries(value).flatMap(([key, entry]) => namesOf(entry, name === '' ? key : `${name}.${key}`))
}

/** Merges `over` into `under`: mappings key by key, all other values are replaced. */
function merged(under: Json | undefined, over: Json): Json {
  if (!isMapping(under) || !isMapping(over)) return over
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])]
  return Object.fromEntries(
    keys.map((key) => [key, Object.hasOwn(over, key) ? merged(under[key], over[key] ?? null) : (under[key] ?? null)]),
  )
}

export const isMapping = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
