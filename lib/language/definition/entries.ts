/** The steps of a definition, each held against the language and against its kind, as far as that goes one by one. */
import type { Json, JsonObject } from '#core/json.ts'
import { kindOf, STEP_KINDS } from '#steps/index.ts'
import type { StepKind } from '#steps/kind/step.ts'
import { nearest } from '#core/text/nearest.ts'
import { isMapping } from './build-values.ts'
import { type CheckContext, checkShape } from './check-shape.ts'
import { type Path, report } from './parse-context.ts'
import { id } from './atoms.ts'
import { MAX_STEPS, parallel, type StepFields, step } from './schema.ts'
import { unknownKey } from './unknown-key.ts'
import { withArticle } from './describe-schema.ts'
import { shown } from '#language/inputs/shown.ts'

export interface StepEntry {
  readonly path: Path
  /** The id as it is written, when it is one. */
  readonly id: string | undefined
  /** Undefined when the type is missing or unknown. */
  readonly kind: StepKind | undefined
  /** Undefined when the step, apart from its settings, is not as it must be. */
  readonly fields: StepFields | undefined
  /** The settings as the kind types them, with defaults; undefined when they are not as they must be. */
  readonly settings: JsonObject | undefined
  /** Whether the step has a loop, or a key that may be meant as one. */
  readonly mayLoop: boolean
  readonly group: GroupEntry | undefined
}

export interface GroupEntry {
  readonly path: Path
  readonly id: string | undefined
  readonly depends_on: readonly string[] | undefined
  /** Whether the group, apart from its steps, is as it must be. */
  readonly sound: boolean
  readonly steps: readonly StepEntry[]
}

export type ListEntry = { readonly step: StepEntry } | { readonly group: GroupEntry }

export function readEntries(list: Json | undefined, checking: CheckContext): ListEntry[] {
  if (!Array.isArray(list) || list.length > MAX_STEPS) return []
  return (list as readonly Json[]).map((item, at): ListEntry => {
    const path = ['steps', at]
    return isGroup(item) ? { group: readGroup(item, path, checking) } : { step: readStep(item, path, checking, undefined) }
  })
}

/** All steps, those of groups included, in the order they are written. */
export function allSteps(entries: readonly ListEntry[]): StepEntry[] {
  return entries.flatMap((entry) => ('group' in entry ? entry.group.steps : [entry.step]))
}

function isGroup(item: Json): item is JsonObject {
  if (!isMapping(item)) return false
  return (
    'parallel' in item || (!('type' in item) && Object.keys(item).some((key) => unknownKey(key, ['parallel'], {}).meant === 'parallel'))
  )
}

function readGroup(item: JsonObject, path: Path, checking: CheckContext): GroupEntry {
  const fields = checkShape(parallel, item, path, { subject: 'a group of parallel steps', keys: 'key' }, checking)
  const list = item['parallel']
  const group = { path, id: usableId(item), depends_on: fields?.depends_on, sound: fields !== undefined, steps: [] as StepEntry[] }
  if (!Array.isArray(list)) return group
  for (const [at, inner] of (list as readonly Json[]).entries()) {
    const place = [...path, 'parallel', at]
    if (isGroup(inner)) {
      report(checking.reading, 'nested-parallel', place, {
        what: 'a group of parallel steps stands within another',
        hint: 'put its steps into the outer group, or after it',
      })
      continue
    }
    if (isMapping(inner) && inner['depends_on'] !== undefined) {
      report(
        checking.reading,
        'parallel-depends-on',
        [...place, 'depends_on'],
        {
          what: 'the steps of a parallel group start together, so one cannot wait by itself',
          hint: 'put `depends_on` beside `parallel`, or take the step out of the group',
        },
        { at: 'key' },
      )
    }
    group.steps.push(readStep(inner, place, checking, group))
  }
  return group
}

function readStep(item: Json, path: Path, checking: CheckContext, group: GroupEntry | undefined): StepEntry {
  if (!isMapping(item)) {
    report(checking.reading, 'wrong-type', path, { what: `a step is ${shown(item)}`, hint: 'write a mapping with `id`, `type` and `with`' })
    return { path, id: undefined, kind: undefined, fields: undefined, settings: undefined, mayLoop: false, group }
  }
  const type = item['type']
  const kind = typeof type === 'string' ? kindOf(type) : undefined
  const subject = kind === undefined ? 'a step' : `${withArticle(kind.kind)} step`
  const fields = checkShape(step, item, path, { subject, keys: 'key' }, checking)
  if (typeof type === 'string' && kind === undefined) reportType(type, [...path, 'type'], checking)
  const mayLoop = Object.keys(item).some((key) => key === 'loop' || unknownKey(key, ['loop'], {}).meant === 'loop')
  return {
    path,
    id: usableId(item),
    kind,
    fields,
    settings: kind && readSettings(kind, item, path, fields !== undefined, checking),
    mayLoop,
    group,
  }
}

function usableId(item: JsonObject): string | undefined {
  return id.safeParse(item['id']).success ? (item['id'] as string) : undefined
}

function reportType(type: string, path: Path, checking: CheckContext): void {
  const names = STEP_KINDS.map((kind) => kind.kind)
  const meant = nearest(type, names)
  report(checking.reading, 'unknown-step-type', path, {
    what: `there is no step type \`${type}\``,
    hint: `${meant === undefined ? '' : `did you mean \`${meant}\`? `}allowed: ${names.join(', ')}`,
  })
}

/** Settings that are absent because their key is misspelt are not missed a second time. */
function readSettings(kind: StepKind, item: JsonObject, path: Path, sound: boolean, checking: CheckContext): JsonObject | undefined {
  const given = item['with']
  if (given === undefined && !sound) return undefined
  if (given !== undefined && !isMapping(given)) return undefined
  const place = given === undefined ? path : [...path, 'with']
  return checkSettings(kind, given ?? {}, place, checking)
}

/** The settings of a kind, with defaults; undefined when they are not as they must be. */
export function checkSettings(kind: StepKind, given: JsonObject, path: Path, checking: CheckContext): JsonObject | undefined {
  const settings = checkShape(kind.config, given, path, { subject: `${withArticle(kind.kind)} step`, keys: 'setting' }, checking)
  if (settings === undefined) return undefined
  const mappings = (kind.expressions?.(settings) ?? []).filter((use) => typeof use.text !== 'string')
  for (const { path: below } of mappings) {
    // the form a task is given, which is for tasks only
    report(checking.reading, 'wrong-type', [...path, ...below], {
      what: 'a row expression is a mapping',
      hint: 'write the expression as text',
    })
  }
  if (mappings.length > 0) return undefined
  const problems = kind.check?.(settings) ?? []
  for (const { path: below, what, hint } of problems) report(checking.reading, 'invalid-value', [...path, ...below], { what, hint })
  return problems.length > 0 ? undefined : (settings as JsonObject)
}
