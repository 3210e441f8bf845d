/** Replaces `${…}` in a definition before anything is checked, and keeps the places. */
import type { Json, JsonObject } from '#core/json.ts'
import { passwordSecret } from './address-password.ts'
import { buildValues, type ConfigSource, type Environment, isMapping, NAME, secretName, UNKNOWN, type Value } from './build-values.ts'
import { type Marker, markersOf, type Segment, soleMarker } from './interpolation.ts'
import { type Path, pathText, type ParseContext, report } from './parse-context.ts'
import { sourceOffset } from './scalar-offset.ts'
import { unknownKey } from './unknown-key.ts'
import { readYaml } from './yaml.ts'

/** The tree of a definition after replacement, with what is known about its places. */
export interface Substituted {
  readonly tree: JsonObject
  /** How texts were put together, for texts with replacements. */
  readonly segments: ReadonlyMap<string, readonly Segment[]>
  /** Places whose value is unknown because a name in it is; they are not checked further. */
  readonly unknown: ReadonlySet<string>
  /** Places that hold a secret, with its name. */
  readonly secrets: ReadonlyMap<string, string>
  /** Places of addresses whose password is a secret, with its name; the text keeps the reference. */
  readonly passwords: ReadonlyMap<string, string>
  /** Places whose whole text came from the environment, where numbers and booleans are texts. */
  readonly fromEnvironment: ReadonlySet<string>
  /** Places in triggers that name a variable of the environment that is not set, where nothing is deployed. */
  readonly unset: ReadonlySet<string>
}

export interface ConfigOptions {
  /** Merged over the definition's own config. */
  readonly config?: JsonObject
  readonly env?: Environment
  /** Whether the definition is deployed: then every variable of the environment must be set. */
  readonly deploys?: boolean
  /** The text of a file the definition names; undefined if it does not exist. */
  readonly readFile?: (path: string) => string | undefined
}

/** Replaces every `${…}` of the tree, except in `config` itself, and reports unknown names. */
export function substitute(
  tree: JsonObject,
  context: ParseContext,
  source: ConfigSource,
  { env = {}, deploys }: ConfigOptions,
): Substituted {
  const segments = new Map<string, readonly Segment[]>()
  const unknown = new Set<string>()
  const secrets = new Map<string, string>()
  const passwords = new Map<string, string>()
  const fromEnvironment = new Set<string>()
  const unset = new Set<string>()
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
        context,
        'reference-in-key',
        at,
        { what: `references are not replaced in keys: \`${key}\``, hint: 'use the name itself' },
        { at: 'key' },
      )
    }
    return walk(entry, at)
  }

  function replace(text: string, path: Path): Json {
    const found = isCommands(path) ? markersOf(text).filter(isOurs) : markersOf(text)
    const password = passwordSecret(text)
    if (password !== undefined) passwords.set(pathText(path), password.name)
    const markers = found.filter(({ start }) => start !== password?.start)
    if (markers.length === 0) return text
    const result = resolve(text, markers, (code, offset, problem) => {
      const isLeftOut = code === 'unknown-env' && deploys !== true && path[0] === 'triggers'
      if (isLeftOut) unset.add(pathText(path))
      const found = isLeftOut ? { what: `${problem.what}: the trigger is left out`, hint: 'a deployment needs it' } : problem
      report(context, code, path, found, { offset: sourceOffset(context, path, offset), level: isLeftOut ? 'warning' : 'error' })
    })
    segments.set(pathText(path), result.segments)
    if (soleMarker(text, markers)?.inner?.startsWith('env.') === true) fromEnvironment.add(pathText(path))
    return settle(result.value, path)
  }

  /** In commands only names with a dot and names of the config are ours: `${HOME}` and `${#list[@]}` are for the shell. */
  function isOurs({ inner }: Marker): boolean {
    if (inner === undefined) return true
    return NAME.test(inner) && (inner.includes('.') || Object.hasOwn(source.values, inner) || Object.hasOwn(source.overrides, inner))
  }

  /** Removes secrets and unknown values from the tree and records their places. */
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

  return { tree: walk(tree, []) as JsonObject, segments, unknown, secrets, passwords, fromEnvironment, unset }
}

/** The lists of steps in their spellings, and the setting of steps that holds commands for a shell. */
const STEP_LISTS: readonly unknown[] = ['steps', 'blocks', 'stages', 'tasks']
const isCommands = (path: Path) => path.length > 2 && STEP_LISTS.includes(path[0]) && path.at(-1) === 'run'

/** The config file of a definition that has no config and names no file, if it is there. */
const USUAL_FILE = 'storage/config.yaml'

/** Finds the config of a definition: in the definition, in the YAML file it names, or in the usual one. */
export function configSource(tree: JsonObject, context: ParseContext, options: ConfigOptions): ConfigSource {
  const overrides = options.config ?? {}
  const own = tree['config']
  if (isMapping(own)) return { values: own, overrides, context, base: ['config'], complete: true }
  const misspelt = Object.keys(tree).some((key) => unknownKey(key, ['config'], {}).meant === 'config')
  const none = { values: {}, overrides, context, base: ['config'], complete: own === undefined && !misspelt }
  if (own === undefined && !misspelt) {
    const usual = options.readFile?.(USUAL_FILE)
    return usual === undefined ? none : valuesIn(usual, USUAL_FILE, none)
  }
  if (typeof own !== 'string' || own === '') return none
  const path = filePath(own, { ...none, complete: true }, context, options.env ?? {})
  if (path === undefined) return none
  const text = options.readFile?.(path)
  if (text === undefined) {
    report(context, 'config-file', ['config'], {
      what: `cannot read the config file ${path}`,
      hint: 'set the path of a YAML file, relative to the definition, or write the values here',
    })
    return none
  }
  return valuesIn(text, path, none)
}

/** The values of a config file, in place of none. */
function valuesIn(text: string, path: string, none: ConfigSource): ConfigSource {
  const { overrides } = none
  const file = readYaml(text, path)
  if (isMapping(file.tree)) return { values: file.tree, overrides, context: file.context, base: [], complete: true }
  if (file.tree !== undefined) {
    report(file.context, 'not-a-mapping', [], {
      what: 'a config file must be a mapping of names to values',
      hint: 'write `name: value` lines',
    })
  }
  return { ...none, context: file.context }
}

/** The path of the config file, which can refer to the environment and to overrides. */
function filePath(text: string, source: ConfigSource, context: ParseContext, env: Environment): string | undefined {
  const path = ['config']
  const { value } = buildValues(source, env)(text, markersOf(text), (code, offset, problem) =>
    report(context, code, path, problem, { offset: sourceOffset(context, path, offset) }),
  )
  return typeof value === 'string' ? value : undefined
}
