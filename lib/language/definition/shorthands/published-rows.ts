/** A step that works on rows and has a target: the step itself, and an export step behind it. */
import { kindOf } from '#steps/index.ts'
import { mapping, others, type Part, partOf } from '../dialects/parts.ts'
import { jsonSchemaOf } from '../json-schema.ts'
import { publishing, TARGET_KEYS } from './settings.ts'
import type { GeneratedStep } from './shorthand.ts'

/** The settings of a target that a kind of step has beside its own; none for kinds that do not work row by row. */
export function targetSettingsOf(type: string): readonly string[] {
  const kind = kindOf(type)
  if (kind?.shape !== 'rows') return []
  const own = Object.keys(jsonSchemaOf(kind.config).properties ?? {})
  return own.includes('to') ? [] : TARGET_KEYS.filter((key) => !own.includes(key))
}

/** The steps that a step of this type and with these settings stands for; undefined if it stands for itself. */
export function publishedRows(type: string, settings: Part): readonly [GeneratedStep, ...GeneratedStep[]] | undefined {
  // most steps have no target: only then are the settings of the kind of use
  if (partOf(settings, 'to') === undefined) return undefined
  const target = targetSettingsOf(type)
  if (target.length === 0) return undefined
  const beside = TARGET_KEYS.filter((key) => !target.includes(key))
  return [
    { role: 'rows', type, with: mapping(settings, others(settings, target)) },
    ...publishing(
      settings,
      beside.map((key) => [key, undefined] as const),
    ),
  ]
}
