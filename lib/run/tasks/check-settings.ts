/** Checks the settings of a step against its kind, after their references are resolved. */
import { explain } from '#language/definition/explain.ts'
import { jsonSchemaOf } from '#language/definition/json-schema.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'
import { kindOf } from '#steps/index.ts'

export interface ResolvedStep {
  readonly id: string
  readonly type: string
  readonly with: JsonObject
}

/** Throws Definition.InvalidSetting with all invalid settings. */
export function checkSettings(step: ResolvedStep): void {
  const problem = problemOf(step)
  if (problem !== undefined) throw problem
}

/** The invalid settings of the steps of a task; undefined if there are none. */
export function invalidSetting(step: string, settings: JsonObject): TaskError | undefined {
  const { steps, prefix, sink } = settings as { steps?: Json; prefix?: Json; sink?: Json }
  const listed = [steps, prefix].flatMap((list) => (Array.isArray(list) ? list : []))
  const candidates = [{ id: step, ...settings }, sink, ...listed] as unknown as (Partial<ResolvedStep> | null | undefined)[]
  for (const candidate of candidates) {
    if (candidate?.id === undefined || candidate.type === undefined || candidate.with === undefined) continue
    const problem = problemOf(candidate as ResolvedStep)
    if (problem !== undefined) return problem
  }
  return undefined
}

function problemOf({ id, type, with: settings }: ResolvedStep): TaskError | undefined {
  const kind = kindOf(type)
  if (kind === undefined) throw new Error(`unknown step kind ${type}`)
  const parsed = kind.config.safeParse(settings)
  const problems = parsed.success
    ? (kind.check?.(parsed.data) ?? [])
    : explain(jsonSchemaOf(kind.config), asWritten(settings), { subject: `the settings of ${id}`, keys: 'setting' })
  if (parsed.success && problems.length === 0) return undefined
  const what = problems.map((problem) => problem.what).join('; ')
  const [first] = problems
  const hints = [...new Set(problems.map(({ hint }) => hint))].join('; ')
  return new TaskError('Definition.InvalidSetting', what === '' ? 'its settings do not fit' : what, {
    step: id,
    ...(hints === '' ? {} : { hint: hints }),
    path: ['with', ...(first?.path ?? [])].join('.'),
    ...(parsed.success ? {} : { cause: parsed.error }),
  })
}

/** Row expressions and files as authors write them. */
function asWritten(value: Json): Json {
  if (Array.isArray(value)) return value.map(asWritten)
  if (value === null || typeof value !== 'object') return value
  const keys = Object.keys(value)
  const { $asset: file } = value as { $asset?: JsonObject }
  if (typeof file?.['path'] === 'string') return file['path']
  const { expression } = value as { expression?: Json }
  if (keys.length === 2 && typeof expression === 'string' && keys.includes('parameters')) return expression
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asWritten(entry as Json)]))
}
