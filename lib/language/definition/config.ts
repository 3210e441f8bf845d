/** `${…}` all over a definition: replaced before anything is checked, with the places kept. */
import type { Json, JsonObject } from '#core/json.ts'
import { buildValues, type ConfigSource, type Environment, isMapping, secretName, UNKNOWN, type Value } from './build-values.ts'
import { markersOf, type Segment, soleMarker } from './interpolation.ts'
import { type Path, pathText, type ParseContext, report } from './parse-context.ts'
import { sourceOffset } from './scalar-offset.ts'
import { unknownKey } from './unknown-key.ts'
import { readYaml } from './yaml.ts'

/** A definition's tree after replacement, and what is remembered about the places of it. */
export interface Substituted {
  readonly tree: JsonObject
  /** How texts were put together, for those in which something was replaced. */
  readonly segments: ReadonlyMap<string, readonly Segment[]>
  /** Places whose value is not known because a name in it is not; they are judged no further. */
  readonly unknown: ReadonlySet<string>
  /** Places that stand for a secret, with its name. */
  readonly secrets: ReadonlyMap<string, string>
  /** Places whose text came from the environment as a whole; numbers and yes or no arrive as text from there. */
  readonly fromEnvironment: ReadonlySet<string>
}

export interface ConfigOptions {
  /** Laid over the definition's own config. */
  readonly config?: JsonObject
  readonly env?: Environment
  /** The text of a file the definition names; undefined when there is none. */
  readonly readFile?: (path: string) => string | undefined
}

/** Replaces every `${…}` of the tree, except in `config` itself; unknown names and the like become problems. */
export function substitute(tree: JsonObject, reading: ParseContext, source: ConfigSource, env: Environment): Substituted {
  const segments = new Map<string, readonly Segment[]>()
  const unknown = new Set<string>()
  const secrets = new Map<string, string>()
  const fromEnvironment = new Set<string>()
  const resolve = buildValues(source, env)

  function walk(value: Json, path: Path): Json {
    if (typeof value === 'string') return replace(value, path)
    if (Array.isArray(value)) return value.map((item, at) => walk(item, [...path, at]))
    if (!isMapping(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, walkEntry(key, entry, path)]))
  }

  function walkEntry(key: string, entry: Json, path: Path): Json {
    if (path.length === 0 && key === 'config') return entry
    const at = [...path, key]
    if (markersOf(key).length > 0) {
      report(
        reading,
        'reference-in-key',
        at,
        { what: `\`${key}\` is a key, and keys are not replaced`, hint: 'write the name itself' },
        { at: 'key' },
      )
    }
    return walk(entry, at)
  }

  function replace(text: string, path: Path): Json {
    const markers = markersOf(text)
    if (markers.length === 0) return text
    const result = resolve(text, markers, (code, offset, problem) =>
      report(reading, code, path, problem, { offset: sourceOffset(reading, path, offset) }),
    )
    segments.set(pathText(path), result.segments)
    if (soleMarker(text, markers)?.inner?.startsWith('env.') === true) fromEnvironment.add(pathText(path))
    return settle(result.value, path)
  }

  /** Takes secrets and unknown values out of the tree and remembers where they were. */
  function settle(value: Value, path: Path): Json {
    const secret = secretName(value)
    if (value === UNKNOWN || secret !== undefined) {
      if (secret === undefined) unknown.add(pathText(path))
      else secrets.set(pathText(path), secret)
      return `\${secret.${secret ?? ''}}`
    }
    if (Array.isArray(value)) return (value as readonly Value[]).map((item, at) => settle(item, [...path, at]))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, settle(entry, [...path, key])]))
  }

  return { tree: walk(tree, []) as JsonObject, segments, unknown, secrets, fromEnvironment }
}

/** Finds the config of a definition: written in it, or in the YAML file it names. */
export function configSource(tree: JsonObject, reading: ParseContext, options: ConfigOptions): ConfigSource {
  const overrides = options.config ?? {}
  const own = tree['config']
  if (isMapping(own)) return { values: own, overrides, reading, base: ['config'], complete: true }
  const misspelt = Object.keys(tree).some((key) => unknownKey(key, ['config'], {}).meant === 'config')
  const none = { values: {}, overrides, reading, base: ['config'], complete: own === undefined && !misspelt }
  if (typeof own !== 'string' || own === '') return none
  const path = filePath(own, { ...none, complete: true }, reading, options.env ?? {})
  if (path === undefined) return none
  const text = options.readFile?.(path)
  if (text === undefined) {
    report(reading, 'config-file', ['config'], {
      what: `the config file ${path} cannot be read`,
      hint: 'give the path of a YAML file, relative to the definition, or write the values here',
    })
    return none
  }
  const file = readYaml(text, path)
  if (isMapping(file.tree)) return { values: file.tree, overrides, reading: file.reading, base: [], complete: true }
  if (file.tree !== undefined) {
    report(file.reading, 'not-a-mapping', [], {
      what: 'a config file must be a mapping of names to values',
      hint: 'write `name: value` lines',
    })
  }
  return { ...none, reading: file.reading }
}

/** The path of the config file, in which the environment and what the caller gives may stand. */
function filePath(text: string, source: ConfigSource, reading: ParseContext, env: Environment): string | undefined {
  const path = ['config']
  const { value } = buildValues(source, env)(text, markersOf(text), (code, offset, problem) =>
    report(reading, code, path, problem, { offset: sourceOffset(reading, path, offset) }),
  )
  return typeof value === 'string' ? value : undefined
}
