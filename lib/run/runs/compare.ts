/** What differs between two runs: definition, inputs, rows, sources, columns, quality, times. Pure. */
import type { Json } from '#core/json.ts'
import type { RowAccount } from '#data/ledger/ledger.ts'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import type { RunFacts } from './facts.ts'
import { type LineChange, changedLines } from './changed-lines.ts'

/** A run and what it left. */
export interface ComparedRun {
  readonly facts: RunFacts
  /** The text of its definition. */
  readonly definition: string
  /** The columns of the sources, with their types. */
  readonly read: ReadonlyMap<string, string>
  /** Seconds by step, where they were reported. */
  readonly seconds: ReadonlyMap<string, number>
}

export interface Pair<Value> {
  readonly before: Value
  readonly after: Value
}

export interface NamedPair<Value> extends Pair<Value | null> {
  readonly name: string
}

export interface RunDiff {
  readonly runs: Pair<{ readonly id: string; readonly started_at: string; readonly status: string }>
  /** Two pipelines have little in common; null if it is the same. */
  readonly pipelines: Pair<string> | null
  readonly definition: {
    readonly changed: boolean
    /** Whether the machines differ: a comment changes the text only, a config value the machine only. */
    readonly machine_changed: boolean
    readonly lines: readonly LineChange[]
  }
  readonly inputs: readonly NamedPair<Json>[]
  readonly version: Pair<string> | null
  readonly seconds: Pair<number | null>
  readonly steps: readonly (NamedPair<number> & { readonly states: Pair<string | null> })[]
  readonly rows: Pair<RowAccount | null>
  readonly sources: readonly NamedPair<number>[]
  readonly columns: {
    readonly added: readonly string[]
    readonly removed: readonly string[]
    readonly changed: readonly ColumnChange[]
  }
  readonly quality: readonly NamedPair<number>[]
}

export interface ColumnChange {
  readonly name: string
  readonly what: 'type' | 'missing' | 'invalid'
  /** A type, or the share of the cells. */
  readonly before: string | number
  readonly after: string | number
}

export function compareRuns(before: ComparedRun, after: ComparedRun): RunDiff {
  const [a, b] = [before.facts.record, after.facts.record]
  return {
    runs: { before: idOf(before), after: idOf(after) },
    pipelines: a.pipeline.id === b.pipeline.id ? null : { before: a.pipeline.id, after: b.pipeline.id },
    definition: {
      changed: before.definition !== after.definition,
      machine_changed: a.definition_sha256 !== b.definition_sha256,
      lines: changedLines(before.definition, after.definition),
    },
    inputs: differing(new Map(Object.entries(a.inputs)), new Map(Object.entries(b.inputs))),
    version: a.version === b.version ? null : { before: a.version, after: b.version },
    seconds: { before: secondsOf(before), after: secondsOf(after) },
    steps: stepsOf(before, after),
    rows: { before: before.facts.report?.rows ?? null, after: after.facts.report?.rows ?? null },
    sources: differing(sourceRows(before), sourceRows(after)),
    columns: columnsOf(before, after),
    quality: qualityOf(before, after),
  }
}

const idOf = ({ facts: { record, state } }: ComparedRun) => ({ id: record.id, started_at: record.started_at, status: state })

const secondsOf = ({ facts: { record } }: ComparedRun) => ('seconds' in record ? record.seconds : null)

/** The names whose values are not the same; null stands for a name that is not there. */
function differing<Value extends Json>(before: ReadonlyMap<string, Value>, after: ReadonlyMap<string, Value>): readonly NamedPair<Value>[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const pair = { name, before: before.get(name) ?? null, after: after.get(name) ?? null }
    return JSON.stringify(pair.before) === JSON.stringify(pair.after) ? [] : [pair]
  })
}

function stepsOf(before: ComparedRun, after: ComparedRun): RunDiff['steps'] {
  const [a, b] = [statesOf(before), statesOf(after)]
  return [...new Set([...a.keys(), ...b.keys()])].map((name) => ({
    name,
    before: before.seconds.get(name) ?? null,
    after: after.seconds.get(name) ?? null,
    states: { before: a.get(name) ?? null, after: b.get(name) ?? null },
  }))
}

const statesOf = ({ facts }: ComparedRun) => new Map((facts.report?.steps ?? []).map(({ id, report }) => [id, report.level] as const))

const sourceRows = ({ facts }: ComparedRun) => new Map((facts.report?.sources ?? []).map(({ name, rows }) => [name, rows] as const))

function columnsOf(before: ComparedRun, after: ComparedRun): RunDiff['columns'] {
  const [a, b] = [columnsIn(before), columnsIn(after)]
  // a run that measured nothing has not lost its columns
  if (a.size === 0 || b.size === 0) return { added: [], removed: [], changed: [] }
  return {
    added: [...b.keys()].filter((name) => !a.has(name)),
    removed: [...a.keys()].filter((name) => !b.has(name)),
    changed: [...a.values()].flatMap((column) => {
      const now = b.get(column.name)
      return now === undefined ? [] : changesOf(column, now)
    }),
  }
}

interface ComparedColumn {
  readonly name: string
  readonly type: string
  readonly missing: number | null
  readonly invalid: number | null
}

/** The columns of the sources, with their measures where there are any, and those that were published. */
function columnsIn({ facts: { report }, read }: ComparedRun): ReadonlyMap<string, ComparedColumn> {
  const inSources = [...read].map(([name, type]) => ({ name, type, missing: null, invalid: null }))
  const measured = (report?.columns ?? []).map((column) => ({
    name: column.name,
    type: typeText(column),
    missing: share(column.missing, column.rows),
    invalid: share(column.invalid, column.rows),
  }))
  const published = (report?.published ?? []).map(({ name, type }) => ({ name, type, missing: null, invalid: null }))
  return new Map([...published, ...inSources, ...measured].map((column) => [column.name, column] as const))
}

const typeText = ({ type }: ColumnFacts) => (typeof type === 'string' ? type : JSON.stringify(type))

const share = (part: number, whole: number) => (whole === 0 ? null : part / whole)

/** Shares are compared by their thousandths: what a page shows. */
function changesOf(before: ComparedColumn, after: ComparedColumn): readonly ColumnChange[] {
  const { name } = before
  const shares = (['missing', 'invalid'] as const).flatMap((what): readonly ColumnChange[] => {
    const [a, b] = [before[what], after[what]]
    return a === null || b === null || a.toFixed(3) === b.toFixed(3) ? [] : [{ name, what, before: a, after: b }]
  })
  return [...(before.type === after.type ? [] : [{ name, what: 'type' as const, before: before.type, after: after.type }]), ...shares]
}

const METRICS = ['score', 'completeness', 'validity', 'uniqueness', 'consistency'] as const

function qualityOf(before: ComparedRun, after: ComparedRun): readonly NamedPair<number>[] {
  const measured = ({ facts: { report } }: ComparedRun) => report?.after ?? report?.before ?? null
  const [a, b] = [measured(before), measured(after)]
  return METRICS.map((name) => ({ name, before: a?.[name] ?? null, after: b?.[name] ?? null }))
}
