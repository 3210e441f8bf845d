/**
 * The plan: a definition's steps as units of work in order, printable and deterministic. A unit is one step, or a segment of rows steps
 * that share a pass; what must be surveyed before, and which dataset each unit reads, is resolved here.
 */
import type { Definition, Step } from '#language/definition/definition.ts'
import type { Detail } from '#steps/kind/lower-context.ts'
import type { Place } from '#steps/kind/step.ts'
import type { KeySet } from '#relational/operations/key-set.ts'

export interface Plan {
  readonly pipeline: { readonly id: string; readonly name: string }
  /** Units of a stage run side by side; stages one after another. */
  readonly stages: readonly (readonly Unit[])[]
  /** By unit: what it is with the settings of each fallback of its step; a step that has some is a unit by itself. */
  readonly fallbacks: { readonly [unit: string]: readonly Unit[] | undefined }
  readonly definition: Pick<Definition, 'inputs' | 'resources' | 'timeout'>
}

export type Unit = ScanUnit | AssessUnit | SegmentUnit | ExchangeUnit | ControlUnit

export interface ScanUnit {
  readonly unit: 'scan'
  readonly id: string
  readonly step: Step
}

export interface AssessUnit {
  readonly unit: 'assess'
  readonly id: string
  readonly step: Step
  readonly reads: string
  /** The survey whose facts it needs; null when it needs none. */
  readonly facts: SurveyReference | null
  /** Surveys made here, before the step. */
  readonly surveys: readonly Survey[]
}

export interface SegmentUnit {
  readonly unit: 'segment'
  /** Of its first step. */
  readonly id: string
  readonly steps: readonly SegmentStepPlan[]
  readonly sink: Step | null
  readonly reads: string
  readonly surveys: readonly Survey[]
  /** Whether a step looks for rows that repeat another: which of them stays may only be settled by a second pass. */
  readonly repeats: boolean
  /** Columns that make two rows the same, for the uniqueness of the output. */
  readonly key: readonly string[] | null
  readonly latest: readonly string[]
}

export interface SegmentStepPlan {
  readonly step: Step
  readonly facts: SurveyReference | null
  /** Surveys in the middle of the step, each for one of its rules. */
  readonly places: readonly PlaceReference[]
  /** Only so many of its first rules: the part of the step before such a survey. */
  readonly until?: number
}

export interface PlaceReference extends SurveyReference, Place {}

export interface ExchangeUnit {
  readonly unit: 'exchange'
  readonly id: string
  readonly step: Step
  readonly reads: string
}

export interface ControlUnit {
  readonly unit: 'control'
  readonly id: string
  readonly step: Step
}

/** A pass over a dataset that measures it, after the steps of `prefix`. */
export interface Survey {
  readonly id: string
  readonly reads: string
  readonly prefix: readonly SegmentStepPlan[]
  readonly key_sets: readonly KeySet[]
  /** How finely the sample is looked at; null: as usual. */
  readonly detail: Detail | null
  /** The key set that defines a duplicate. */
  readonly uniqueness: number
  /** The rule in the middle of a step it is made for; null when it is for a whole step. */
  readonly place: Place | null
}

export interface SurveyReference {
  readonly survey: string
  readonly key_sets: readonly KeySet[]
}

/** The steps a unit carries out, in order. */
export function stepsOf(unit: Unit): readonly Step[] {
  if (unit.unit !== 'segment') return [unit.step]
  return [...unit.steps.map(({ step }) => step), ...(unit.sink === null ? [] : [unit.sink])]
}

/** Whether what comes after a unit can read a dataset from it. */
export const providesDataset = (unit: Unit) =>
  unit.unit === 'scan' || unit.unit === 'exchange' || (unit.unit === 'segment' && unit.sink === null)

/** The kinds of all steps by their ids, in order. */
export const typesOf = ({ stages }: Pick<Plan, 'stages'>): ReadonlyMap<string, string> =>
  new Map(stages.flat().flatMap((unit) => stepsOf(unit).map(({ id, type }) => [id, type] as const)))
