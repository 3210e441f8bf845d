/** What a kind does, by shape; loaded by the tasks that need it. */
import type { Destination } from '#data/pass/pass.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import type { ScanRequest } from '#data/dataset/scan-request.ts'
import type { Quality } from '#data/survey/quality.ts'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { ColumnFacts, Facts } from '#relational/measures/facts.ts'
import type { Decision } from '#relational/operations/choices.ts'
import type { AcrossOp, Op } from '#relational/operations/ops.ts'
import type { Column } from '#relational/types/types.ts'
import type { SideTable } from '#data/ledger/side-tables.ts'
import type { RunArtifacts } from '#data/ledger/artifacts.ts'
import type { Again, StepReport } from '#core/task/task.ts'
import type { LowerContext } from './lower-context.ts'
import type { Json, JsonObject } from '#core/json.ts'
import type { TaskContext } from '#io/workspace/context.ts'

export interface Behaviour {
  scan: ScanBehaviour
  assess: AssessBehaviour
  rows: RowsBehaviour
  exchange: RowsBehaviour
  sink: SinkBehaviour
  own: OwnBehaviour
  control: ControlBehaviour
  /** Runs once the function has answered; the result of the step is that answer. */
  call: ControlBehaviour
}

/** The settings of a step as the machine resolved them; each behaviour parses them with its kind's schema. */
export type Settings = JsonObject

export interface ScanBehaviour {
  /** The patterns to list, and the options to read the files with. */
  sources(settings: Settings): ScanRequest
}

export interface AssessBehaviour {
  /** Evaluates what was measured. Throws a task error if the data breaks a requirement. */
  summarize(settings: Settings, input: AssessInput): StepOutput | Promise<StepOutput>
}

/** The rows of a dataset, for a kind that reads them itself. */
export interface DatasetRows {
  /**
   * The cells of these columns, batch after batch in the order of the sources: numbers as numbers, everything else as text, a missing cell is null.
   * The result does not depend on how many rows a batch has.
   */
  read(columns: readonly ReadColumn[]): AsyncIterable<readonly (readonly (number | string | null)[])[]>
  /** Where rows are in the sources, by their numbers among all rows, from 0. Line 0: the source has no lines. */
  locate(rows: readonly number[]): Promise<ReadonlyMap<number, { readonly source: string; readonly line: number }>>
  /** The number of rows of each source, in order. */
  readonly sources: readonly { readonly name: string; readonly rows: number }[]
}

export interface ReadColumn {
  readonly name: string
  readonly as: 'number' | 'text'
}

export interface AssessInput {
  readonly step: string
  readonly dataset: DatasetPlan
  /** Present if the step asked for facts. */
  readonly facts: Facts | undefined
  readonly sources: readonly SourceFigures[]
  readonly quality: Quality | undefined
  /** Present if the kind reads rows. */
  readonly rows?: DatasetRows
  /** What the same step left in the last runs that ended well, the latest first. */
  readonly left: readonly Json[]
}

/** Figures of one source, for lists of sources. */
export interface SourceFigures {
  readonly name: string
  readonly rows: number
  readonly bad: number
  readonly completeness: number
  readonly issues: number
}

export interface StepOutput {
  readonly result: { readonly [name: string]: Json }
  readonly report: Omit<StepReport, 'step' | 'fused'>
  /** The columns as the step's own profile shows them, if it has one. */
  readonly columns?: readonly ColumnFacts[]
  /** Of a kind that remembers: what the next run continues from, once the output of this one is published. */
  readonly remember?: Json
  /** A table of what it found, of shape `assess`. */
  readonly table?: SideTable
  /** What the same step of later runs compares with, once this run has ended well; of shape `assess`. */
  readonly leave?: Json
  /** Broken rules that fail the run before anything is published. */
  readonly failing?: readonly string[]
}

export interface RowsBehaviour {
  lower(settings: Settings, context: LowerContext): readonly (Op | AcrossOp)[]
  /** The same, one by one, where the columns after an operation are known only once it has run. */
  oneByOne?(settings: Settings): readonly ((context: LowerContext) => readonly (Op | AcrossOp)[])[]
  /** Files it reads besides the sources of the pipeline. */
  reads?(settings: Settings): readonly string[]
  /** Evaluates rules about the whole dataset once all rows are through. */
  evaluate?(settings: Settings, figures: OutputFigures): readonly EvaluatedRule[]
  /** What the step did, as text and figures. */
  summarize(settings: Settings, totals: StepTotals): StepOutput
}

export interface EvaluatedRule {
  readonly rule: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly on_fail: 'fail' | 'quarantine' | 'warn'
  readonly result: RuleResult
}

/** What was counted for one step over all chunks. */
export interface StepTotals {
  readonly step: string
  readonly rows_in: number
  readonly rows_out: number
  readonly quarantined: number
  readonly deduplicated: number
  readonly filtered: number
  /** Cells changed and rows found, by rule and column. */
  readonly counts: readonly RuleCount[]
  /** Rows found by each rule, each row counted once. */
  readonly rows_found: ReadonlyMap<string, number>
  /** The first row that breaks each rule, of rules that leave it in the output. */
  readonly examples: ReadonlyMap<string, BrokenRow>
  readonly evaluated: readonly EvaluatedRule[]
  /** What the step chose by the facts. */
  readonly decisions: readonly Decision[]
  /** Facts of the dataset at the step's beginning, where it asked for them. */
  readonly facts?: Facts | undefined
  /** Of a kind that remembers: what the run continues from; null in the first run. */
  readonly remembered?: Json | undefined
  readonly columns_before: readonly Column[]
  readonly columns_after: readonly Column[]
}

/** A row that breaks a rule, with its place. */
export interface BrokenRow {
  readonly source: string
  readonly line: number
  /** The cell as in the source; the record, if the rule is about no column of the source. */
  readonly value: string
  /** What is wrong, such as `amount is not 0 to 100`. */
  readonly reason: string
}

/** Code of the author, and how it is called. */
export interface OwnCall {
  /** The path of its file, for messages. */
  readonly file: string
  readonly bundle: string
  readonly settings: JsonObject
  readonly secrets: { readonly [name: string]: string }
  /** Columns that the definition declares, by name, with their types. */
  readonly columns: { readonly [column: string]: string }
  /** The rows of one call. */
  readonly rows: number
  /** The seconds that one call may take, and megabytes of memory. */
  readonly seconds: number
  readonly megabytes: number
}

export interface OwnBehaviour {
  call(settings: Settings): OwnCall
  /** `metrics`: what the code added up. */
  summarize(settings: Settings, totals: StepTotals, metrics: { readonly [name: string]: number }): StepOutput
}

export interface SinkBehaviour {
  destination(settings: Settings): Destination
}

/** In place of an output: what is to be known is not known yet. For kinds whose spec says `again`. */
export interface CallAgain {
  readonly again: Again
}

export interface ControlBehaviour {
  /** `loadArtifacts` reads what the run has written so far. */
  run(
    settings: Settings,
    context: TaskContext,
    loadArtifacts: () => Promise<RunArtifacts>,
    /** What the call before this one left, of a kind that asks to be called again; null for the first. */
    state: Json,
  ): Promise<StepOutput | CallAgain>
}

/** Figures of the output as a whole, for dataset rules. */
export interface OutputFigures {
  readonly rows: number
  readonly quality_score: number
  readonly completeness: number
  readonly validity: number
  readonly uniqueness: number
  readonly consistency: number
  /** Latest value of each column that a rule needs, by the rule's spelling; ISO text in UTC. */
  readonly latest: { readonly [column: string]: string | null }
  /** When the run started, for rules about age. */
  readonly started_at: string
}

export interface RuleResult {
  readonly passed: boolean
  /** The value found, as text: `0.93`. */
  readonly observed: string
  /** The value expected, as text: `at least 0.95`. */
  readonly expected: string
}
