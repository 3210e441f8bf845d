/** Builds the plan of a dataset from inspected sources. Pure. */
import { decide } from '#relational/infer/decide.ts'
import { preview } from '#core/text/preview.ts'
import type { Evidence } from '#relational/infer/evidence.ts'
import { delimiterOf, type Inspection } from '#io/formats/source.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { type ColumnType, isDecimal, isNumeric } from '#relational/types/types.ts'
import { languageOfMonths } from '#relational/types/worded-dates.ts'
import type { ScanRequest } from './scan-request.ts'
import type { TypedColumn } from './inspected-source.ts'
import { planBatches } from './batches.ts'
import { castsOf, planColumns } from './plan-column.ts'
import type { DatasetPlan, Layout, SamplePlan, Source } from './plan.ts'
import { AS_JSON } from './typed-columns.ts'
import { unify } from './unify.ts'
import { named } from '#core/text/lookup.ts'
import { rowsOfChunks } from './chunk-rows.ts'

export interface Inspected {
  readonly name: string
  readonly inspection: Inspection
  /** The key of the inspection in the store. */
  readonly key: string
  readonly evidence: readonly Evidence[] | null
  readonly types: readonly TypedColumn[] | null
}

export interface Sizing {
  readonly task_bytes: number
  readonly workers: number
  readonly distributed: boolean
}

export interface Built {
  readonly plan: DatasetPlan
  /** Names that were taken for the same column. */
  readonly renamed: ReturnType<typeof unify>['renamed']
}

/** A source of which a part was read, such as a sheet, is called by both. */
const withPart = (source: Inspected): Inspected =>
  source.inspection.part === undefined ? source : { ...source, name: `${source.name}#${source.inspection.part}` }

export function buildDataset(
  given: readonly Inspected[],
  request: Pick<ScanRequest, 'types' | 'date_order' | 'date_language' | 'null_values'>,
  sample: SamplePlan,
  sizing: Sizing,
): Built {
  const inspected = given.map(withPart)
  const unified = unify(
    inspected.map(({ name, inspection }) => ({ name, columns: inspection.columns, header: inspection.dialect?.header ?? true })),
  )
  const delimiters = inspected.map(({ inspection }) => delimiterOf(inspection))
  const columns = planColumns(unified.columns, inspected, unified.mapping, request, delimiters)
  const { layouts, layoutOf } = planLayouts(inspected, unified.mapping, castsOf(unified.columns, inspected, unified.mapping, request))
  const sources = inspected.map(({ name, inspection, key }, at): Source => {
    const own = new Set(unified.mapping[at])
    return {
      name,
      uri: inspection.uri,
      bytes: inspection.bytes,
      records: inspection.records,
      bad: inspection.bad.length,
      inspection: key,
      layout: layoutOf[at] ?? 0,
      absent: unified.columns.filter((column) => !own.has(column)),
      other_types: otherTypes(inspected[at] as Inspected, unified.mapping[at] ?? [], columns, request),
    }
  })
  const batches = planBatches(
    inspected.map(({ inspection }, at) => ({ layout: layoutOf[at] ?? 0, chunks: chunksOf(inspection) })),
    sizing.task_bytes,
  )
  return {
    renamed: unified.renamed,
    plan: {
      columns,
      sources,
      layouts,
      batches,
      records: sources.reduce((sum, { records }) => sum + records, 0),
      bytes: sources.reduce((sum, { bytes }) => sum + bytes, 0),
      workers: sizing.workers,
      distributed: sizing.distributed,
      sample,
      notes: [
        ...inspected.flatMap(({ name, inspection }) => inspection.notes.map((note) => `${name}: ${note}`)),
        ...columns.flatMap(({ notes }) => notes),
        ...emptyColumns(columns, sample),
      ],
    },
  }
}

/** A note about columns without a value. */
function emptyColumns(columns: readonly ColumnPlan[], sample: SamplePlan): readonly string[] {
  const empty = columns.flatMap(({ name, untyped }) => (untyped === true ? [name] : []))
  if (empty.length === 0 || empty.length === columns.length || sample.rows === 0) return []
  const where = sample.complete ? '' : ' in the sample'
  return [`columns without values${where}: ${preview(empty)}; to remove them, set drop: [${preview(empty, 3)}] in a transform step`]
}

/** Whether all values of a type are values of another. */
const isWithin = (type: ColumnType, other: ColumnType) =>
  type === other || (isNumeric(type) && (other === 'float' || isDecimal(other))) || (type === 'date' && other === 'timestamp')

/** The types that a source's own cells suggest, where they differ from the dataset's. Types set by the author are not questioned. */
function otherTypes(
  { evidence, types }: Inspected,
  mapping: readonly string[],
  columns: readonly ColumnPlan[],
  { date_order, null_values }: Pick<ScanRequest, 'date_order' | 'null_values'>,
): Source['other_types'] {
  // the order of days and months, and the language of months, are determined from all sources together, not per source
  const wishes = { date_order: date_order === 'auto' ? ('mdy' as const) : date_order, null_values: null_values }
  const found = mapping.flatMap((name, at) => {
    const plan = named(columns, name)
    const own = evidence?.[at]
    const holdsNothing = own !== undefined && own.cells === own.missing
    if (plan === undefined || plan.fixed || holdsNothing) return []
    const type =
      types?.[at]?.type ??
      (own === undefined ? plan.type : decide(name, own, { ...wishes, date_language: languageOfMonths(plan.date?.formats) }).type)
    return isWithin(type, plan.type) ? [] : [[name, type] as const]
  })
  return Object.fromEntries(found)
}

function chunksOf(inspection: Inspection) {
  const rows = rowsOfChunks(inspection)
  return inspection.chunks.map(({ start, end, records }, at) => ({ bytes: end - start, records, rows: rows[at] ?? records }))
}

/** A column of a typed source, and the type that all sources are cast to; a nested value becomes text by its JSON. */
function castOf(typed: TypedColumn | undefined, common: string | undefined) {
  if (typed === undefined) return { cast: null }
  const own = { stored: typed.stored, ...(typed.path === undefined ? {} : { path: typed.path }) }
  if (common === undefined) return { cast: typed.cast, ...own }
  const isNested = typed.cast === AS_JSON
  return { cast: isNested ? AS_JSON : common === typed.stored ? null : common, ...own }
}

function planLayouts(inspected: readonly Inspected[], mapping: readonly (readonly string[])[], casts: ReadonlyMap<string, string>) {
  const layouts: Layout[] = []
  const known = new Map<string, number>()
  const layoutOf = inspected.map(({ inspection, types }, at) => {
    const { delimiter = ',', quote = '"', escape: escaping = '"' } = inspection.dialect ?? {}
    const layout: Layout = {
      layout: inspection.layout,
      delimiter,
      quote,
      escape: escaping,
      columns: inspection.columns.map((physical, position) => ({
        physical,
        column: mapping[at]?.[position] ?? physical,
        ...castOf(types?.[position], casts.get(mapping[at]?.[position] ?? physical)),
      })),
    }
    const id = JSON.stringify(layout)
    const found = known.get(id) ?? layouts.push(layout) - 1
    known.set(id, found)
    return found
  })
  return { layouts, layoutOf }
}
