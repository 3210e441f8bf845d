/** The columns of a relation as measures need them: SQL layers from the raw cell to value and hash. */
import type { Cells } from '#relational/measures/measure.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { parseOperation, stages } from '#relational/cells/reading.ts'
import { type KeyMatch, keyText } from '#relational/operations/key-set.ts'

/** Layers to nest around the source, shared by all columns. */
export interface Layers {
  readonly trimmed: string[]
  readonly present: string[]
  readonly value: string[]
  readonly hash: string[]
}

export const noLayers = (): Layers => ({ trimmed: [], present: [], value: [], hash: [] })

export const layersOf = ({ trimmed, present, value, hash }: Layers) => [trimmed, present, value, hash].filter((layer) => layer.length > 0)

/**
 * Adds the expressions of a column to the layers, and returns the names of its cells. `source` is a plain reference: text for text sources,
 * else of the column's type.
 */
export function measuredCells(column: ColumnPlan, source: string, at: number, layers: Layers, weight = '1'): Cells {
  const isText = column.type === 'text'
  const parsed = parseOperation(column) !== null
  if (!isText && !parsed) {
    // a typed source: its text is needed only for display
    layers.hash.push(`hash(${source}) AS h${at}`)
    return { raw: `CAST(${source} AS VARCHAR)`, trimmed: 'NULL', present: source, value: source, hash: `h${at}`, weight }
  }
  layers.trimmed.push(`${stages.trimmed(source)} AS t${at}`)
  layers.present.push(`${stages.present(`t${at}`, column)} AS p${at}`)
  const value = parsed ? `x${at}` : `p${at}`
  if (parsed) layers.value.push(`${stages.value(`p${at}`, column)} AS x${at}`)
  // cells that do not fit the type are distinguished by their text
  layers.hash.push(`${parsed ? `CASE WHEN x${at} IS NULL THEN hash(p${at}) ELSE hash(x${at}) END` : `hash(p${at})`} AS h${at}`)
  return { raw: source, trimmed: `t${at}`, present: `p${at}`, value, hash: `h${at}`, weight }
}

/** A column in the key of a row. */
export interface KeyCell {
  /** The part of the key in a set; it only matters where the cell has a value. */
  part(match: KeyMatch | undefined): string
  /** NULL if the cell has no value. */
  readonly present: string
}

/** Texts are compared as they are written, unless the key says otherwise; other values by what they are. */
export function keyCell(plan: ColumnPlan, { raw, present, hash }: Pick<Cells, 'raw' | 'present' | 'hash'>): KeyCell {
  if (plan.type !== 'text' || parseOperation(plan) !== null) return { part: () => hash, present }
  return { part: (match) => `CASE WHEN ${present} IS NOT NULL THEN ${keyText(raw, plan.name, match)} END`, present }
}

/** The same for a dictionary column, whose cells are not read where their text is their value. */
export function dictionaryKey(plan: ColumnPlan, source: string, cells: () => Cells): KeyCell {
  const plain = !plan.padded && !plan.worded && !plan.folded
  return plain ? { part: (match) => (match?.folded ? `lower(${source})` : source), present: source } : keyCell(plan, cells())
}
