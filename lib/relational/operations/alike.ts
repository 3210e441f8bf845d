/**
 * Columns that are computed alike are computed together, in lists: DuckDB binds and plans an expression once for each list instead of once
 * for each column. Planning takes most of the time of a table with many columns and few rows.
 */
import type { LoweredFlag, LoweredRelation } from './lowered.ts'

/** One expression over many columns, or over many pairs of columns. */
interface Series {
  readonly expression: Expression
  readonly pairs: Pair[]
  readonly names: string[]
}

type Expression = (cell: string, other: string) => string
type Pair = readonly [cell: string, other: string | null]

/** The series of each layer, by the keys of their expressions. */
export type Alike = Map<string, Series>[]

/** Columns of one list, whose flags fill one mask: more of them save hardly more. */
const LIST = 32

/** Fewer columns are planned in little time, however many rows there are. */
const MIN_WIDE = 100
/** With more rows for each column, lists cost more than planning. */
const ROWS_A_COLUMN = 20

export const isWide = (columns: number, rows: number) => columns >= MIN_WIDE && rows <= ROWS_A_COLUMN * columns

/** Adds a result to the series of `key` in a layer. The same key means the same expression; `pair` are plain references. */
export function addAlike(alike: Alike, level: number, key: string, expression: Expression, pair: Pair, name: string): void {
  while (alike.length <= level) alike.push(new Map())
  const own = alike[level]?.get(key)
  if (own === undefined) alike[level]?.set(key, { expression, pairs: [pair], names: [name] })
  else {
    own.pairs.push(pair)
    own.names.push(name)
  }
}

/** A list, what it holds, and how it is made. */
interface List {
  readonly name: string
  readonly names: readonly string[]
  readonly sql: string
}

/**
 * The relation with the lists in its layers. A list that another list is made of is used as it is; only what something else refers to is
 * taken out. A flag names the list that holds it.
 */
export function withLists(relation: LoweredRelation, alike: Alike): LoweredRelation {
  const held = new Map<string, string>()
  const used: string[] = []
  let next = 0
  /** The list of these columns, which may exist. */
  const listOf = (cells: readonly string[]) => {
    const known = held.get(cells.join(', '))
    if (known === undefined) used.push(...cells)
    return known ?? `[${cells.join(', ')}]`
  }
  const lists = alike.map((series) =>
    [...series.values()].flatMap(({ expression, pairs, names }) =>
      chunksOf(names.length).map((at): List => {
        const own = pairs.slice(at, at + LIST)
        const others = own.flatMap(([, other]) => other ?? [])
        const list = { name: `l${next++}`, names: names.slice(at, at + LIST) }
        const first = listOf(own.map(([cell]) => cell))
        const sql =
          others.length === 0
            ? `list_transform(${first}, lambda x: ${expression('x', '')})`
            : `list_transform(${first}, lambda x, i: ${expression('x', `${listOf(others)}[i]`)})`
        held.set(list.names.join(', '), list.name)
        return { ...list, sql }
      }),
    ),
  )
  const places = new Map(lists.flat().flatMap(({ name, names }) => names.map((own, at) => [own, { list: name, at: at + 1 }] as const)))
  const flags = relation.flags.map((flag): LoweredFlag => {
    const place = flag.sql === null ? undefined : places.get(flag.sql)
    return place === undefined ? flag : { ...flag, sql: `${place.list}[${place.at}]`, held: place }
  })
  const wanted = namesIn([...used, ...textsOf({ ...relation, flags })])
  const layers = Array.from({ length: Math.max(relation.layers.length, lists.length) }, (_, level) => {
    const own = lists[level] ?? []
    const taken = own.flatMap(({ name, names }) =>
      names.flatMap((result, at) => (wanted.has(result) ? [`${name}[${at + 1}] AS ${result}`] : [])),
    )
    return [[...(relation.layers[level] ?? []), ...own.map(({ name, sql }) => `${sql} AS ${name}`)], taken]
  })
  return { ...relation, flags, layers: layers.flat().filter((layer) => layer.length > 0) }
}

const chunksOf = (length: number) => Array.from({ length: Math.ceil(length / LIST) }, (_, at) => at * LIST)

/** All SQL of a relation outside its lists. */
const textsOf = ({ columns, flags, changes, layers, places }: LoweredRelation): readonly string[] => [
  ...columns.map(({ sql }) => sql),
  ...flags.flatMap(({ sql }) => sql ?? []),
  ...changes.flatMap(({ before, after, changed }) => [before, after, changed]),
  ...layers.flat(),
  ...[...places.values()].flatMap((versions) => versions.map(({ sql }) => sql)),
]

/** The names of computed columns in these texts. One that stands in a literal is taken out of its list without need. */
const namesIn = (texts: readonly string[]): ReadonlySet<string> => new Set(texts.flatMap((sql) => sql.match(/\bv\d+\b/g) ?? []))
