/** Maps a definition in a dialect onto the canonical form. Places, and the paths that problems show, stay those of the author's file. */
import type { Json, JsonObject } from '#core/json.ts'
import { isMapping } from '../build-values.ts'
import { type CheckContext, checkShape } from '../check-shape.ts'
import { type Place, report, writtenPath } from '../parse-context.ts'
import type { Problem } from '../problem.ts'
import type { Dialect } from './dialect.ts'
import { dialectOf } from './index.ts'
import { type Arranged, arranged, type Origin } from './parts.ts'

export interface Normalised {
  /** The definition in the canonical form, before `${…}` was replaced. */
  readonly written: JsonObject
  /** The same after it, with the place of every part. */
  readonly context: CheckContext
  /** Absent: the file is in the canonical form. */
  readonly dialect?: Dialect
  /** The text of the lock, where the dialect has one. */
  readonly lock?: string
}

/** `written` is the tree of the file; `lockOf` reads the lock of a dialect. A file in the canonical form passes unchanged. */
export function normalise(written: JsonObject, context: CheckContext, lockOf: (dialect: Dialect) => Json | undefined): Normalised {
  const { tree } = context.substituted
  const dialect = dialectOf(tree)
  if (dialect === undefined) return { written, context }
  const lock = lockOf(dialect)
  const known = context.problems.length
  const file = { path: [], value: tree }
  const fits = checkShape(dialect.schema, tree, [], { subject: `a ${dialect.name}`, keys: 'key' }, context) !== undefined
  for (const { code, path, what, hint, level } of dialect.problems?.(file, lock) ?? [])
    report(context, code, path, { what, hint }, { level })
  const wrong = context.problems.slice(known).filter(({ level }) => level === 'error')
  return {
    written: canonicalForm(dialect, written, lock),
    context: arrangedContext(context, dialect.arrange(file, lock), wrong),
    dialect,
    ...(dialect.lock === undefined || !fits || wrong.length > 0 ? {} : { lock: dialect.lock.text({ path: [], value: written }, lock) }),
  }
}

/** A definition of the dialect in the canonical form. */
export const canonicalForm = (dialect: Dialect, written: JsonObject, lock?: Json): JsonObject =>
  mappingOf(arranged(dialect.arrange({ path: [], value: written }, lock)).tree)

const mappingOf = (tree: unknown): JsonObject => {
  if (!isMapping(tree as JsonObject)) throw new Error('a dialect must arrange a file as a mapping')
  return tree as JsonObject
}

/**
 * What is known of a definition whose parts are arranged anew: everything known by path, by the new paths. `wrong` are problems that have
 * been reported of the parts, with the paths of the author.
 */
export function arrangedContext(context: CheckContext, root: Arranged, wrong: readonly Problem[]): CheckContext {
  const { tree, origins } = arranged(root)
  const { substituted } = context
  const written = (path: string) => writtenPath(context, path)
  const all = [...origins]
  const mapOf = <T>(by: ReadonlyMap<string, T>) =>
    new Map(all.flatMap(([path, origin]) => (by.has(origin.path) ? [[path, by.get(origin.path) as T] as const] : [])))
  const setOf = (by: ReadonlySet<string>) => new Set(all.flatMap(([path, origin]) => (by.has(origin.path) ? [path] : [])))
  // what the dialect reported is not reported again, nor what is missing around it because of it
  const refused = (path: string) =>
    wrong.some((problem) => isWithin(problem.path, path) || (problem.code !== 'missing-key' && isWithin(path, problem.path)))
  return {
    ...context,
    places: new Map(all.flatMap(([path, origin]) => placeOf(origin, context.places).map((place) => [path, place] as const))),
    unreadable: new Set([...setOf(context.unreadable), ...all.flatMap(([path, origin]) => (refused(written(origin.path)) ? [path] : []))]),
    written: new Map(all.map(([path, origin]) => [path, written(origin.path)])),
    substituted: {
      tree: mappingOf(tree),
      segments: mapOf(substituted.segments),
      unknown: setOf(substituted.unknown),
      secrets: mapOf(substituted.secrets),
      passwords: mapOf(substituted.passwords),
      fromEnvironment: setOf(substituted.fromEnvironment),
      unset: setOf(substituted.unset),
    },
  }
}

/** Whether a path is another path, or below it. */
const isWithin = (path: string, outer: string) => path === outer || outer === '' || path.startsWith(`${outer}.`)

function placeOf({ path, key }: Origin, places: ReadonlyMap<string, Place>): readonly Place[] {
  const place = places.get(path)
  if (place === undefined) return []
  const own = key === undefined ? undefined : places.get(key)
  return [own === undefined ? place : { ...place, key: own.value }]
}
