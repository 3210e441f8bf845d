/** Holds a part of the tree against its schema: the typed value, or problems at their places. */
import type * as z from 'zod'
import type { Json } from '#core/json.ts'
import type { Substituted } from './config.ts'
import { type About, explain, type Fault } from './explain.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { type Path, pathText, type Reading, report } from './reading.ts'
import { shown } from '#language/inputs/shown.ts'

export interface Checking {
  readonly reading: Reading
  readonly substituted: Substituted
}

/** The value as the schema types it, with its defaults; undefined when it does not fit, and then the problems say why. */
export function checkShape<T>(schema: z.ZodType<T>, value: Json, path: Path, about: About, checking: Checking): T | undefined {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = explain(jsonSchemaOf(schema), value, about)
  const retyped = retype(value, faults, path, checking.substituted)
  if (retyped !== value) {
    const again = schema.safeParse(retyped)
    if (again.success) return again.data
  }
  const issues = parsed.error.issues as unknown as Issue[]
  const demands = ownFaults(issues, value, about).filter((demand) => !faults.some((fault) => explains(fault, demand)))
  const told = [...faults, ...demands]
  for (const { code, path: below, at, what, hint } of told.length > 0 ? told : issues.map((issue) => rawFault(issue, value, about))) {
    const place = [...path, ...below]
    if (!isUnknown(place, checking)) report(checking.reading, code, place, { what, hint }, { at })
  }
  return undefined
}

/** Whether a demand may be unmet only because of a fault: at the same place, above, below, or a key misspelt beside it. */
function explains(fault: Fault, demand: Fault): boolean {
  const beside = fault.at === 'key' && isWithin(demand.path, fault.path.slice(0, -1))
  return beside || isWithin(fault.path, demand.path) || isWithin(demand.path, fault.path)
}

/** Whether a path is another, or below it. */
const isWithin = (path: Path, outer: Path) => outer.every((step, at) => path[at] === step)

/** A value that is not known, or could not be read, has been reported; what it would be cannot be judged. */
const isUnknown = (place: Path, { reading, substituted }: Checking) =>
  reading.unreadable.has(pathText(place)) || substituted.unknown.has(pathText(place))

/** Texts from the environment that should be numbers or yes or no, as such. */
function retype(value: Json, faults: readonly Fault[], path: Path, substituted: Substituted): Json {
  return faults.reduce<Json>((tree, fault) => {
    if (fault.code !== 'wrong-type' || !substituted.fromEnvironment.has(pathText([...path, ...fault.path]))) return tree
    return replaceAt(tree, fault.path, (text) =>
      /^-?\d+(\.\d+)?$/.test(String(text)) ? Number(text) : text === 'true' ? true : text === 'false' ? false : text,
    )
  }, value)
}

function replaceAt(tree: Json, path: Path, change: (value: Json) => Json): Json {
  const [step, ...rest] = path
  if (step === undefined) return change(tree)
  if (Array.isArray(tree)) return tree.map((item, at) => (at === step ? replaceAt(item, rest, change) : item))
  return Object.fromEntries(
    Object.entries(tree as object).map(([key, entry]) => [key, key === step ? replaceAt(entry, rest, change) : entry]),
  )
}

interface Issue {
  readonly code: string
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly errors?: readonly (readonly Issue[])[]
}

/** Demands a schema makes by a function of its own; their messages are written for people by whoever wrote the schema. */
function ownFaults(issues: readonly Issue[], value: Json, about: About): Fault[] {
  return issues.flatMap((issue): Fault[] => {
    const branch = issue.errors?.find((errors) => errors.length > 0 && errors.every((error) => error.code === 'custom'))
    if (branch !== undefined)
      return ownFaults(
        branch.map((error) => ({ ...error, path: [...issue.path, ...error.path] })),
        value,
        about,
      )
    return issue.code === 'custom' ? [rawFault(issue, value, about)] : []
  })
}

/** An issue as it is; what the schema says of itself is told in the hint. */
function rawFault({ path, message }: Issue, value: Json, about: About): Fault {
  const key = path.at(-1)
  const item = typeof key === 'number' ? `item ${key + 1} of \`${String(path.at(-2) ?? about.subject)}\`` : `\`${key}\``
  const given = path.reduce<Json | undefined>((at, step) => (at as Record<string | number, Json> | null | undefined)?.[step], value)
  return { code: 'invalid-value', path, at: 'value', what: `${key === undefined ? about.subject : item} is ${shown(given)}`, hint: message }
}
