/** A relation while operations are lowered: the versions of its columns, its flags, and the layers of SQL that define them. */
import { allOf, type Once } from '#relational/types/sql.ts'
import type { Options } from '#relational/cells/cell.ts'
import { cellOperation } from '#relational/cells/index.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { addAlike, type Alike } from './alike.ts'
import type { Types } from './expressions.ts'
import type { CellChange, LoweredFlag } from './lowered.ts'
import { narrow, type Values } from './narrow.ts'
import type { KeyReference, Origin } from './ops.ts'

/** A table whose column `value` holds the values of this type. */
export interface Lookup {
  readonly table: string
  readonly type: ColumnType
}

export interface Version {
  readonly sql: string
  readonly level: number
  readonly type: ColumnType
  readonly from: readonly string[]
  readonly through: readonly Origin[]
  readonly derived: boolean
  /** The expression that computed it, as text. */
  readonly expression?: string
  readonly values: Values
}

/** A relation being built: the state that would otherwise be passed through every function. */
export interface Building {
  readonly columns: Map<string, Version>
  /** The current types of the columns. */
  readonly types: Types
  readonly flags: LoweredFlag[]
  readonly changes: CellChange[]
  readonly layers: string[][]
  /** What is computed in lists; null: nothing. */
  readonly alike: Alike | null
  next: number
  readonly lookups: ReadonlyMap<string, Lookup>
}

/** A plain reference and the lowest level where it exists. */
interface Place {
  readonly sql: string
  readonly level: number
}

/** Adds an expression over plain references to the layer above all of them; the result is a plain reference. */
export function define(building: Building, expression: string, level: number): Place {
  const sql = `v${building.next++}`
  while (building.layers.length <= level) building.layers.push([])
  building.layers[level]?.push(`${expression} AS ${sql}`)
  return { sql, level: level + 1 }
}

/** The same for an expression over one text, which may be that of other columns. */
function defineAlike(
  building: Building,
  alike: Alike,
  key: string,
  expression: (cell: string) => string,
  { sql: cell, level }: Place,
): Place {
  const sql = `v${building.next++}`
  addAlike(alike, level, key, expression, [cell, null], sql)
  return { sql, level: level + 1 }
}

/** Names values that are used more than once: each in its own layer, above what it depends on. */
export function naming(building: Building, level: number): { readonly once: Once; readonly level: () => number } {
  let at = level
  return {
    once: (sql, build) => {
      if (/^\w+$/.test(sql)) return build(sql)
      const named = define(building, sql, at)
      at = named.level
      return build(named.sql)
    },
    level: () => at,
  }
}

export function flag(building: Building, flagged: Omit<LoweredFlag, 'key_set'> & { key_set?: KeyReference }): void {
  building.flags.push({ key_set: null, ...flagged })
}

export const column = (building: Building, name: string): Version => {
  const version = building.columns.get(name)
  if (version === undefined) throw new Error(`no column "${name}" in the relation`)
  return version
}

/** The cells of a column at one point of the relation. */
export type Cells = Place & Pick<Version, 'type' | 'values'>

/**
 * The cells after an operation (unchanged if it has nothing to do), and the condition that it changes a cell. Columns of one family go
 * through the same operations.
 */
export function apply(
  building: Building,
  { sql, level, type, values }: Cells,
  name: string,
  options: Options,
  family = '',
): Cells & { changed: string } {
  const operation = cellOperation(name)
  const narrowed = narrow(operation, options, values)
  const before = { sql, level, type: operation.type(type, options), values: narrowed.values }
  const { options: own } = narrowed
  if (own === null) return { ...before, changed: 'FALSE' }
  const names = naming(building, level)
  // typed cells can be of several SQL types, which a list would unify
  const after =
    building.alike === null || type !== 'text'
      ? define(building, operation.sql(sql, own, type, names.once), names.level())
      : defineAlike(building, building.alike, JSON.stringify([name, own, family]), (cell) => operation.sql(cell, own, type), { sql, level })
  return { ...before, ...after, changed: operation.changes?.(sql, own, type) ?? `${sql} IS DISTINCT FROM ${after.sql}` }
}

/** Whether a cell has no value of its type. */
export function misfit(building: Building, cell: string, value: Place, family: string): string {
  const condition = (text: string, read: string) => allOf([`${text} <> ''`, `${read} IS NULL`])
  const { alike } = building
  if (alike === null) return condition(cell, value.sql)
  const sql = `v${building.next++}`
  addAlike(alike, value.level, `misfit ${family}`, condition, [cell, value.sql], sql)
  return sql
}
