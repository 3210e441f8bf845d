/** Dictionary columns are measured by their lists of values: the same measures, each value standing for as many cells as it was counted. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Session } from '../duckdb/session.ts'
import type { Json } from '../machine/asl.ts'
import { distinctState } from '../measures/distinct.ts'
import { MEASURES } from '../measures/index.ts'
import type { ColumnPlan } from '../relation/column-plan.ts'
import { nest } from '../lowering/lower.ts'
import { text } from '../relation/sql.ts'
import { layersOf, measuredCells, noLayers } from './cells.ts'
import type { Values } from './partial.ts'
import { addAggregates, hashList, readStates } from './scan.ts'

export interface ValueList {
  readonly source: number
  /** Of the column's plan, which may differ from the one that is measured by in these two only. */
  readonly centre: number
  readonly scale: number
  readonly values: Exclude<Values, null>
}

/** The states of all measures of a dictionary column, source by source. */
export async function measureDictionary(
  session: Session,
  scratch: string,
  plan: ColumnPlan,
  lists: readonly ValueList[],
): Promise<ReadonlyMap<number, { readonly [measure: string]: Json }>> {
  const path = join(scratch, 'values.ndjson')
  const lines = lists.flatMap(({ source, centre, scale, values }) =>
    values.map(([value, count]) => JSON.stringify({ source, value, count, centre, scale })),
  )
  await writeFile(path, lines.join('\n'))
  const relation = `SELECT source, value AS r0, count AS n, centre, scale FROM read_json(${text(path)}, format = 'newline_delimited', columns = {'source': 'INTEGER', 'value': 'VARCHAR', 'count': 'BIGINT', 'centre': 'DOUBLE', 'scale': 'DOUBLE'})`
  const layers = noLayers()
  const cells = { ...measuredCells(plan, 'r0', 0, layers, 'n'), position: { centre: 'centre', scale: 'scale' } }
  const aggregates: Parameters<typeof addAggregates>[2] = []
  const selected: string[] = []
  addAggregates(plan, cells, aggregates, selected)
  const all = ['source', `${hashList(cells, null)} AS kept`, ...selected]
  await session.run(
    `CREATE OR REPLACE TEMP TABLE listed AS SELECT ${all.join(', ')} FROM (${nest(relation, layersOf(layers))}) GROUP BY source`,
  )
  const rows = await session.rows(`SELECT source${aggregates.map((_, at) => `, a${at}`).join('')} FROM listed ORDER BY source`)
  const kept = await session.lists('SELECT kept FROM listed ORDER BY source')
  return new Map(
    rows.map((row, at) => [
      Number(row['source']),
      { ...readStates(plan, aggregates, row), [MEASURES.distinct.name]: distinctState(kept[at]?.[0] ?? new BigUint64Array(), 0) },
    ]),
  )
}
