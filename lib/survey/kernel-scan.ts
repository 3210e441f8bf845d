/**
 * The survey of a file of delimited text by the measuring kernel. It measures the cells it can tell by their bytes and lists the others
 * with their counts; these go through the same SQL as every survey, and the states of both merge as those of two chunks do. What comes
 * out is what `scan` gives for the same file, but for the hashes.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Layout } from '../dataset/plan.ts'
import type { Session } from '../duckdb/session.ts'
import type { Json } from '../machine/asl.ts'
import { distinctState, sketchOf } from '../measures/distinct.ts'
import { ZERO } from '../measures/exact-sums.ts'
import { MEASURES } from '../measures/index.ts'
import { endsEarly } from '../bytes/copy.ts'
import { openFile } from '../bytes/file.ts'
import type { Spool } from '../reader/spool.ts'
import type { ColumnPlan } from '../relation/column-plan.ts'
import { nest } from '../lowering/lower.ts'
import { parseOperation, readingRules } from '../relation/reading.ts'
import { text } from '../relation/sql.ts'
import type { KeySet } from './key-set.ts'
import { layersOf, measuredCells, noLayers } from './cells.ts'
import { openCollection } from './collect.ts'
import { type Counted, type ListedValue, type MeasureKernel, openMeasureKernel } from './kernel.ts'
import { kernelColumn, wordsOf } from './lane.ts'
import { mergeStates } from './merge.ts'
import { type ColumnPartial, MOST_VALUES, type SourcePartial } from './partial.ts'
import { addAggregates, readStates, type ScanResult } from './scan.ts'
import { entryOf, record } from '../text/record.ts'

type States = { readonly [measure: string]: Json }
type Scanned = Omit<ScanResult['files'][number], 'file'>

/** What a scan needs of the task it is part of. */
export interface ScanWorld {
  readonly scratch: string
  /** Opened only when there is something to ask. */
  session(): Promise<Session>
}

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
  const words = wordsOf(columns)
  const fieldOf = new Map(layout.columns.map(({ column }, field) => [column, field]))
  const asked = layout.columns.map(({ column }) => {
    const index = columns.findIndex(({ name }) => name === column)
    const plan = columns[index]
    return plan === undefined ? undefined : kernelColumn(plan, index, keySets, records, words)
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
      words,
    },
    asked,
  )
  await readAll(file, kernel)

  const partials = record<ColumnPartial>()
  for (const plan of columns) {
    const field = fieldOf.get(plan.name)
    if (field === undefined) partials[plan.name] = absent(plan, file.records, records)
    else partials[plan.name] = await columnPartial(plan, field, kernel, (asked[field]?.sets ?? 0) !== 0, file.records, records, world)
  }
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
    // anew each time: the memory moves when it grows
    const free = kernel.block().subarray(kept)
    if (free.length === 0) throw new Error(`${file.path} holds a record longer than was found`)
    const got = (await source.readInto?.(free.subarray(0, source.size - offset), offset)) ?? 0
    if (got === 0) throw endsEarly(offset)
    offset += got
    kept = kernel.read(kept + got, offset >= source.size)
  }
}

/** A column the file does not have: every cell is missing. */
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
    effects: { whitespace: NONE, null_words: NONE, format: NONE },
    format_row: 0,
  }
  return {
    states: { ...statesOf(plan, nothing), [MEASURES.distinct.name]: distinctState(new BigUint64Array(), sketchOf(plan, records)) },
  }
}

const NONE = { cells: 0, first: null }

async function columnPartial(
  plan: ColumnPlan,
  field: number,
  kernel: MeasureKernel,
  inKeys: boolean,
  rows: number,
  records: number,
  world: ScanWorld,
): Promise<ColumnPartial> {
  const listed = kernel.listed(field)
  if (plan.dictionary) {
    const isVerbatim = !plan.padded && !plan.worded && !plan.folded
    if (inKeys && !isVerbatim && listed.length > 0) kernel.settle(field, await hashesOf(plan, listed, kernel, world, true))
    if (listed.length > MOST_VALUES) return { values: null }
    const present = listed.reduce((sum, { count }) => sum + count, 0)
    return {
      values: [...listed.map(({ value, count }) => [value, count] as const), ...(rows > present ? [[null, rows - present] as const] : [])],
    }
  }
  const counted = kernel.counted(field)
  let states = statesOf(plan, counted)
  let hashes = kernel.hashes(field)
  if (listed.length > 0) {
    const found = await hashesOf(plan, listed, kernel, world, false)
    if (inKeys) kernel.settle(field, found)
    hashes = together(hashes, found)
    states = joined(plan, counted, states, listed, await listedStates(plan, listed, world))
  }
  return { states: { ...states, [MEASURES.distinct.name]: distinctState(hashes, sketchOf(plan, records)) } }
}

function together(a: BigUint64Array, b: BigUint64Array): BigUint64Array {
  const all = new BigUint64Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}

/** What the kernel counted, as the states of the measures. */
function statesOf(plan: ColumnPlan, counted: Counted): States {
  const formatRule = formatRuleOf(plan)
  const effects = {
    whitespace: counted.effects.whitespace,
    null_words: counted.effects.null_words,
    ...(formatRule === null ? {} : { [formatRule]: counted.effects.format }),
  }
  const states: Record<string, unknown> = {
    missing: { count: counted.missing },
    invalid: { count: 0, fractional: 0, first: null },
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

/** The rule under which a rewritten format is counted, if any can be. */
const formatRuleOf = (plan: ColumnPlan) => readingRules(plan, { raw: 'r', trimmed: 't', present: 'p' })[2]?.rule ?? null

/** A moment as DuckDB writes it: without a fraction where there is none. */
function written(micros: bigint, type: ColumnPlan['type']): string {
  const iso = new Date(Number(micros / 1000n)).toISOString()
  return type === 'date'
    ? iso.slice(0, 10)
    : `${iso.slice(0, 10)} ${iso.slice(11, 23).replace(/\.?0*$/, (end) => (end.length === 4 ? '' : end.replace(/0+$/, '')))}`
}

/** Both sorts of cells together; the first one in another format is the one that comes first in the file, whoever counted it. */
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

/** The relation of a list of values: `r0`, and `n` cells that hold it, in the order they first occur. */
async function relationOf(listed: readonly ListedValue[], { scratch }: ScanWorld): Promise<string> {
  const path = join(scratch, 'listed.ndjson')
  await writeFile(path, listed.map(({ value, count }) => JSON.stringify({ value, count })).join('\n'))
  return `SELECT value AS r0, count AS n FROM read_json(${text(path)}, format = 'newline_delimited', columns = {'value': 'VARCHAR', 'count': 'BIGINT'})`
}

/** But for the distinct values: their hashes here are the kernel's. */
async function listedStates(plan: ColumnPlan, listed: readonly ListedValue[], world: ScanWorld): Promise<States> {
  const session = await world.session()
  const layers = noLayers()
  const cells = { ...measuredCells(plan, 'r0', 0, layers, 'n'), in_order: true }
  const aggregates: Parameters<typeof addAggregates>[2] = []
  const selected: string[] = []
  addAggregates(plan, cells, aggregates, selected)
  const collection = openCollection(session, 0)
  const all = [...selected, ...collection.add(plan, cells, '0::UBIGINT').map((sql, at) => `${sql} AS seen${at}`)]
  const [row = {}] = await session.rows(`SELECT ${all.join(', ')} FROM (${nest(await relationOf(listed, world), layersOf(layers))})`)
  const { [MEASURES.distinct.name]: _, ...states } = readStates(plan, aggregates, row, collection, '0')
  return states
}

/** Moments are asked for as unsigned numbers, 0 standing for none. */
const FAR = 1n << 62n

/** The hash of each listed value once it is read: that of the value, of its text where it is none, 0 where it is missing. */
async function hashesOf(
  plan: ColumnPlan,
  listed: readonly ListedValue[],
  kernel: MeasureKernel,
  world: ScanWorld,
  folded: boolean,
): Promise<BigUint64Array> {
  const session = await world.session()
  const layers = noLayers()
  const { present, value } = measuredCells(plan, 'r0', 0, layers, 'n')
  const from = `FROM (${nest(await relationOf(listed, world), layersOf(layers))})`
  const hashes = new BigUint64Array(listed.length)
  if (plan.date !== null) {
    const [[moments = new BigUint64Array()] = []] = await session.lists(
      `SELECT list(CASE WHEN ${value} IS NULL THEN 0::UBIGINT ELSE (epoch_us(${value}) + ${FAR})::UBIGINT END) ${from}`,
    )
    if (moments.every((moment) => moment !== 0n)) return moments.map((moment) => kernel.momentHash(moment - FAR))
    const rows = await session.rows(`SELECT ${present} AS p ${from}`)
    return moments.map((moment, at) => (moment !== 0n ? kernel.momentHash(moment - FAR) : textOrNone(rows[at]?.['p'], kernel)))
  }
  const isText = parseOperation(plan) === null
  const read = isText ? (folded ? `lower(${present})` : present) : plan.type === 'decimal' ? value : `CAST(${value} AS VARCHAR)`
  const rows = await session.rows(`SELECT ${present} AS p, ${read} AS v ${from}`)
  for (const [at, { p, v = null }] of rows.entries()) {
    if (v === null) hashes[at] = textOrNone(p, kernel)
    else if (plan.type === 'decimal') hashes[at] = kernel.numberHash(Number(v))
    else hashes[at] = plan.type === 'integer' && Number.isSafeInteger(Number(v)) ? kernel.numberHash(Number(v)) : kernel.textHash(String(v))
  }
  return hashes
}

const textOrNone = (present: Json | undefined, kernel: MeasureKernel) => (typeof present === 'string' ? kernel.textHash(present) : 0n)
