/**
 * Measures cells that the kernel cannot parse by their bytes: lists of values with counts, read by SQL, for all columns that are read alike
 * at once.
 */
import type { Session } from '#io/duckdb/session.ts'
import type { Json } from '#core/json.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { nest } from '#relational/operations/to-sql.ts'
import { parseOperation } from '#relational/cells/reading.ts'
import { FLOAT_DIGITS, isDecimal } from '#relational/types/types.ts'
import { alike, readingOf } from './alike.ts'
import { layersOf, measuredCells, noLayers } from './cells.ts'
import { measureLists, relationOf, type ValueList } from './dictionary.ts'
import type { ListedValue, MeasureKernel } from './kernel.ts'

/** What a scan needs of its task. */
export interface ScanWorld {
  readonly scratch: string
  /** Opened only if there is something to query. */
  session(): Promise<Session>
  /** Kept from file to file: most listed values of the next are those of the last, and a query costs more than all of them. */
  readonly hashes?: KnownHashes
}

/** The hashes of listed values, by how their column is read. */
export type KnownHashes = Map<string, Map<string, bigint>>

/** Longer lists are asked for as they are: they are rarely those of another file, and would fill the memory. */
const MAX_KEPT = 5000

/** A column of a file with the values the kernel listed, in the order of their first occurrence. */
export interface ListedColumn {
  readonly plan: ColumnPlan
  readonly field: number
  readonly listed: readonly ListedValue[]
}

const listsOf = (columns: readonly ListedColumn[]): readonly ValueList[] =>
  columns.map(({ listed }, source) => ({ source, values: listed.map(({ value, count }) => [value, count] as const) }))

/** The states of all measures of the listed cells, by field; the kernel hashes their distinct values. */
export async function listedStates(
  columns: readonly ListedColumn[],
  world: ScanWorld,
): Promise<ReadonlyMap<number, { readonly [measure: string]: Json }>> {
  const found = new Map<number, { readonly [measure: string]: Json }>()
  for (const group of alike(columns)) {
    const states = await measureLists(await world.session(), world.scratch, group[0].plan, listsOf(group), true)
    for (const [at, { field }] of group.entries()) found.set(field, states.get(at) ?? {})
  }
  return found
}

/** The hash of each listed value after reading, by field: of the value, of its text if it does not fit the type, 0 if it is missing. */
export async function listedHashes(
  columns: readonly ListedColumn[],
  kernel: MeasureKernel,
  world: ScanWorld,
): Promise<ReadonlyMap<number, BigUint64Array>> {
  const found = new Map<number, BigUint64Array>()
  for (const group of alike(columns)) {
    if (world.hashes !== undefined && group.reduce((sum, { listed }) => sum + listed.length, 0) <= MAX_KEPT) {
      const known = await withHashes(group[0].plan, group, kernel, world, world.hashes)
      for (const { field, listed } of group)
        found.set(
          field,
          BigUint64Array.from(listed, ({ value }) => known.get(value) ?? 0n),
        )
      continue
    }
    const hashes = await hashesOf(group[0].plan, listsOf(group), kernel, world)
    let first = 0
    for (const { field, listed } of group) {
      found.set(field, hashes.subarray(first, first + listed.length))
      first += listed.length
    }
  }
  return found
}

/** The hashes of all values of columns that are read alike; asks only for those that are new. */
async function withHashes(
  plan: ColumnPlan,
  columns: readonly ListedColumn[],
  kernel: MeasureKernel,
  world: ScanWorld,
  kept: KnownHashes,
): Promise<ReadonlyMap<string, bigint>> {
  const reading = readingOf(plan)
  const before = kept.get(reading)
  const known = before === undefined || before.size > MAX_KEPT ? new Map<string, bigint>() : before
  kept.set(reading, known)
  const values = columns.flatMap(({ listed }) => listed.map(({ value }) => value))
  const fresh = [...new Set(values)].filter((value) => !known.has(value))
  if (fresh.length === 0) return known
  const hashes = await hashesOf(plan, [{ source: 0, values: fresh.map((value) => [value, 1] as const) }], kernel, world)
  for (const [at, value] of fresh.entries()) known.set(value, hashes[at] ?? 0n)
  return known
}

/** Offset that makes moments unsigned numbers, with 0 for none. */
const FAR = 1n << 62n

async function hashesOf(plan: ColumnPlan, lists: readonly ValueList[], kernel: MeasureKernel, world: ScanWorld): Promise<BigUint64Array> {
  const session = await world.session()
  const layers = noLayers()
  const { present, value } = measuredCells(plan, 'r0', 0, layers, 'n')
  const from = `FROM (${nest(await relationOf(lists, world.scratch), layersOf(layers))})`
  if (plan.date !== null) {
    const [[moments = new BigUint64Array()] = []] = await session.lists(
      `SELECT list(CASE WHEN ${value} IS NULL THEN 0::UBIGINT ELSE (epoch_us(${value}) + ${FAR})::UBIGINT END) ${from}`,
    )
    if (moments.every((moment) => moment !== 0n)) return moments.map((moment) => kernel.momentHash(moment - FAR))
    const rows = await session.rows(`SELECT ${present} AS p ${from}`)
    return moments.map((moment, at) => (moment !== 0n ? kernel.momentHash(moment - FAR) : textOrNone(rows[at]?.['p'], kernel)))
  }
  const read = parseOperation(plan) === null ? present : plan.type === 'float' ? value : `CAST(${value} AS VARCHAR)`
  const rows = await session.rows(`SELECT ${present} AS p, ${read} AS v ${from}`)
  const hashes = new BigUint64Array(rows.length)
  for (const [at, { p, v = null }] of rows.entries()) {
    if (v === null) hashes[at] = textOrNone(p, kernel)
    else if (plan.type === 'float') hashes[at] = kernel.numberHash(Number(v))
    else if (isDecimal(plan.type)) hashes[at] = decimalHash(String(v), kernel)
    else hashes[at] = plan.type === 'integer' && Number.isSafeInteger(Number(v)) ? kernel.numberHash(Number(v)) : kernel.textHash(String(v))
  }
  return hashes
}

/** Like the kernel: few digits by their number, more by their text without zeros at the end. */
function decimalHash(text: string, kernel: MeasureKernel): bigint {
  const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return plain.replace(/\D/g, '').length <= FLOAT_DIGITS ? kernel.numberHash(Number(plain)) : kernel.textHash(plain)
}

const textOrNone = (present: Json | undefined, kernel: MeasureKernel) => (typeof present === 'string' ? kernel.textHash(present) : 0n)
