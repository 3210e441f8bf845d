/** What the cells of columns look like, with examples and their lines: from the sample that the types were decided from. */
import { beginning } from '#core/text/preview.ts'
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

/** A column while its cells are examined. */
interface Examined {
  readonly plan: ColumnPlan
  /** The kinds of cells seen before: many cells are equal. */
  readonly known: Map<string, Seen>
  readonly kindOf: (cell: string) => KindOfCell
  readonly kinds: Map<string, Seen>
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
  const examined = columns.map((plan): Examined => ({ plan, known: new Map(), kindOf: cellClassifier(plan), kinds: new Map() }))
  for (const [at, source] of sources.entries()) {
    if (source.types === null) await addKinds(examined, dataset, at, source, most, context)
  }
  const kinds = new Map(examined.map(({ plan, kinds }) => [plan.name, kinds]))
  const lines = await linesOf(
    sources.map(({ inspection }) => inspection),
    [...kinds.values()].flatMap((own) => [...own.values()].flatMap(({ examples }) => examples)),
    context,
  )
  return new Map([...kinds].map(([name, own]) => [name, inOrder([...own.values()]).map((seen) => withLines(seen, dataset, lines))]))
}

async function addKinds(
  examined: readonly Examined[],
  dataset: DatasetPlan,
  at: number,
  { inspection, sample }: InspectedSource,
  most: number,
  { store }: Context,
): Promise<void> {
  const layout = dataset.layouts[dataset.sources[at]?.layout ?? 0]
  const fields = examined.map((column) => ({ column, field: fieldOf(layout?.columns ?? [], column.plan.name) }))
  const text = await readBytes(store, sampleKey(dataset.sources[at]?.inspection ?? ''))
  for (const { record, cells } of sampledRecords(inspection, { ...sample, text }, most)) {
    for (const { column, field } of fields) {
      const cell = cells[field]
      if (cell !== undefined) addCell(column, at, record, cell)
    }
  }
}

function addCell({ known, kindOf, kinds }: Examined, source: number, record: number, cell: string): void {
  let seen = known.get(cell)
  if (seen === undefined) {
    const found = kindOf(cell)
    seen = kinds.get(found.kind) ?? { ...found, cells: 0, examples: [] }
    kinds.set(found.kind, seen)
    known.set(cell, seen)
  }
  seen.cells++
  if (seen.examples.length >= MAX_EXAMPLES) return
  const value = beginning(cell, MAX_VALUE)
  if (!seen.examples.some((one) => one.value === value)) seen.examples.push({ source, record, value })
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
