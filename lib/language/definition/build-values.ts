/** What a `${…}` stands for: a value of `config`, of the environment, or a secret, which stays a name. */
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
/** A value that cannot be told because a name in it is not known; whoever found that out has reported it. */
export const UNKNOWN: unique symbol = Symbol('unknown')
export interface Secret {
  readonly [SECRET]: string
}
export type Value = null | boolean | number | string | Secret | typeof UNKNOWN | readonly Value[] | { readonly [key: string]: Value }

export const secretName = (value: Value): string | undefined =>
  value !== null && typeof value === 'object' && SECRET in value ? (value as Secret)[SECRET] : undefined

/** The config of a definition: its values, where they are written, and what the caller lays over them. */
export interface ConfigSource {
  readonly values: JsonObject
  readonly overrides: JsonObject
  readonly reading: ParseContext
  /** The path the values stand under in that file. */
  readonly base: Path
  /** Whether names that are not there are a mistake; not so when the config itself could not be read. */
  readonly complete: boolean
}

export type Environment = Readonly<Record<string, string>>
/** Takes a problem with a marker of a text, and the marker's offset in that text. */
type MarkerProblem = (code: ProblemCode, offset: number, text: ProblemText) => void

/** Gives the value of a text with markers, and how the text was put together. */
export type Resolve = (
  text: string,
  markers: readonly Marker[],
  problem: MarkerProblem,
) => { readonly value: Value; readonly segments: readonly Segment[] }

/** How many config values may refer to one another in a row. */
const MAX_CHAIN = 100

/** Characters and values that one `\${…}` may stand for, and that all of a definition may: a definition has no more characters itself. */
const MOST = 1_000_000
const MAX_EXPANDED = 10_000_000

const NAME = /^[A-Za-z_][\w-]*(\.[\w-]+)*$/

/** Resolves all values of the config once, so that mistakes in unused ones show, and returns how texts elsewhere are resolved. */
export function buildValues(config: ConfigSource, env: Environment): Resolve {
  const values = merged(config.values, config.overrides) as JsonObject
  const done = new Map<string, Value>()
  const open: string[] = []
  const sizes = new WeakMap<object, number>()
  let written = 0
  let tooLarge = false

  /** Characters and values that a value takes when it is written out. Values that stand in many places are counted once and added up. */
  function sizeOf(value: Value): number {
    if (typeof value === 'string') return value.length
    if (value === null || typeof value !== 'object') return 1
    const known = sizes.get(value)
    if (known !== undefined) return known
    const size = Object.values(value).reduce((sum: number, entry) => sum + 1 + sizeOf(entry as Value), 1)
    sizes.set(value, size)
    return size
  }

  /** Whether there is room for as much more; reports it where there is none. */
  function fits(size: number, { inner, start }: Marker, problem: MarkerProblem): boolean {
    written += size
    if (size <= MOST && written <= MAX_EXPANDED) return true
    // where one value is too large, so are all that refer to it
    if (tooLarge) return false
    tooLarge = true
    problem('config-too-large', start, {
      what: `the config value \`${inner}\` makes the definition larger than it may be, with the values it refers to`,
      hint: 'let it refer to fewer values: each of them is written out again wherever it is named',
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
      report(config.reading, 'config-cycle', place, {
        what: `config values refer to each other in a circle: ${circle}`,
        hint: 'give one of them a value of its own',
      })
      return UNKNOWN
    }
    if (open.length >= MAX_CHAIN) {
      report(config.reading, 'config-cycle', place, {
        what: `config values refer to each other more than ${MAX_CHAIN} times in a row`,
        hint: 'write the value itself',
      })
      return UNKNOWN
    }
    open.push(name)
    const { value } = resolve(text, markers, (code, offset, text) =>
      report(config.reading, code, place, text, { offset: sourceOffset(config.reading, place, offset) }),
    )
    open.pop()
    done.set(name, value)
    return value
  }

  /** The value of a dotted name; undefined when the config has none. */
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
        hint: 'write `${a.b}`, a name of `config`; `$${` stands for the characters `${` themselves',
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
          ? `set ${name} before the pipeline is built`
          : `did you mean ${meant}? or set ${name} before the pipeline is built`
      problem('unknown-env', start, { what: `the environment has no ${name}`, hint })
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
        if (known && fits(length > MOST ? length : part.length, marker, problem)) return part
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
    const what = `\`\${${inner}}\` is ${shown(value as Json)}, which cannot stand within a text`
    return ['not-a-text', start, { what, hint: 'name one value of it, or let it be the whole value' }]
  }
  return [
    'secret-out-of-place',
    start,
    {
      what: `the secret ${secret} stands within a text`,
      hint: 'a secret is a whole value: keep the whole text in the secret',
    },
  ]
}

function nameHint(name: string, values: JsonObject): string {
  const names = namesOf(values, '')
  const meant = nearest(name, names)
  if (meant !== undefined) return `did you mean \`\${${meant}}\`?`
  return names.length === 0
    ? 'add it to `config`, or write `$${` if the characters `${` are meant'
    : `config has ${names.slice(0, 20).join(', ')}`
}

function namesOf(value: Json, name: string): string[] {
  if (!isMapping(value)) return [name]
  return Object.entries(value).flatMap(([key, entry]) => namesOf(entry, name === '' ? key : `${name}.${key}`))
}

/** `over` laid on `under`: mappings are merged key by key, everything else is replaced. */
function merged(under: Json | undefined, over: Json): Json {
  if (!isMapping(under) || !isMapping(over)) return over
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])]
  return Object.fromEntries(
    keys.map((key) => [key, Object.hasOwn(over, key) ? merged(under[key], over[key] ?? null) : (under[key] ?? null)]),
  )
}

export const isMapping = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
