/** Measures columns with listed values by their lists: the same measures, with each value weighted by its count. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Session } from '#io/duckdb/session.ts'
import type { Json } from '#core/json.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { nest } from '#relational/operations/to-sql.ts'
import { text } from '#relational/types/sql.ts'
import { layersOf, measuredCells, noLayers } from './cells.ts'
import { openCollection } from './collect.ts'
import type { Values } from './partial.ts'
import { addAggregates, readStates } from './scan.ts'

export interface ValueList {
  readonly source: number
  readonly values: Exclude<Values, null>
}

/**
 * The states of all measures of columns read like `plan`, list by list. `in_order`: the values are in the order of their first occurrence.
 */
export async function measureLists(
  session: Session,
  scratch: string,
  plan: ColumnPlan,
  lists: readonly ValueList[],
  in_order = false,
): Promise<ReadonlyMap<number, { readonly [measure: string]: Json }>> {
  const relation = await relationOf(lists, scratch)
  const layers = noLayers()
  const cells = { ...measuredCells(plan, 'r0', 0, layers, 'n'), in_order }
  const aggregates: Parameters<typeof addAggregates>[2] = []
  const selected: string[] = []
  addAggregates(plan, cells, aggregates, selected)
  const collection = openCollection(session, 0)
  const seen = collection.add(plan, cells, 'g').map((sql, at) => `${sql} AS seen${at}`)
  const rows = await session.rows(
    `SELECT source, ${[...selected, ...seen].join(', ')} FROM (SELECT *, source::UBIGINT AS g FROM (${nest(relation, layersOf(layers))})) GROUP BY source ORDER BY source`,
  )
  return new Map(rows.map((row) => [Number(row['source']), readStates(plan, aggregates, row, collection, String(row['source']))]))
}

/**
 * The relation of lists of values: `r0`, its count `n`, and the number of the list as `source`, in the order of the lists and their values.
 */
export async function relationOf(lists: readonly ValueList[], scratch: string): Promise<string> {
  const path = join(scratch, 'values.ndjson')
  const lines = lists.flatMap(({ source, values }) => values.map(([value, count]) => JSON.stringify({ source, value, count })))
  await writeFile(path, lines.join('\n'))
  // a UTF-16 unit takes up to three bytes
  const longest = lines.reduce((most, { length }) => Math.max(most, length * 3), LARGEST_OBJECT)
  const columns = "{'source': 'INTEGER', 'value': 'VARCHAR', 'count': 'BIGINT'}"
  return `SELECT source, value AS r0, count AS n FROM read_json(${text(path)}, format = 'newline_delimited', columns = ${columns}, maximum_object_size = ${longest})`
}

/** DuckDB's default for the bytes of one line of JSON. */
const LARGEST_OBJECT = 16_777_216
