/**
 * The plan: the steps of a definition as units of work in order, printable and deterministic. A unit is one step, or a segment of row steps
 * that share a pass; required surveys and the dataset each unit reads are resolved here.
 */
import type { PipelineFacts } from '#core/task/task.ts'
import type { Definition, Step, Notifications } from '#language/definition/definition.ts'
import type { Detail } from '#steps/kind/lower-context.ts'
import type { Place } from '#steps/kind/step.ts'
import type { KeySet } from '#relational/operations/key-set.ts'

export interface Plan {
  readonly pipeline: PipelineFacts
  /** Units of a stage run in parallel; stages run in order. */
  readonly stages: readonly (readonly Unit[])[]
  /** By unit: the unit with the settings of each fallback of its step. A step with fallbacks is a unit of its own. */
  readonly fallbacks: { readonly [unit: string]: readonly Unit[] | undefined }
  /** Units that run when the run has failed, and at the end of every run, in order; absent: none. */
  readonly endings?: { readonly on_failure: readonly EndUnit[]; readonly finally: readonly EndUnit[] }
  readonly definition: Pick<Definition, 'inputs' | 'resources' | 'timeout'>
  /** Who is notified when a run ends; absent: nobody. */
  readonly notices?: Notices
}

export interface Notices {
  readonly channels: Notifications
  /** The score below which a run counts for `on_quality`. */
  readonly min_quality?: number
}

/** What every unit has. */
interface Planned {
  readonly id: string
  /** An error of the unit does not end the run at once: other units may still run, by their rules. */
  readonly caught?: true
  /** When it runs, by what became of others; absent: always. */
  readonly guard?: Guard
  /** It may be skipped, which the rules of other units ask for. */
  readonly marked?: true
}

/** Holds if one of the units of `any` has failed, or, without it, if none of `none` has failed and none of `unskipped` was skipped. */
export type Guard = { readonly any: readonly string[] } | { readonly none: readonly string[]; readonly unskipped: readonly string[] }

export type Unit = ScanUnit | AssessUnit | SegmentUnit | ExchangeUnit | OwnUnit | ControlUnit | CallUnit

/** A unit that needs no rows. */
export type EndUnit = ControlUnit | CallUnit

export interface ScanUnit extends Planned {
  readonly unit: 'scan'
  readonly step: Step
  /** What steps that read its rows ask of the plan of the dataset; absent: nothing. */
  readonly asked?: { readonly [setting: string]: string }
}

export interface AssessUnit extends Planned {
  readonly unit: 'assess'
  readonly step: Step
  readonly reads: string
  /** The survey whose facts it needs; null if it needs none. */
  readonly facts: SurveyReference | null
  /** Surveys that run before the step. */
  readonly surveys: readonly Survey[]
}

export interface SegmentUnit extends Planned {
  readonly unit: 'segment'
  /** Its id is that of its first step. */
  readonly steps: readonly SegmentStepPlan[]
  readonly sink: Step | null
  readonly reads: string
  readonly surveys: readonly Survey[]
  /** Whether a step looks for repeated rows: which of them stays can need a second pass. */
  readonly repeats: boolean
  /** The key that defines duplicates, for the uniqueness of the output. */
  readonly key: readonly string[] | null
  readonly latest: readonly string[]
}

export interface SegmentStepPlan {
  readonly step: Step
  readonly facts: SurveyReference | null
  /** Surveys in the middle of the step, each for one of its rules. */
  readonly places: readonly PlaceReference[]
  /** Only this many of its first rules: the part of the step before such a survey. */
  readonly until?: number
}

export interface PlaceReference extends SurveyReference, Place {}

export interface ExchangeUnit extends Planned {
  readonly unit: 'exchange'
  readonly step: Step
  readonly reads: string
}

/** Code of the author, called with the rows of each batch. */
export interface OwnUnit extends Planned {
  readonly unit: 'own'
  readonly step: Step
  readonly reads: string
}

export interface ControlUnit extends Planned {
  readonly unit: 'control'
  readonly step: Step
}

export interface CallUnit extends Planned {
  readonly unit: 'call'
  readonly step: Step
}

/** A pass over a dataset that measures it, after the steps of `prefix`. */
export interface Survey {
  readonly id: string
  readonly reads: string
  readonly prefix: readonly SegmentStepPlan[]
  readonly key_sets: readonly KeySet[]
  /** How detailed the sample is; null: the default. */
  readonly detail: Detail | null
  /** The key set that defines duplicates. */
  readonly uniqueness: number
  /** The rule it is for, in the middle of a step; null if it is for a whole step. */
  readonly place: Place | null
}

export interface SurveyReference {
  readonly survey: string
  readonly key_sets: readonly KeySet[]
}

/** The steps of a unit, in order. */
export function stepsOf(unit: Unit): readonly Step[] {
  if (unit.unit !== 'segment') return [unit.step]
  return [...unit.steps.map(({ step }) => step), ...(unit.sink === null ? [] : [unit.sink])]
}

/** The condition that decides whether the unit as a whole runs; that of one step of several is asked within the pass. */
export const conditionOf = (unit: Unit): string | undefined =>
  unit.unit === 'segment' ? (unit.steps.length === 0 ? unit.sink?.condition : undefined) : unit.step.condition

/** Whether later units can read a dataset from a unit. */
export const providesDataset = (unit: Unit) =>
  unit.unit === 'scan' || unit.unit === 'exchange' || unit.unit === 'own' || (unit.unit === 'segment' && unit.sink === null)

/** All units: those of the end of a run last, first of every run, then of a failed one. */
export const unitsOf = ({ stages, endings }: Pick<Plan, 'stages' | 'endings'>): readonly Unit[] => [
  ...stages.flat(),
  ...(endings?.finally ?? []),
  ...(endings?.on_failure ?? []),
]

/** The kinds of all steps by id, in order. */
export const typesOf = (plan: Pick<Plan, 'stages' | 'endings'>): ReadonlyMap<string, string> =>
  new Map(unitsOf(plan).flatMap((unit) => stepsOf(unit).map(({ id, type }) => [id, type] as const)))
