/** What the cells of columns look like, with examples and their lines: from the sample that the types were decided from. */
import { cellClassifier, type KindOfCell } from '#relational/infer/kind-of-cell.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { locate } from '#io/formats/locate.ts'
import type { Inspection } from '#io/formats/source.ts'
import { readBytes } from '#io/workspace/json-store.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import type { InspectedSource } from './inspected-source.ts'
import { sourceOf } from './inspections.ts'
import { type DatasetPlan, fieldOf } from './plan.ts'
import { sampledRecords } from './sampled-cells.ts'

/** A cell as written, and where it is. */
export interface CellExample {
  readonly source: string
  /** 0 in files without lines. */
  readonly line: number
  readonly value: string
}

export interface CellKind extends KindOfCell {
  /** Sampled cells of this kind. */
  readonly cells: number
  readonly examples: readonly CellExample[]
}

/** Records that are examined in each source. */
const MAX_RECORDS = 10_000
const MAX_EXAMPLES = 3
const MAX_VALUE = 80

interface Seen extends KindOfCell {
  cells: number
  readonly examples: { readonly source: number; readonly record: number; readonly value: string }[]
}

type Context = Pick<TaskContext, 'store' | 'scratch'>

/**
 * Of each of these columns, the most frequent kind first, from up to `most` records of each source of the dataset; `sources` are their inspections.
 * Columns of typed files have none: their type is in the file.
 */
export async function cellKinds(
  dataset: DatasetPlan,
  sources: readonly InspectedSource[],
  columns: readonly ColumnPlan[],
  context: Context,
  most = MAX_RECORDS,
): Promise<ReadonlyMap<string, readonly CellKind[]>> {
  const kinds = new Map(columns.map(({ name }) => [name, new Map<string, Seen>()]))
  for (const [at, source] of sources.entries()) {
    if (source.types === null) await addKinds(kinds, dataset, at, source, columns, most, context)
  }
  const lines = await linesOf(
    sources.map(({ inspection }) => inspection),
    [...kinds.values()].flatMap((own) => [...own.values()].flatMap(({ examples }) => examples)),
    context,
  )
  return new Map([...kinds].map(([name, own]) => [name, inOrder([...own.values()]).map((seen) => withLines(seen, dataset, lines))]))
}

async function addKinds(
  kinds: ReadonlyMap<string, Map<string, Seen>>,
  dataset: DatasetPlan,
  at: number,
  { inspection, sample }: InspectedSource,
  columns: readonly ColumnPlan[],
  most: number,
  { store }: Context,
): Promise<void> {
  const layout = dataset.layouts[dataset.sources[at]?.layout ?? 0]
  const fields = columns.map((plan) => ({
    plan,
    field: fieldOf(layout?.columns ?? [], plan.name),
    known: new Map<string, KindOfCell>(),
    kindOf: cellClassifier(plan),
  }))
  const text = await readBytes(store, sampleKey(dataset.sources[at]?.inspection ?? ''))
  for (const { record, cells } of sampledRecords(inspection, { ...sample, text }, most)) {
    for (const { plan, field, known, kindOf } of fields) {
      const cell = cells[field]
      if (cell === undefined) continue
      const found = known.get(cell) ?? kindOf(cell)
      known.set(cell, found)
      const own = kinds.get(plan.name)
      const seen: Seen = own?.get(found.kind) ?? { ...found, cells: 0, examples: [] }
      own?.set(found.kind, seen)
      seen.cells++
      const value = cell.length > MAX_VALUE ? `${cell.slice(0, MAX_VALUE - 1)}…` : cell
      if (seen.examples.length < MAX_EXAMPLES && !seen.examples.some((one) => one.value === value))
        seen.examples.push({ source: at, record, value })
    }
  }
}

/** The sample is beside the inspection, with the same number. */
const sampleKey = (inspection: string) => inspection.replace('/inspections/', '/sample/').replace(/\.json$/, '')

const inOrder = (seen: readonly Seen[]) => [...seen].sort((a, b) => b.cells - a.cells)

const placeOf = (source: number, record: number) => `${source} ${record}`

/** The lines of records, by source and record. */
async function linesOf(
  inspections: readonly Inspection[],
  examples: readonly { readonly source: number; readonly record: number }[],
  { store, scratch }: Context,
): Promise<ReadonlyMap<string, number>> {
  const lines = new Map<string, number>()
  for (const [at, inspection] of inspections.entries()) {
    const records = [...new Set(examples.flatMap(({ source, record }) => (source === at ? [record] : [])))].sort((a, b) => a - b)
    if (records.length === 0) continue
    for await (const { record, line } of locate(inspection, records, { source: sourceOf(inspection), store, scratch }))
      lines.set(placeOf(at, record), line)
  }
  return lines
}

const withLines = ({ kind, fits, cells, examples }: Seen, { sources }: DatasetPlan, lines: ReadonlyMap<string, number>): CellKind => ({
  kind,
  fits,
  cells,
  examples: examples.map(({ source, record, value }) => ({
    source: sources[source]?.name ?? '',
    line: lines.get(placeOf(source, record)) ?? 0,
    value,
  })),
})
