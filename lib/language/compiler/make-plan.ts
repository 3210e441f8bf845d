/** Makes a plan from a definition: which step reads which dataset, which steps share a pass, what is surveyed when. Pure. */
import { type Definition, pipelineFacts, type Step } from '#language/definition/definition.ts'
import { kindOf } from '#steps/index.ts'
import { allNeeds, NO_NEEDS, type Needs } from '#steps/kind/lower-context.ts'
import { type KeySet, WHOLE_ROW } from '#relational/operations/key-set.ts'
import type { Shape, StepKind } from '#steps/kind/step.ts'
import { type CheckedColumns, checkColumns } from './check-columns.ts'
import { fallbacksOf } from './fallback-steps.ts'
import { endFallbacks, endingsOf } from './plan-endings.ts'
import { type PlanProblem, unsupported } from './problems.ts'
import { type Ordered, order } from './order.ts'
import { placeSurveys } from './place-surveys.ts'
import { stagesOf } from './stages.ts'
import { withRules } from './trigger-rules.ts'
import type { AssessUnit, Plan, SegmentStepPlan, SegmentUnit, Survey, SurveyReference, Unit } from './plan.ts'

/** `columns`: what is known of the columns that come into each step. */
export type Planned =
  | { readonly ok: true; readonly plan: Plan; readonly columns: CheckedColumns['before'] }
  | { readonly ok: false; readonly problems: readonly PlanProblem[] }

interface Planning extends Ordered {
  readonly byId: ReadonlyMap<string, Step>
  readonly shapes: ReadonlyMap<string, Shape>
  /** Maps a step to the step whose rows it reads. */
  readonly parents: ReadonlyMap<string, string>
}

export function makePlan(definition: Definition): Planned {
  const ordered = order(definition)
  const byId = new Map(ordered.steps.map((step) => [step.id, step]))
  const shapes = new Map(ordered.steps.map((step) => [step.id, shapeOf(step)]))
  const problems: PlanProblem[] = []
  const parents = findParents(ordered, shapes, problems)
  problems.push(...unsupported(ordered.steps, shapes))
  // columns are unknown as long as it is ambiguous whose rows a step reads
  const checked = problems.length === 0 ? checkColumns(ordered.steps, parents) : undefined
  problems.push(...(checked?.problems ?? []))
  if (checked === undefined || problems.length > 0) return { ok: false, problems }
  const planning = { ...ordered, byId, shapes, parents }
  const drafts = groupUnits(planning)
  const units = withSurveys(drafts, planning)
  const { inputs, resources, timeout } = definition
  return {
    ok: true,
    columns: checked.before,
    plan: {
      pipeline: pipelineFacts(definition),
      stages: withRules(stagesOf(units, planning, definition.concurrency.max_parallel_steps ?? Number.POSITIVE_INFINITY), planning),
      fallbacks: byUnit([...fallbackUnits(drafts, planning), ...endFallbacks(definition)]),
      ...endingsOf(definition),
      definition: { inputs, resources, timeout },
      ...noticesOf(definition),
    },
  }
}

function noticesOf({ notifications, monitoring: { min_quality } }: Definition): Pick<Plan, 'notices'> {
  if (Object.keys(notifications).length === 0) return {}
  return { notices: { channels: notifications, ...(min_quality === undefined ? {} : { min_quality }) } }
}

function kind(step: Step): StepKind {
  const found = kindOf(step.type)
  if (found === undefined) throw new Error(`unknown step kind ${step.type}`)
  return found
}

/** The settings, parsed for the functions of the kind; references are unresolved. */
const configOf = (step: Step) => kind(step).config.parse(step.with)

function shapeOf(step: Step): Shape {
  const { shape, shapeOf: byConfig } = kind(step)
  if (byConfig === undefined) return shape
  const shapes = [step, ...fallbacksOf(step)].map((one) => byConfig(configOf(one)))
  // an exchange can do the work of every other shape
  return shapes.find((one) => one === 'exchange') ?? shapes[0] ?? shape
}

const MAKES_ROWS: ReadonlySet<Shape> = new Set(['scan', 'rows', 'exchange', 'own'])
const READS_ROWS: ReadonlySet<Shape> = new Set(['assess', 'rows', 'exchange', 'own', 'sink'])

/** A step reads the rows of the nearest earlier step that makes rows; there must be exactly one. */
function findParents(
  { steps, ancestors }: Ordered,
  shapes: ReadonlyMap<string, Shape>,
  problems: PlanProblem[],
): ReadonlyMap<string, string> {
  const parents = new Map<string, string>()
  for (const step of steps) {
    if (!READS_ROWS.has(shapes.get(step.id) ?? 'control')) continue
    const makers = [...(ancestors.get(step.id) ?? [])].filter((id) => MAKES_ROWS.has(shapes.get(id) ?? 'control'))
    const nearest = makers.filter((id) => !makers.some((other) => ancestors.get(other)?.has(id)))
    const [parent] = nearest
    if (parent === undefined) {
      problems.push({
        code: 'no-data',
        step: step.id,
        what: `a ${step.type} step needs rows, but no step before \`${step.id}\` provides any`,
        hint: 'add a discover step and name it in depends_on',
      })
    } else if (nearest.length > 1) {
      problems.push({
        code: 'ambiguous-dataset',
        step: step.id,
        what: `\`${step.id}\` could read the rows of ${nearest.join(' or of ')}`,
        hint: 'depend on one of them only; to combine datasets, use a join operation',
      })
    } else parents.set(step.id, parent)
  }
  return parents
}

type Draft = { -readonly [Key in keyof Pick<SegmentUnit, 'id' | 'sink' | 'reads'>]: SegmentUnit[Key] } & {
  unit: 'segment'
  members: Step[]
}
type DraftUnit = Exclude<Unit, SegmentUnit> | Draft

/** Groups steps into units, in order; row steps that can share a pass become one segment. */
function groupUnits(planning: Planning): readonly DraftUnit[] {
  const { steps, shapes, parents } = planning
  const units: DraftUnit[] = []
  const unitOf = new Map<string, string>()
  const consumers = (id: string) => [...parents.values()].filter((parent) => parent === id).length
  for (const step of steps) {
    const shape = shapes.get(step.id) ?? 'control'
    const parent = parents.get(step.id)
    const reads = parent === undefined ? '' : (unitOf.get(parent) ?? parent)
    if (shape === 'rows' || shape === 'sink') {
      const segment = units.find((unit): unit is Draft => unit.unit === 'segment' && unit.id === reads)
      if (segment !== undefined && parent !== undefined && consumers(parent) === 1 && mayFuse(step, segment, planning)) {
        if (shape === 'sink') segment.sink = step
        else segment.members.push(step)
        unitOf.set(step.id, segment.id)
        continue
      }
      units.push({ unit: 'segment', id: step.id, members: shape === 'sink' ? [] : [step], sink: shape === 'sink' ? step : null, reads })
    } else if (shape === 'exchange' || shape === 'own') {
      units.push({ unit: shape, id: step.id, step, reads: throughParts(units, step, reads, parent, shapes) })
    } else if (shape === 'assess') units.push({ unit: 'assess', id: step.id, step, reads, facts: null, surveys: [] })
    else if (shape === 'scan') units.push({ unit: shape, id: step.id, step, ...askedOf(step, planning) })
    else units.push({ unit: shape, id: step.id, step })
    unitOf.set(step.id, step.id)
  }
  return units
}

/** What the steps that read the rows of a scan ask of it. */
function askedOf(scan: Step, { steps, parents }: Planning): { readonly asked?: { readonly [setting: string]: string } } {
  const readers = steps.filter(({ id }) => parents.get(id) === scan.id)
  const asked = Object.assign({}, ...readers.map((step) => kind(step).asksOfScan?.(configOf(step)) ?? {})) as { [setting: string]: string }
  return Object.keys(asked).length === 0 ? {} : { asked }
}

/** Operations across rows and code of the author read written parts, not sources: if there are none yet, a segment without steps writes them. */
function throughParts(
  units: DraftUnit[],
  step: Step,
  reads: string,
  parent: string | undefined,
  shapes: ReadonlyMap<string, Shape>,
): string {
  if (parent === undefined || shapes.get(parent) !== 'scan') return reads
  // ids have no `-`, so no step of the author has this name
  const id = `${step.id}-rows`
  units.push({ unit: 'segment', id, members: [], sink: null, reads })
  return id
}

function mayFuse(step: Step, segment: Draft, { ancestors, dependencies, shapes }: Planning): boolean {
  const members = new Set(segment.members.map(({ id }) => id))
  const last = segment.members.at(-1)
  if (last === undefined || segment.sink !== null || !step.fuse || !last.fuse) return false
  // a step that can fail without ending the run, or has fallbacks, cannot share a pass
  if (isFallible(step) || isFallible(last)) return false
  // if a conditional sink is skipped, the rows of the other steps must still be written
  if (step.condition !== undefined && shapes.get(step.id) === 'sink') return false
  // results of the segment's own steps are known only after it
  const { settings, condition } = step.references
  if ([...settings.steps, ...condition.steps].some((id) => members.has(id))) return false
  // no other step may have to run between the segment and this step
  const between = [...(dependencies.get(step.id) ?? [])].filter((id) => !members.has(id))
  return between.every((id) => [...(ancestors.get(id) ?? [])].every((before) => !members.has(before)))
}

/** Whether the run has an alternative if the step fails. */
const isFallible = ({ on_error }: Step) => on_error.continue_on_error || on_error.fallback.length > 0

const needsOf = (step: Step): Needs => kind(step).needs?.(configOf(step)) ?? NO_NEEDS

/** Adds a survey before the first unit that needs its facts; later units that need the same facts reuse it. */
function withSurveys(drafts: readonly DraftUnit[], { ancestors }: Planning): readonly Unit[] {
  const units: Unit[] = []
  // surveys of the source, which later segments can share
  const shared: { survey: Survey; step: Step; reads: string }[] = []
  const wanted = new Map<string, Needs[]>()
  for (const draft of drafts) {
    if (draft.unit === 'assess') {
      const needs = needsOf(draft.step)
      if (!needs.facts) {
        units.push(draft)
        continue
      }
      const survey: Survey = { id: draft.id, reads: draft.reads, prefix: [], key_sets: [], detail: null, uniqueness: 0, place: null }
      shared.push({ survey, step: draft.step, reads: draft.reads })
      wanted.set(survey.id, [needs])
      units.push({ ...draft, facts: { survey: survey.id, key_sets: [] }, surveys: [survey] })
    } else if (draft.unit === 'segment') {
      const steps: SegmentStepPlan[] = []
      const surveys: Survey[] = []
      for (const step of draft.members) {
        const needs = needsOf(step)
        const known =
          steps.length === 0
            ? shared.find(
                ({ step: owner, reads }) =>
                  reads === draft.reads && owner.condition === undefined && !isFallible(owner) && ancestors.get(step.id)?.has(owner.id),
              )
            : undefined
        const survey = !needs.facts
          ? undefined
          : (known?.survey ?? {
              id: step.id,
              reads: draft.reads,
              prefix: [...steps],
              key_sets: [],
              detail: null,
              uniqueness: 0,
              place: null,
            })
        if (survey !== undefined && known === undefined) surveys.push(survey)
        if (survey !== undefined) wanted.set(survey.id, [...(wanted.get(survey.id) ?? []), needs])
        const found = { step, facts: survey === undefined ? null : { survey: survey.id, key_sets: [] } }
        const { places, inner } = placeSurveys(found, kind(step).places?.(configOf(step)) ?? [], steps, draft.reads)
        surveys.push(...inner)
        steps.push({ ...found, places })
      }
      units.push({
        unit: 'segment',
        id: draft.id,
        steps,
        sink: draft.sink,
        reads: draft.reads,
        surveys,
        repeats: draft.members.some((step) => needsOf(step).key_sets.length > 0),
        key: null,
        latest: latestOf(draft.members),
      })
    } else units.push(draft)
  }
  return units.map((unit) => settleKeySets(unit, wanted))
}

/** The units of the fallbacks, each with surveys of its own, because other settings need other facts. */
function fallbackUnits(drafts: readonly DraftUnit[], planning: Planning): readonly (readonly [string, readonly Unit[]])[] {
  return drafts.flatMap((draft) => {
    const [step] = draft.unit !== 'segment' ? [draft.step] : draft.sink === null ? draft.members : [draft.sink]
    const others = step === undefined ? [] : fallbacksOf(step).map((one) => draftWith(draft, one))
    return others.length === 0 ? [] : [[draft.id, others.flatMap((other) => withSurveys([other], planning))] as const]
  })
}

/** No prototype: a step can have the id `constructor`. */
const byUnit = (found: readonly (readonly [string, readonly Unit[]])[]) =>
  Object.assign(Object.create(null), Object.fromEntries(found)) as Plan['fallbacks']

function draftWith(draft: DraftUnit, step: Step): DraftUnit {
  if (draft.unit !== 'segment') return { ...draft, step }
  return draft.sink === null ? { ...draft, members: [step] } : { ...draft, sink: step }
}

const latestOf = (steps: readonly Step[]) => [...new Set(steps.flatMap((step) => kind(step).latest?.(configOf(step)) ?? []))]

/** Sets the key sets of every survey to all key sets needed of it, and the whole row, which defines duplicates if no key is given. */
function settleKeySets(unit: Unit, wanted: ReadonlyMap<string, readonly Needs[]>): Unit {
  const sets = (id: string): readonly KeySet[] => allNeeds([...(wanted.get(id) ?? []), { facts: true, key_sets: [WHOLE_ROW] }]).key_sets
  const uniqueness = (id: string) => {
    // the first key that a step names defines what a duplicate is
    const named = (wanted.get(id) ?? [])
      .flatMap(({ key_sets }) => key_sets)
      .filter(({ columns, when }) => columns !== null && when === undefined)
    const key = named[0] ?? WHOLE_ROW
    return sets(id).findIndex((set) => JSON.stringify(set) === JSON.stringify(key))
  }
  const settled = (reference: SurveyReference | null) => (reference === null ? null : { ...reference, key_sets: sets(reference.survey) })
  const stepPlan = (found: SegmentStepPlan): SegmentStepPlan => ({ ...found, facts: settled(found.facts) })
  const survey = (found: Survey): Survey => ({
    ...found,
    prefix: found.prefix.map(stepPlan),
    key_sets: found.place !== null ? found.key_sets : sets(found.id),
    detail: allNeeds(wanted.get(found.id) ?? []).detail ?? null,
    uniqueness: found.place !== null ? 0 : uniqueness(found.id),
  })
  if (unit.unit === 'assess') return { ...unit, facts: settled(unit.facts), surveys: unit.surveys.map(survey) } satisfies AssessUnit
  if (unit.unit !== 'segment') return unit
  const first = unit.steps[0]?.facts?.survey
  const key = first === undefined ? null : (sets(first)[uniqueness(first)]?.columns ?? null)
  return { ...unit, steps: unit.steps.map(stepPlan), surveys: unit.surveys.map(survey), key }
}
