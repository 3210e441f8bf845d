/** Builds the plan of a dataset from inspected sources. Pure. */
import { decide } from '#relational/infer/decide.ts'
import { type Evidence, mergeEvidence, noEvidence } from '#relational/infer/evidence.ts'
import type { Inspection } from '#io/formats/source.ts'
import { isCodeLike, TEXT_NULL_VALUES } from '#relational/cells/null-values.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { type ColumnType, TYPE_SPELLINGS } from '#relational/types/types.ts'
import type { ScanRequest } from './scan-request.ts'
import type { TypedColumn } from './inspected-source.ts'
import { planBatches } from './batches.ts'
import type { DatasetPlan, Layout, SamplePlan, Source } from './plan.ts'
import { unify } from './unify.ts'
import { entryOf } from '#core/text/record.ts'
import { named, positionIn } from '#core/text/lookup.ts'

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
  request: Pick<ScanRequest, 'types' | 'date_order' | 'null_values'>,
  sample: SamplePlan,
  sizing: Sizing,
): Built {
  const inspected = given.map(withPart)
  const unified = unify(
    inspected.map(({ name, inspection }) => ({ name, columns: inspection.columns, header: inspection.dialect?.header ?? true })),
  )
  const columns = unified.columns.map((name) => planColumn(name, inspected, unified.mapping, request))
  const { layouts, layoutOf } = planLayouts(inspected, unified.mapping)
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
      ],
    },
  }
}

/** Whether all values of a type are values of another. */
const isWithin = (type: ColumnType, other: ColumnType) =>
  type === other || (type === 'integer' && other === 'decimal') || (type === 'date' && other === 'timestamp')

/** The types that a source's own cells suggest, where they differ from the dataset's. Types set by the author are not questioned. */
function otherTypes(
  { evidence, types }: Inspected,
  mapping: readonly string[],
  columns: readonly ColumnPlan[],
  { date_order, null_values }: Pick<ScanRequest, 'date_order' | 'null_values'>,
): Source['other_types'] {
  // the order of days and months is determined from all sources together, not per source
  const wishes = { date_order: date_order === 'auto' ? ('mdy' as const) : date_order, null_values: null_values }
  const found = mapping.flatMap((name, at) => {
    const plan = named(columns, name)
    const own = evidence?.[at]
    const holdsNothing = own !== undefined && own.cells === own.missing
    if (plan === undefined || plan.fixed || holdsNothing) return []
    const type = types?.[at]?.type ?? (own === undefined ? plan.type : decide(name, own, wishes).type)
    return isWithin(type, plan.type) ? [] : [[name, type] as const]
  })
  return Object.fromEntries(found)
}

const chunksOf = ({ chunks, bad }: Inspection) =>
  chunks.map(({ start, end, first, records }) => ({
    bytes: end - start,
    records,
    rows: records - bad.filter(({ record }) => record >= first && record < first + records).length,
  }))

/** Plans a column by the evidence of all sources that have it, or by the types of typed sources. */
function planColumn(
  name: string,
  inspected: readonly Inspected[],
  mapping: readonly (readonly string[])[],
  request: Pick<ScanRequest, 'types' | 'date_order' | 'null_values'>,
): ColumnPlan {
  let evidence = noEvidence()
  const types = new Set<ColumnType>()
  const nullValues = new Set<string>()
  inspected.forEach((source, at) => {
    const position = positionIn(mapping[at] ?? [], name)
    if (position < 0) return
    const found = source.evidence?.[position]
    if (found !== undefined) evidence = mergeEvidence(evidence, found)
    const typed = source.types?.[position]
    if (typed === undefined) return
    types.add(typed.type)
    for (const word of typed.null_values ?? TYPED_NULL_VALUES) nullValues.add(word)
  })
  const wish = entryOf(request.types, name)
  const wanted = wish === undefined ? undefined : entryOf(TYPE_SPELLINGS, wish)
  const plan = decide(name, evidence, {
    type: wanted ?? (types.size > 0 ? widest(types) : undefined),
    date_order: request.date_order,
    null_values: request.null_values,
  })
  // typed values need no parsing
  return types.size === 0
    ? plan
    : {
        ...plan,
        from_text: false,
        null_values: plan.null_values ?? [...nullValues],
        number: null,
        date: null,
        dictionary: false,
        padded: true,
        worded: true,
        folded: false,
        sketched: true,
      }
}

/** Typed sources have nulls of their own; a text `NA` in them is rather Namibia. */
const TYPED_NULL_VALUES: readonly string[] = TEXT_NULL_VALUES.filter((word) => !isCodeLike(word.toUpperCase()))

/** The type that includes the values of all these types. */
function widest(types: ReadonlySet<ColumnType>): ColumnType {
  const [first = 'text', ...rest] = types
  if (rest.length === 0) return first
  const all = [first, ...rest]
  if (all.every((type) => type === 'integer' || type === 'decimal')) return 'decimal'
  if (all.every((type) => type === 'date' || type === 'timestamp')) return 'timestamp'
  return 'text'
}

function planLayouts(inspected: readonly Inspected[], mapping: readonly (readonly string[])[]) {
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
        cast: types?.[position]?.cast ?? null,
      })),
    }
    const id = JSON.stringify(layout)
    const found = known.get(id) ?? layouts.push(layout) - 1
    known.set(id, found)
    return found
  })
  return { layouts, layoutOf }
}
