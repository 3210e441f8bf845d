/** Checks a part of the tree against its schema: returns the typed value, or reports problems at their places. */
import { isMapping } from './build-values.ts'
import type * as z from 'zod'
import type { Json } from '#core/json.ts'
import type { Substituted } from './config.ts'
import { type About, explain, type ShapeProblem } from './explain.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { type Path, pathText, type ParseContext, report, writtenKey } from './parse-context.ts'
import { shown } from '#language/inputs/shown.ts'

export interface CheckContext extends ParseContext {
  readonly substituted: Substituted
}

/** The value as the schema types it, with defaults; undefined if it does not fit, and the problems are reported. */
export function checkShape<T>(schema: z.ZodType<T>, value: Json, path: Path, subject: About, context: CheckContext): T | undefined {
  const about: About = { ...subject, keyOf: (below) => writtenKey(context, [...path, ...below]) }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = explain(jsonSchemaOf(schema), value, about)
  const retyped = retype(value, problems, path, context.substituted)
  if (retyped !== value) {
    const again = schema.safeParse(retyped)
    if (again.success) return again.data
  }
  const issues = parsed.error.issues as unknown as Issue[]
  const required = ownProblems(issues, value, about).filter((requirement) => !problems.some((problem) => explains(problem, requirement)))
  const found = [...problems, ...required]
  for (const { code, path: below, at, what, hint } of found.length > 0 ? found : issues.map((issue) => rawProblem(issue, value, about))) {
    const place = [...path, ...below]
    if (!isUnknown(place, context)) report(context, code, place, { what, hint }, { at })
  }
  return undefined
}

/** Whether a requirement can be unmet only because of another problem: at the same place, above, below, or a misspelt key beside it. */
function explains(problem: ShapeProblem, requirement: ShapeProblem): boolean {
  const beside = problem.at === 'key' && isWithin(requirement.path, problem.path.slice(0, -1))
  return beside || isWithin(problem.path, requirement.path) || isWithin(requirement.path, problem.path)
}

/** Whether a path is another path, or below it. */
const isWithin = (path: Path, outer: Path) => outer.every((step, at) => path[at] === step)

/** A value that is unknown or could not be read has been reported; it cannot be checked. */
const isUnknown = (place: Path, { unreadable, substituted }: CheckContext) =>
  unreadable.has(pathText(place)) || substituted.unknown.has(pathText(place))

/** Converts texts from the environment that should be numbers or booleans. */
function retype(value: Json, problems: readonly ShapeProblem[], path: Path, substituted: Substituted): Json {
  return problems.reduce<Json>((tree, problem) => {
    if (problem.code !== 'wrong-type' || !substituted.fromEnvironment.has(pathText([...path, ...problem.path]))) return tree
    return replaceAt(tree, problem.path, (text) =>
      /^-?\d+(\.\d+)?$/.test(String(text)) ? Number(text) : text === 'true' ? true : text === 'false' ? false : text,
    )
  }, value)
}

/** What is at the path; undefined where nothing is. */
export const valueAt = (tree: Json, path: Path): Json | undefined =>
  path.reduce<Json | undefined>((at, step) => (at as Record<string | number, Json> | null | undefined)?.[step], tree)

/** The value with the part at the path changed; the value itself where nothing is at the path. */
export function replaceAt(tree: Json, path: Path, change: (value: Json) => Json): Json {
  const [step, ...rest] = path
  if (step === undefined) return change(tree)
  if (Array.isArray(tree)) return tree.map((item: Json, at) => (at === step ? replaceAt(item, rest, change) : item))
  if (!isMapping(tree)) return tree
  return Object.fromEntries(Object.entries(tree).map(([key, entry]) => [key, key === step ? replaceAt(entry, rest, change) : entry]))
}

interface Issue {
  readonly code: string
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly errors?: readonly (readonly Issue[])[]
}

/** Requirements that a schema checks by its own functions, with messages for the author. */
function ownProblems(issues: readonly Issue[], value: Json, about: About): ShapeProblem[] {
  return issues.flatMap((issue): ShapeProblem[] => {
    const branch = issue.errors?.find((errors) => errors.length > 0 && errors.every((error) => error.code === 'custom'))
    if (branch !== undefined)
      return ownProblems(
        branch.map((error) => ({ ...error, path: [...issue.path, ...error.path] })),
        value,
        about,
      )
    return issue.code === 'custom' ? [rawProblem(issue, value, about)] : []
  })
}

/** An issue as zod reports it; the message of the schema becomes the hint. */
function rawProblem({ path, message }: Issue, value: Json, about: About): ShapeProblem {
  const key = path.at(-1)
  const named = (at: Path) => (typeof at.at(-1) === 'string' ? (about.keyOf?.(at) ?? at.at(-1)) : about.subject)
  const item = typeof key === 'number' ? `item ${key + 1} of \`${named(path.slice(0, -1))}\`` : `\`${named(path)}\``
  const given = path.reduce<Json | undefined>((at, step) => (at as Record<string | number, Json> | null | undefined)?.[step], value)
  return { code: 'invalid-value', path, at: 'value', what: `${key === undefined ? about.subject : item} is ${shown(given)}`, hint: message }
}
