/** Rows whose key is in no row of the source that it refers to: an order whose customer is in no file. */
import { isAmong } from '#core/text/lookup.ts'
import { count } from '#core/text/numbers.ts'
import { preview } from '#core/text/preview.ts'
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { DatasetRows } from '#steps/kind/behaviour.ts'

const KEY = /(^|[_\s-])(id|key|code)$|[a-z](Id|Key|Code)$/i
/** Rows that a line names. */
const NAMED = 3

interface Orphans {
  readonly rows: number
  /** `customer_id: 2 rows of orders.csv refer to no row of customers.csv: c9 (orders.csv line 4)`. */
  readonly text: string
}

/** What a source holds of a key. */
interface Held {
  readonly values: Set<string>
  isKey: boolean
}

/**
 * For each column whose name is that of a key and that sources with different columns share: the sources whose rows it identifies, which hold no value twice
 * and none that is missing, and the rows of the others with a value that none of these holds.
 */
export async function orphansIn({ columns, sources }: DatasetPlan, rows: DatasetRows): Promise<readonly Orphans[]> {
  const shapes = sources.map(({ absent }) => JSON.stringify([...absent].sort()))
  const shared = columns
    .map(({ name }) => name)
    .filter((name) => {
      const having = sources.flatMap(({ absent }, at) => (isAmong(absent, name) ? [] : [shapes[at]]))
      return KEY.test(name) && new Set(having).size > 1
    })
  const found: Orphans[] = []
  for (const column of shared) {
    const having = new Set(sources.flatMap(({ absent }, at) => (isAmong(absent, column) ? [] : [at])))
    const held = await heldBy(column, having, rows)
    const parents = [...held].filter(([, { isKey, values }]) => isKey && values.size > 0).map(([source]) => source)
    // where every source identifies its rows by it, or none does, nothing refers to anything
    const parentShapes = new Set(parents.map((source) => shapes[source]))
    const children = [...having].filter((source) => !parentShapes.has(shapes[source]))
    if (parents.length === 0 || children.length === 0) continue
    const known = new Set(parents.flatMap((source) => [...(held.get(source)?.values ?? [])]))
    const missing = await strays(column, new Set(children), known, rows)
    if (missing.count === 0) continue
    const places = await rows.locate(missing.first.map(({ row }) => row))
    const named = missing.first.map(({ row, value }) => {
      const place = places.get(row)
      return `${value} (${place === undefined ? `row ${row + 1}` : `${place.source} line ${place.line}`})`
    })
    const parentNames = preview(
      parents.map((source) => sources[source]?.name ?? ''),
      3,
    )
    const more = missing.count > named.length ? ` and ${missing.count - named.length} more` : ''
    const text = `${column}: ${count(missing.count, 'row refers', 'rows refer')} to no row of ${parentNames}: ${named.join(', ')}${more}`
    found.push({ rows: missing.count, text })
  }
  return found
}

/** Calls `visit` with each cell of the column in these sources. */
async function eachCell(
  column: string,
  wanted: ReadonlySet<number>,
  rows: DatasetRows,
  visit: (source: number, row: number, value: string | null) => void,
): Promise<void> {
  const ends: number[] = []
  for (const source of rows.sources) ends.push((ends.at(-1) ?? 0) + source.rows)
  let [row, source] = [0, 0]
  for await (const some of rows.read([{ name: column, as: 'text' }])) {
    for (const [value = null] of some) {
      while (row >= (ends[source] ?? Number.POSITIVE_INFINITY)) source++
      if (wanted.has(source)) visit(source, row, value as string | null)
      row++
    }
  }
}

async function heldBy(column: string, wanted: ReadonlySet<number>, rows: DatasetRows): Promise<ReadonlyMap<number, Held>> {
  const held = new Map<number, Held>()
  await eachCell(column, wanted, rows, (source, _row, value) => {
    const own = held.get(source) ?? { values: new Set<string>(), isKey: true }
    held.set(source, own)
    if (value === null || own.values.has(value)) own.isKey = false
    else own.values.add(value)
  })
  return held
}

async function strays(column: string, children: ReadonlySet<number>, known: ReadonlySet<string>, rows: DatasetRows) {
  const first: { readonly row: number; readonly value: string }[] = []
  let found = 0
  await eachCell(column, children, rows, (_source, row, value) => {
    if (value === null || known.has(value)) return
    found++
    if (first.length < NAMED) first.push({ row, value })
  })
  return { count: found, first }
}
