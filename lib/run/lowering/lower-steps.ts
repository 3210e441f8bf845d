/** Lowers consecutive rows steps to operations, from their settings and the facts they requested. */
import type { Claim } from '#relational/operations/choices.ts'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { Facts } from '#relational/measures/facts.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { columnsAfterAll, isAcross } from '#relational/operations/across.ts'
import type { AcrossOp, KeyReference, Op } from '#relational/operations/ops.ts'
import type { Column } from '#relational/types/types.ts'
import { withStep, withPath } from '#core/errors/errors.ts'
import { readJson } from '#io/workspace/json-store.ts'
import { pinState } from '#io/state/state.ts'
import type { RowsBehaviour } from '#steps/kind/behaviour.ts'
import { kindOf } from '#steps/index.ts'
import type { Decision } from '#relational/operations/choices.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import type { Place } from '#steps/kind/step.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { changedAt, figuresOf, withFigures } from './places.ts'

/** A rows step as sent by the machine. */
export interface RowsStep {
  readonly id: string
  readonly type: string
  readonly with: JsonObject
  /** False if its condition did not hold: its rows pass unchanged. */
  readonly active: boolean
  /** The survey whose facts the step uses: its dataset, and the key sets with their repeats. */
  readonly facts: { readonly key: string; readonly survey: string; readonly key_sets: readonly KeySet[] } | null
  /** Surveys inside the step: keys and figures of a rule, if rules before it change them. */
  readonly places?: readonly (Place & { readonly survey: string })[]
  /** Only this many of its first rules. */
  readonly until?: number
}

/** The lowering of one step. */
export interface LoweredStep {
  readonly step: RowsStep
  readonly behaviour: RowsBehaviour
  readonly operations: readonly (Op | AcrossOp)[]
  readonly facts: Facts | undefined
  readonly remembered: Json
  readonly columns_before: readonly Column[]
  readonly columns_after: readonly Column[]
}

export interface LoweredSteps {
  readonly steps: readonly LoweredStep[]
  /** The row operations of all steps, in order. */
  readonly operations: readonly Op[]
  /** Facts about the columns as read, from the first step that has any. */
  readonly facts: Facts | undefined
  readonly decisions: readonly Decision[]
  readonly claims: readonly Claim[]
}

export async function lowerSteps(
  dataset: Pick<DatasetPlan, 'columns'>,
  steps: readonly RowsStep[],
  context: TaskContext,
): Promise<LoweredSteps> {
  let columns: readonly Column[] = dataset.columns.map(({ name, type, untyped }) => ({ name, type, untyped }))
  const lowered: LoweredStep[] = []
  const decisions: Decision[] = []
  const claims: Claim[] = []
  const known = new Map<string, Facts>()
  let before = 0
  for (const step of steps) {
    const facts = step.facts === null ? undefined : (known.get(step.facts.key) ?? (await readJson<Facts>(context.store, step.facts.key)))
    if (step.facts !== null && facts !== undefined) known.set(step.facts.key, facts)
    const behaviour = await behaviourOf(step.type)
    const measured = await figuresOf(step, context)
    const remembered = kindOf(step.type)?.remembers !== undefined ? (await pinState(context, step.id)).value : null
    const { operations, after } = asStep(step.id, () => {
      const operations = step.active
        ? withPath(['with'], () =>
            behaviour.lower(partOf(step), {
              step: step.id,
              columns,
              facts,
              remembered,
              decide: (decision) => decisions.push({ step: step.id, ...decision }),
              emptied: new Set(),
              claim: (rule, column, cells) => claims.push({ step: step.id, rule, column, cells }),
              keySet: (set) => keyReference(step, set, before),
              at(rule, done) {
                const place = step.places?.find((one) => one.rule === rule)
                if (place === undefined) return this
                const changed = changedAt(place, done, columns, facts)
                const reference = (set: KeySet) => keyReference({ id: step.id, facts: place }, set, before + done.length)
                return {
                  ...this,
                  ...(changed.keys ? { keySet: reference } : {}),
                  ...(changed.figures ? { facts: withFigures(facts, measured.get(rule), place) } : {}),
                }
              },
            }),
          )
        : []
      return { operations, after: columnsAfterAll(columns, operations) }
    })
    lowered.push({ step, behaviour, operations, facts, remembered, columns_before: columns, columns_after: after })
    columns = after
    before += operations.filter((operation) => !isAcross(operation)).length
  }
  return {
    steps: lowered,
    operations: lowered.flatMap(({ operations }) => operations.filter((operation): operation is Op => !isAcross(operation))),
    // facts describe the columns as read only if no operation came before
    facts: steps[0]?.facts == null ? undefined : known.get(steps[0].facts.key),
    decisions,
    claims,
  }
}

/** An error while lowering a step is reported with the name of that step, not of the first. */
function asStep<Result>(step: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw withStep(error, step)
  }
}

export async function behaviourOf(type: string): Promise<RowsBehaviour> {
  const kind = kindOf(type)
  if (kind === undefined) throw new Error(`unknown step kind ${type}`)
  return (await kind.load()) as RowsBehaviour
}

/** The repeats that a step, or a rule in it, uses. */
interface ByKeys {
  readonly id: string
  readonly facts: { readonly survey: string; readonly key_sets: readonly KeySet[] } | null
}

/** The settings with only the first rules, if the step is lowered up to one of them. */
const partOf = ({ with: settings, until }: RowsStep): JsonObject =>
  until === undefined ? settings : { ...settings, rules: (settings['rules'] as readonly Json[]).slice(0, until) as Json }

/** Where the repeats of the step's key set are: its survey measured after `after` operations. */
function keyReference(step: ByKeys, set: KeySet, after: number): KeyReference {
  const at = (step.facts?.key_sets ?? []).findIndex((known) => JSON.stringify(known) === JSON.stringify(set))
  if (step.facts === null || at < 0) throw new Error(`step ${step.id} uses a key set that was not surveyed`)
  return { survey: step.facts.survey, set: at, after }
}
