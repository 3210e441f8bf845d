/** Reads the steps of a definition and checks each against the language and its kind. */
import type { Json, JsonObject } from '#core/json.ts'
import { kindOf, STEP_KINDS } from '#steps/index.ts'
import type { Shape, StepKind } from '#steps/kind/step.ts'
import { nearest } from '#core/text/nearest.ts'
import { isMapping } from './build-values.ts'
import { type CheckContext, checkShape } from './check-shape.ts'
import { type Path, pathText, report } from './parse-context.ts'
import { id } from './atoms.ts'
import { MAX_STEPS, parallel, type StepFields, step } from './schema.ts'
import { unknownKey } from './unknown-key.ts'
import { withArticle } from './describe-schema.ts'
import { shown } from '#language/inputs/shown.ts'
import { SHORTHANDS } from './shorthands/index.ts'

export interface StepEntry {
  readonly path: Path
  /** The id as written, if it is valid. */
  readonly id: string | undefined
  /** Undefined if the type is missing or unknown. */
  readonly kind: StepKind | undefined
  /** Undefined if the step is invalid apart from its settings. */
  readonly fields: StepFields | undefined
  /** The settings as the kind types them, with defaults; undefined if they are invalid. */
  readonly settings: JsonObject | undefined
  /** Whether the step has a loop, or a misspelt key that can mean one. */
  readonly mayLoop: boolean
  readonly group: GroupEntry | undefined
}

export interface GroupEntry {
  readonly path: Path
  readonly id: string | undefined
  readonly depends_on: readonly string[] | undefined
  /** Whether the group is valid apart from its steps. */
  readonly valid: boolean
  readonly steps: readonly StepEntry[]
}

export type ListEntry = { readonly step: StepEntry } | { readonly group: GroupEntry }

/** `mark` is `state.high_water_mark`: settings of the steps that use it. */
export function readEntries(list: Json | undefined, mark: JsonObject, context: CheckContext): ListEntry[] {
  if (!Array.isArray(list) || list.length > MAX_STEPS) return []
  return (list as readonly Json[]).map((item, at): ListEntry => {
    const path = ['steps', at]
    return isGroup(item) ? { group: readGroup(item, path, mark, context) } : { step: readStep(item, path, mark, context, undefined) }
  })
}

/** All steps, including those of groups, in the order written. */
export function allSteps(entries: readonly ListEntry[]): StepEntry[] {
  return entries.flatMap((entry) => ('group' in entry ? entry.group.steps : [entry.step]))
}

/** Shapes of steps that see no rows, and the kinds that have them. */
export const SEE_NO_ROWS: readonly Shape[] = ['control', 'call']
export const KINDS_WITHOUT_ROWS: readonly string[] = STEP_KINDS.filter(({ shape }) => SEE_NO_ROWS.includes(shape)).map(({ kind }) => kind)

/** Keys of a definition that hold steps for the end of a run. */
export const ENDINGS = ['on_failure', 'finally'] as const
export type Ending = (typeof ENDINGS)[number]

/** The steps for the end of a run, in order. */
export function readEndings(given: JsonObject, context: CheckContext): { readonly [Key in Ending]: readonly StepEntry[] } {
  const stepsIn = (key: Ending): readonly StepEntry[] => {
    const value = given[key]
    const items = Array.isArray(value)
      ? (value as readonly Json[]).map((item, at) => [item, [key, at]] as const)
      : [[value, [key]] as const]
    return items.flatMap(([item, path]) => {
      if (item === undefined || (path.length === 1 && !isMapping(item))) return []
      const entry = readStep(item, path, {}, context, undefined)
      for (const own of ['depends_on', 'trigger_rule'].filter((name) => isMapping(item) && item[name] !== undefined)) {
        report(
          context,
          'invalid-value',
          [...path, own],
          { what: `the steps of \`${key}\` run one after the other, whatever became of the others`, hint: `remove \`${own}\`` },
          { at: 'key' },
        )
      }
      if (entry.kind !== undefined && !SEE_NO_ROWS.includes(entry.kind.shape)) {
        report(context, 'invalid-value', [...path, 'type'], {
          what: `${withArticle(entry.kind.kind)} step works on rows, and \`${key}\` has none`,
          hint: `allowed: ${KINDS_WITHOUT_ROWS.join(', ')}`,
        })
      }
      return [entry]
    })
  }
  return { on_failure: stepsIn('on_failure'), finally: stepsIn('finally') }
}

function isGroup(item: Json): item is JsonObject {
  if (!isMapping(item)) return false
  return (
    'parallel' in item || (!('type' in item) && Object.keys(item).some((key) => unknownKey(key, ['parallel'], {}).meant === 'parallel'))
  )
}

function readGroup(item: JsonObject, path: Path, mark: JsonObject, context: CheckContext): GroupEntry {
  const fields = checkShape(parallel, item, path, { subject: 'a group of parallel steps', keys: 'key' }, context)
  const list = item['parallel']
  const group = { path, id: usableId(item), depends_on: fields?.depends_on, valid: fields !== undefined, steps: [] as StepEntry[] }
  if (!Array.isArray(list)) return group
  for (const [at, inner] of (list as readonly Json[]).entries()) {
    const place = [...path, 'parallel', at]
    if (isMapping(inner) && inner['depends_on'] !== undefined) reportDependsOn([...place, 'depends_on'], context)
    group.steps.push(readStep(inner, place, mark, context, group))
  }
  return group
}

/** Reports `depends_on` of a step in a group. */
export function reportDependsOn(path: Path, context: CheckContext): void {
  const what = 'a step in a parallel group cannot have `depends_on`, because the steps start together'
  const hint = 'move `depends_on` to the group, or the step out of the group'
  report(context, 'parallel-depends-on', path, { what, hint }, { at: 'key' })
}

function readStep(item: Json, path: Path, mark: JsonObject, context: CheckContext, group: GroupEntry | undefined): StepEntry {
  if (!isMapping(item)) {
    report(context, 'wrong-type', path, { what: `a step is ${shown(item)}`, hint: 'write a mapping with `id`, `type` and `with`' })
    return { path, id: undefined, kind: undefined, fields: undefined, settings: undefined, mayLoop: false, group }
  }
  const type = item['type']
  const kind = typeof type === 'string' ? kindOf(type) : undefined
  const subject = kind === undefined ? 'a step' : `${withArticle(kind.kind)} step`
  // a part that could not be read has been reported, and can be what the step does
  const isIdle = doesNothing(item) && !context.unreadable.has(pathText(path))
  if (isIdle) report(context, 'missing-key', path, IDLE)
  const fields = checkShape(step, isIdle ? { ...item, type: '' } : item, path, { subject, keys: 'key' }, context)
  if (kind?.unwritten === true) reportUnwritten(item, path, context)
  if (typeof type === 'string' && kind === undefined) reportType(type, [...path, 'type'], context)
  const mayLoop = Object.keys(item).some((key) => key === 'loop' || unknownKey(key, ['loop'], {}).meant === 'loop')
  return {
    path,
    id: usableId(item),
    kind,
    fields,
    settings: kind && readSettings(kind, item, path, fields, mark, context),
    mayLoop,
    group,
  }
}

/** Keys that say nothing of what a step does. */
const ABOUT: readonly string[] = ['id', 'name', 'description', 'depends_on']
const IDLE = {
  what: 'the step does nothing: it has no `type`',
  hint: 'add `type`, or `run` with commands; write `todo: true` for a step that is not written yet',
}

/** Whether a step says what it is called, and not what it does. */
const doesNothing = (item: JsonObject) => Object.keys(item).every((key) => ABOUT.includes(key))

function reportUnwritten(item: JsonObject, path: Path, context: CheckContext): void {
  const hint = 'write it: give it a `type` in place of `todo`; until then runs skip it'
  const what = `the step \`${String(item['name'] ?? item['id'])}\` is not written yet`
  report(context, 'not-written-yet', path, { what, hint }, { level: 'warning' })
}

function usableId(item: JsonObject): string | undefined {
  return id.safeParse(item['id']).success ? (item['id'] as string) : undefined
}

function reportType(type: string, path: Path, context: CheckContext): void {
  const names = [...STEP_KINDS, ...SHORTHANDS].map(({ kind }) => kind)
  const meant = nearest(type, names)
  report(context, 'unknown-step-type', path, {
    what: `unknown step type \`${type}\``,
    hint: `${meant === undefined ? '' : `did you mean \`${meant}\`? `}allowed: ${names.join(', ')}`,
  })
}

/** Settings that are absent because their key is misspelt are not reported again. */
function readSettings(
  kind: StepKind,
  item: JsonObject,
  path: Path,
  fields: StepFields | undefined,
  mark: JsonObject,
  context: CheckContext,
): JsonObject | undefined {
  const given = item['with']
  if (given === undefined && fields === undefined) return undefined
  if (given !== undefined && !isMapping(given)) return undefined
  const place = given === undefined ? path : [...path, 'with']
  const settings = checkSettings(kind, { ...(kind.usesMark === true ? mark : {}), ...given }, place, context)
  const wrong = settings === undefined ? [] : (kind.checkAsWritten?.(settings) ?? [])
  for (const { path: below, what, hint } of wrong) report(context, 'invalid-value', [...place, ...below], { what, hint })
  if (wrong.length > 0) return undefined
  return settings === undefined || fields?.on_error?.rows !== 'quarantine' || kind.intoQuarantine === undefined
    ? settings
    : (kind.intoQuarantine(settings) as JsonObject)
}

/** The settings of a kind, with defaults; undefined if they are invalid. */
export function checkSettings(kind: StepKind, given: JsonObject, path: Path, context: CheckContext): JsonObject | undefined {
  const settings = checkShape(kind.config, given, path, { subject: `${withArticle(kind.kind)} step`, keys: 'setting' }, context)
  if (settings === undefined) return undefined
  const mappings = (kind.expressions?.(settings) ?? []).filter((use) => typeof use.text !== 'string')
  for (const { path: below } of mappings) {
    // the compiled form is for tasks only
    report(context, 'wrong-type', [...path, ...below], {
      what: 'a row expression is a mapping',
      hint: 'use text',
    })
  }
  if (mappings.length > 0) return undefined
  const problems = kind.check?.(settings) ?? []
  for (const { path: below, what, hint } of problems) report(context, 'invalid-value', [...path, ...below], { what, hint })
  return problems.length > 0 ? undefined : (settings as JsonObject)
}
