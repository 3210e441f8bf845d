/** Replaces shorthands by the steps they stand for. Places, and the paths that problems show, stay those of the author's file. */
import * as z from 'zod'
import { id } from '../atoms.ts'
import { isMapping } from '../build-values.ts'
import { type CheckContext, checkShape } from '../check-shape.ts'
import { withArticle } from '../describe-schema.ts'
import { arrangedContext } from '../dialects/normalise.ts'
import { type Arranged, constant, itemsOf, list, mapping, others, type Part, partOf } from '../dialects/parts.ts'
import { reportDependsOn } from '../entries.ts'
import { report } from '../parse-context.ts'
import { parallel } from '../schema.ts'
import { FILE_CHUNKS } from '../scope.ts'
import { shorthandCalled } from './index.ts'
import { foundRows } from './found-rows.ts'
import { looped } from './loop.ts'
import { publishedRows } from './published-rows.ts'
import type { GeneratedStep } from './shorthand.ts'
import { stepFields } from './step-fields.ts'

/** The definition with ordinary steps only. One without shorthands passes unchanged. */
export function expand(context: CheckContext): CheckContext {
  const file: Part = { path: [], value: context.substituted.tree }
  const steps = partOf(file, 'steps')
  const items = itemsOf(steps)
  if (steps === undefined || !items.some(standsForOthers)) return context
  const known = context.problems.length
  const expanded = list(steps, entriesOf(items, context))
  const wrong = context.problems.slice(known).filter(({ level }) => level === 'error')
  return arrangedContext(context, mapping(file, [...others(file, ['steps']), ['steps', expanded]]), wrong)
}

const groupOf = (item: Part): readonly Part[] | undefined => {
  const group = partOf(item, 'parallel')
  return group !== undefined && Array.isArray(group.value) ? itemsOf(group) : undefined
}

/** Whether an entry of the list becomes several: a shorthand, or a group with one or with a group in it. */
const standsForOthers = (item: Part): boolean =>
  groupOf(item)?.some((inner) => groupOf(inner) !== undefined || standsForOthers(inner)) ?? generatedBy(item) !== undefined

const settingsOf = (step: Part): Part => partOf(step, 'with') ?? { path: step.path, value: {} }

/** The steps that a step stands for; undefined if it stands for itself. */
function generatedBy(step: Part, given?: Part): readonly [GeneratedStep, ...GeneratedStep[]] | undefined {
  const type = partOf(step, 'type')?.value
  if (typeof type !== 'string') return undefined
  const settings = given ?? settingsOf(step)
  const shorthand = shorthandCalled(type)
  if (shorthand !== undefined) return shorthand.steps(settings, String(partOf(step, 'id')?.value ?? ''))
  return foundRows(type, settings) ?? publishedRows(type, settings)
}

/** The ids of an entry that others wait for when they wait for all of it. */
function endsOf(item: Part): readonly string[] {
  const group = groupOf(item)
  if (group !== undefined) return group.flatMap(endsOf)
  const own = partOf(item, 'id')?.value
  if (typeof own !== 'string') return []
  const last = generatedBy(item)?.at(-1)
  return [last?.after === true ? `${own}_${last.role}` : own]
}

/** The ids that the id of each replaced group stands for. */
function groupsIn(items: readonly Part[]): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const item of items) {
    const group = groupOf(item)
    if (group === undefined) continue
    const own = partOf(item, 'id')?.value
    if (typeof own === 'string') found.set(own, endsOf(item))
    for (const [name, ends] of groupsIn(group)) found.set(name, ends)
  }
  return found
}

function entriesOf(items: readonly Part[], context: CheckContext): readonly Arranged[] {
  const groups = groupsIn(items.filter((item) => groupOf(item) !== undefined && standsForOthers(item)))
  /** `depends_on` with the steps of replaced groups in place of the groups; `otherwise` where the author wrote none. */
  const dependencies = (item: Part, otherwise: readonly string[] | undefined): Arranged | undefined => {
    const own = partOf(item, 'depends_on')
    if (own === undefined)
      return (
        otherwise &&
        list(
          item,
          otherwise.map((name) => constant(item, name)),
        )
      )
    if (!itemsOf(own).some(({ value }) => groups.has(String(value)))) return own
    return list(
      own,
      itemsOf(own).flatMap((one) => groups.get(String(one.value))?.map((name) => constant(one, name)) ?? [one]),
    )
  }
  const inGroup = (item: Part, before: Arranged | undefined): readonly Arranged[] => {
    const group = groupOf(item)
    if (group !== undefined) {
      checkShape(parallel, item.value, item.path, { subject: 'a group of parallel steps', keys: 'key' }, context)
      return group.flatMap((inner) => {
        if (partOf(inner, 'depends_on') !== undefined) reportDependsOn([...inner.path, 'depends_on'], context)
        return inGroup(inner, before)
      })
    }
    const generated = generatedBy(item)
    if (generated !== undefined) return chain(item, before, context)
    return isMapping(item.value) ? [mapping(item, [...others(item, ['depends_on']), ['depends_on', before]])] : [item]
  }
  return items.flatMap((item, at) => {
    const previous = items[at - 1]
    const replaced = standsForOthers(item)
    // a group that is replaced waits for what is before it explicitly; so does what follows one
    const isExplicit = groupOf(item) !== undefined ? replaced : previous !== undefined && groupOf(previous) !== undefined
    const otherwise =
      isExplicit || (previous !== undefined && groups.size > 0) ? (previous === undefined ? [] : endsOf(previous)) : undefined
    const before = dependencies(item, otherwise)
    if (replaced) return inGroup(item, before)
    return isMapping(item.value) && before !== undefined && partOf(item, 'depends_on') !== before
      ? [mapping(item, [...others(item, ['depends_on']), ['depends_on', before]])]
      : [item]
  })
}

const withId = z.looseObject({ id })

/** The steps of a shorthand, each after the one before. */
function chain(step: Part, before: Arranged | undefined, context: CheckContext): readonly Arranged[] {
  const type = String(partOf(step, 'type')?.value)
  const subject = `${withArticle(type)} step`
  if (isMapping(step.value)) checkShape(withId, step.value, step.path, { subject, keys: 'key' }, context)
  checkSettings(step, type, subject, context)
  const overFiles = shorthandCalled(type) !== undefined && !isOverChunks(step)
  const loop = overFiles ? looped(step, settingsOf(step), context) : undefined
  const generated = generatedBy(step, loop?.settings) ?? []
  const own = partOf(step, 'id') ?? constant(step, `unnamed_${step.path.join('_')}`)
  const main = generated.findLastIndex(({ after }) => after !== true)
  const idAt = (at: number) => constant(own, at === main ? String(own.value) : `${String(own.value)}_${generated[at]?.role}`)
  return generated.map((one, at) =>
    mapping(step, [
      ['id', idAt(at)],
      ['type', constant(partOf(step, 'type') ?? step, one.type)],
      ['depends_on', at === 0 ? before : list(step, [idAt(at - 1)])],
      ...stepFields(step, generated, at, { main, loop }),
      ['with', one.with],
    ]),
  )
}

function checkSettings(step: Part, type: string, subject: string, context: CheckContext): void {
  const shorthand = shorthandCalled(type)
  if (shorthand === undefined) return
  const settings = settingsOf(step)
  checkShape(shorthand.config, settings.value, settings.path, { subject, keys: 'setting' }, context)
  for (const { code, path, what, hint, level } of isMapping(settings.value) ? (shorthand.problems?.(settings) ?? []) : [])
    report(context, code, path, { what, hint }, { level })
}

/** Whether a step loops over the chunks of the rows that it reads: its main step does then, and no file is an item. */
function isOverChunks(step: Part): boolean {
  const foreach = partOf(partOf(step, 'loop'), 'foreach')?.value
  return typeof foreach === 'string' && new RegExp(`^\\s*\\{\\{\\s*${FILE_CHUNKS}\\s*\\}\\}\\s*$`).test(foreach)
}
