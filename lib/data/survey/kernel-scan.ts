/**
 * Surveys a file of delimited text with the measuring kernel. It measures cells that can be parsed by their bytes and lists the others with
 * counts; these go through the same SQL as every survey, and the states of both are merged like those of two chunks. The result equals that
 * of `scan` for the same file, except for the hashes.
 */
import type { Layout } from '#data/dataset/plan.ts'
import type { Json } from '#core/json.ts'
import { distinctState, sketchOf } from '#relational/measures/distinct.ts'
import { ZERO } from '#relational/measures/exact-sums.ts'
import { NO_WIDE_NUMBERS } from '#relational/measures/counts.ts'
import { MEASURES } from '#relational/measures/index.ts'
import { endsEarly } from '#io/bytes/copy.ts'
import { openFile } from '#io/bytes/file.ts'
import type { Spool } from '#io/formats/spool.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { readingRules } from '#relational/cells/reading.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import { type Counted, type ListedValue, type MeasureKernel, openMeasureKernel } from './kernel.ts'
import { kernelColumn, nullTokensOf } from './engine.ts'
import { type ListedColumn, listedHashes, listedStates, type ScanWorld } from './listed.ts'
import { mergeStates } from './merge.ts'
import { type ColumnPartial, MAX_LISTED_LENGTH, MAX_VALUES, type SourcePartial, type Values } from './partial.ts'
import type { ScanResult } from './scan.ts'
import { entryOf, record } from '#core/text/record.ts'
import { positionOf } from '#core/text/lookup.ts'

type States = { readonly [measure: string]: Json }
type Scanned = Omit<ScanResult['files'][number], 'file'>

const BLOCK = 1 << 20

/** Measures one file. `columns` are those of the dataset, `records` the records of the whole dataset. */
export async function kernelScan(
  file: Spool,
  layout: Layout,
  columns: readonly ColumnPlan[],
  keySets: readonly KeySet[],
  records: number,
  world: ScanWorld,
): Promise<Scanned> {
  const tokens = nullTokensOf(columns)
  const fieldOf = new Map(layout.columns.map(({ column }, field) => [column, field]))
  const asked = layout.columns.map(({ column }) => {
    const index = positionOf(columns, column)
    const plan = columns[index]
    return plan === undefined ? undefined : kernelColumn(plan, index, keySets, records, tokens)
  })
  const named = keySets.reduce((bits, { columns: own }, set) => (own === null ? bits : bits | (1 << set)), 0)
  const kernel = openMeasureKernel(
    {
      delimiter: layout.delimiter,
      quote: layout.quote,
      fields: layout.columns.length,
      rows: file.records,
      block_bytes: Math.max(BLOCK, file.longest_record * 2 + 64),
      sets: keySets.length,
      named,
      skip_first: file.skip_header,
      tokens,
    },
    asked,
  )
  await readAll(file, kernel)

  const found = new Map<string, ColumnPartial>()
  let waiting: Waiting[] = []
  let values = 0
  const measure = async () => {
    for (const [name, partial] of await columnPartials(waiting, kernel, file.records, records, world)) found.set(name, partial)
    waiting = []
    values = 0
  }
  for (const plan of columns) {
    const field = fieldOf.get(plan.name)
    if (field === undefined) {
      found.set(plan.name, absent(plan, file.records, records))
      continue
    }
    const listed = kernel.listed(field)
    waiting.push({ plan, field, listed, inKeys: (asked[field]?.sets ?? 0) !== 0 })
    values += listed.length
    if (values > MAX_WAITING) await measure()
  }
  await measure()
  const partials = record(columns.map(({ name }) => [name, found.get(name) as ColumnPartial] as const))
  const keys = keySets.map(({ columns: own }, set) =>
    own?.some((name) => !fieldOf.has(name)) ? new BigUint64Array(file.records) : kernel.keys(set),
  )
  const rows = kernel.rows()
  return { rows, partial: { rows, columns: partials } satisfies Omit<SourcePartial, 'source'>, keys }
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

async function readAll(file: Spool, kernel: MeasureKernel): Promise<void> {
  const source = await openFile(file.path)
  let offset = BYTE_ORDER_MARK.equals(await source.read(0, 3)) ? 3 : 0
  let kept = 0
  while (offset < source.size) {
    // get the block each time: its memory moves when it grows
    const free = kernel.block().subarray(kept)
    if (free.length === 0) throw new Error(`${file.path} has a longer record than when it was inspected`)
    const got = (await source.readInto?.(free.subarray(0, source.size - offset), offset)) ?? 0
    if (got === 0) throw endsEarly(offset)
    offset += got
    kept = kernel.read(kept + got, offset >= source.size)
  }
}

/** A column that the file lacks: every cell is missing. */
function absent(plan: ColumnPlan, rows: number, records: number): ColumnPartial {
  if (plan.dictionary) return { values: rows === 0 ? [] : [[null, rows]] }
  const nothing: Counted = {
    missing: rows,
    count: 0,
    doubtful: 0,
    excess: 0,
    sum: ZERO,
    squares: ZERO,
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
    earliest: 0n,
    latest: 0n,
    effects: { whitespace: NONE, null_values: NONE, format: NONE },
    format_row: 0,
  }
  return {
    states: { ...statesOf(plan, nothing), [MEASURES.distinct.name]: distinctState(new BigUint64Array(), sketchOf(plan, records)) },
  }
}

const NONE = { cells: 0, first: null }

/** Maximum number of listed values to query at once: a query costs more than most lists, and memory is bounded. */
const MAX_WAITING = 50_000

interface Waiting extends ListedColumn {
  readonly inKeys: boolean
}

const isVerbatim = ({ padded, worded, folded }: ColumnPlan) => !padded && !worded && !folded

async function columnPartials(
  columns: readonly Waiting[],
  kernel: MeasureKernel,
  rows: number,
  records: number,
  world: ScanWorld,
): Promise<readonly (readonly [string, ColumnPartial])[]> {
  const listing = columns.filter(({ listed }) => listed.length > 0)
  const hashed = await listedHashes(
    listing.filter(({ plan, inKeys }) => !plan.dictionary || (inKeys && !isVerbatim(plan))),
    kernel,
    world,
  )
  const others = await listedStates(
    listing.filter(({ plan }) => !plan.dictionary),
    world,
  )
  return columns.map(({ plan, field, listed, inKeys }) => {
    const hashes = hashed.get(field)
    const own = plan.dictionary ? undefined : kernel.hashes(field)
    if (inKeys && hashes !== undefined) {
      kernel.settle(field, hashes, true)
      kernel.settle(field, plan.dictionary && plan.type === 'text' ? asWritten(listed, hashes, kernel) : hashes, false)
    }
    if (own === undefined) return [plan.name, { values: valuesOf(listed, rows) }]
    const counted = kernel.counted(field)
    const other = others.get(field)
    const found = statesOf(plan, counted)
    const states = other === undefined ? found : joined(plan, counted, found, listed, other)
    const all = joinedHashes(own, hashes ?? new BigUint64Array())
    return [plan.name, { states: { ...states, [MEASURES.distinct.name]: distinctState(all, sketchOf(plan, records)) } }]
  })
}

/** The hash of each listed text as it is written; 0 if it is missing. */
const asWritten = (listed: readonly ListedValue[], hashes: BigUint64Array, kernel: MeasureKernel) =>
  hashes.map((hash, at) => (hash === 0n ? 0n : kernel.textHash(listed[at]?.value ?? '')))

/** The values of a dictionary column; null if there are too many or too long ones. The rest of the rows has no value. */
function valuesOf(listed: readonly ListedValue[], rows: number): Values {
  const isLong = ({ value }: ListedValue) => value.length * 3 > MAX_LISTED_LENGTH && Buffer.byteLength(value) > MAX_LISTED_LENGTH
  if (listed.length > MAX_VALUES || listed.some(isLong)) return null
  const present = listed.reduce((sum, { count }) => sum + count, 0)
  return [...listed.map(({ value, count }) => [value, count] as const), ...(rows > present ? [[null, rows - present] as const] : [])]
}

function joinedHashes(a: BigUint64Array, b: BigUint64Array): BigUint64Array {
  const all = new BigUint64Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}

/** The counts of the kernel as states of the measures. */
function statesOf(plan: ColumnPlan, counted: Counted): States {
  const formatRule = formatRuleOf(plan)
  const effects = {
    whitespace: counted.effects.whitespace,
    null_values: counted.effects.null_values,
    ...(formatRule === null ? {} : { [formatRule]: counted.effects.format }),
  }
  const states: Record<string, unknown> = {
    missing: { count: counted.missing },
    invalid: { count: 0, coded: 0, first: null, wide: NO_WIDE_NUMBERS },
    doubtful: { count: counted.doubtful },
    effects,
  }
  const none = counted.count === 0
  if (plan.number !== null) {
    states['extremes'] = { minimum: none ? null : counted.minimum, maximum: none ? null : counted.maximum }
    states['moments'] = { count: counted.count, sum: counted.sum, squares: counted.squares, excess: counted.excess }
  } else if (plan.date !== null) {
    states['extremes'] = {
      minimum: none ? null : written(counted.earliest, plan.type),
      maximum: none ? null : written(counted.latest, plan.type),
    }
  }
  const own = Object.values(MEASURES).filter(({ name, appliesTo }) => Object.hasOwn(states, name) && appliesTo(plan))
  return Object.fromEntries(own.map(({ name }) => [name, entryOf(states, name) as Json]))
}

/** The rule under which a rewritten format is counted, if any. */
const formatRuleOf = (plan: ColumnPlan) => readingRules(plan, { raw: 'r', trimmed: 't', present: 'p' })[2]?.rule ?? null

/** A moment as DuckDB formats it: without a fraction if there is none. */
function written(micros: bigint, type: ColumnPlan['type']): string {
  const iso = new Date(Number(micros / 1000n)).toISOString()
  return type === 'date'
    ? iso.slice(0, 10)
    : `${iso.slice(0, 10)} ${iso.slice(11, 23).replace(/\.?0*$/, (end) => (end.length === 4 ? '' : end.replace(/0+$/, '')))}`
}

/** Merges the states of both kinds of cells; the first cell in another format is the first in the file, whichever side counted it. */
function joined(plan: ColumnPlan, counted: Counted, own: States, listed: readonly ListedValue[], others: States): States {
  const merged = mergeStates(own, others)
  const rule = formatRuleOf(plan)
  const first = rule === null ? null : (entryOf(others['effects'] as Effects, rule)?.first ?? null)
  const row = first === null ? undefined : listed.find(({ value }) => value === first)?.row
  if (rule === null || row === undefined || (counted.effects.format.cells > 0 && counted.format_row < row)) return merged
  const effects = merged['effects'] as Effects
  return { ...merged, effects: { ...effects, [rule]: { cells: entryOf(effects, rule)?.cells ?? 0, first } } }
}

type Effects = { readonly [rule: string]: { readonly cells: number; readonly first: string | null } }
