/** Trigger rules: which failed and skipped units decide whether a unit runs. */
import type { Step } from '#language/definition/definition.ts'
import { mayFail } from './assemble/variables.ts'
import type { Ordered } from './order.ts'
import { conditionOf, type Guard, stepsOf, type Unit } from './plan.ts'

/**
 * The units with their guards, if a step has a trigger rule. Then no error ends the run at once: every unit runs whose rule holds. A unit that did
 * not run because of a failure counts as failed for the units that depend on it.
 */
export function withRules(stages: readonly (readonly Unit[])[], { dependencies }: Pick<Ordered, 'dependencies'>) {
  const units = stages.flat()
  if (!units.some((unit) => ruleOf(unit) !== undefined)) return stages
  const byStep = new Map(units.flatMap((unit) => stepsOf(unit).map(({ id }) => [id, unit] as const)))
  const byId = new Map(units.map((unit) => [unit.id, unit]))
  const before = (unit: Unit): readonly Unit[] => {
    const steps = stepsOf(unit).flatMap(({ id }) => [...(dependencies.get(id) ?? [])].flatMap((other) => byStep.get(other) ?? []))
    const rows = 'reads' in unit ? (byId.get(unit.reads) ?? []) : []
    return [...new Set([...steps, rows].flat())].filter((other) => other.id !== unit.id)
  }

  const blocking = new Map<string, readonly string[]>()
  /** The units of which each keeps the unit from running if it fails. */
  function blockersOf(unit: Unit): readonly string[] {
    const known = blocking.get(unit.id)
    if (known !== undefined) return known
    const rule = ruleOf(unit)
    const found = rule === 'all_done' || rule === 'one_failed' ? [] : failuresOf(before(unit))
    blocking.set(unit.id, found)
    return found
  }
  /** The units of which each means, if it fails, that one of these has failed or did not run. */
  const failuresOf = (others: readonly Unit[]): readonly string[] => [
    ...new Set(others.flatMap((other) => [...(mayFail(other) ? [] : [other.id]), ...blockersOf(other)])),
  ]

  function guardOf(unit: Unit): Guard | undefined {
    const others = before(unit)
    const rule = ruleOf(unit)
    const allowed = others.filter(mayFail).map(({ id }) => id)
    if (rule === 'one_failed') return { any: [...failuresOf(others), ...allowed] }
    const none = [...blockersOf(unit), ...(rule === 'all_success' || rule === 'none_failed' ? allowed : [])]
    const unskipped = rule === 'all_success' ? others.map(({ id }) => id) : []
    return none.length + unskipped.length === 0 ? undefined : { none, unskipped }
  }

  /** Whether a condition or a guard, of its own or of the scan whose rows it reads, may skip the unit. */
  const maySkip = (unit: Unit | undefined): boolean =>
    unit !== undefined &&
    (guards.get(unit.id) !== undefined || conditionOf(unit) !== undefined || ('reads' in unit && maySkip(byId.get(unit.reads))))
  const guards = new Map(units.map((unit) => [unit.id, guardOf(unit)] as const))
  const ruled = (unit: Unit): Unit => {
    const guard = guards.get(unit.id)
    const unskipped = guard === undefined || 'any' in guard ? [] : guard.unskipped.filter((id) => maySkip(byId.get(id)))
    const own = guard === undefined || 'any' in guard ? guard : { ...guard, unskipped }
    return { ...unit, caught: true, ...(own === undefined ? {} : { guard: own }), ...(maySkip(unit) ? { marked: true } : {}) }
  }
  return stages.map((stage) => stage.map(ruled))
}

/** Only a step that sees no rows has a rule, and it is a unit of its own. */
const ruleOf = (unit: Unit): Step['trigger_rule'] => ('step' in unit ? unit.step.trigger_rule : undefined)
