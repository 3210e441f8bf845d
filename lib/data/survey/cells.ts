/** The columns of a relation as measures see them: layers of SQL from what was read to value and hash. */
import type { Cells } from '#relational/measures/measure.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { parseOperation, stages } from '#relational/cells/reading.ts'

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
 * Adds what a column needs to the layers and says how its cells are called. `source` is a plain reference: text from a text
 * source, else already of the column's type.
 */
export function measuredCells(column: ColumnPlan, source: string, at: number, layers: Layers, weight = '1'): Cells {
  const isText = column.type === 'text'
  const parsed = parseOperation(column) !== null
  if (!isText && !parsed) {
    // a typed source: its text is only needed where a cell is shown
    layers.hash.push(`hash(${source}) AS h${at}`)
    return { raw: `CAST(${source} AS VARCHAR)`, trimmed: 'NULL', present: source, value: source, hash: `h${at}`, weight }
  }
  layers.trimmed.push(`${stages.trimmed(source)} AS t${at}`)
  layers.present.push(`${stages.present(`t${at}`, column)} AS p${at}`)
  const value = parsed ? `x${at}` : `p${at}`
  if (parsed) layers.value.push(`${stages.value(`p${at}`, column)} AS x${at}`)
  // cells that are not of the type are told apart by what they say
  layers.hash.push(`${parsed ? `CASE WHEN x${at} IS NULL THEN hash(p${at}) ELSE hash(x${at}) END` : `hash(p${at})`} AS h${at}`)
  return { raw: source, trimmed: `t${at}`, present: `p${at}`, value, hash: `h${at}`, weight }
}

/**
 * What a dictionary column contributes to the key of a row: its text as it stands where that says the same as the standardised
 * cell, else the standardised cell.
 */
export function dictionaryKey(column: ColumnPlan, source: string, cells: () => Cells): { readonly key: string; readonly present: string } {
  const plain = !column.padded && !column.worded && !column.folded
  if (plain) return { key: source, present: source }
  const { present, hash } = cells()
  return { key: column.type === 'text' ? `lower(${present})` : hash, present }
}
