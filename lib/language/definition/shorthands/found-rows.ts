/** A step that looks for what is new and names a source: a discover step that reads it, and the step itself. */
import { kindOf } from '#steps/index.ts'
import { mapping, others, type Part, partOf } from '../dialects/parts.ts'
import { jsonSchemaOf } from '../json-schema.ts'
import type { GeneratedStep } from './shorthand.ts'

const SOURCE = 'source'

/** Whether steps of this type may name their source: they pass on only some rows, and have no setting of that name themselves. */
function mayNameSource(type: string): boolean {
  const kind = kindOf(type)
  return kind?.usesMark === true && !Object.keys(jsonSchemaOf(kind.config).properties ?? {}).includes(SOURCE)
}

/** The steps that a step of this type and with these settings stands for; undefined if it stands for itself. */
export function foundRows(type: string, settings: Part): readonly [GeneratedStep, ...GeneratedStep[]] | undefined {
  const source = partOf(settings, SOURCE)
  if (source === undefined || !mayNameSource(type)) return undefined
  return [
    { role: 'find', type: 'discover', with: mapping(settings, [[SOURCE, source]]) },
    { role: 'rows', type, with: mapping(settings, others(settings, [SOURCE])) },
  ]
}
