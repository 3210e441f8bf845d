/**
 * Lowers operations to SQL: only here does what steps say become what DuckDB does. Each version of a column gets its own identifier, in the
 * lowest layer of nested SELECTs in which everything it depends on exists. So nothing is computed twice, and no operation sees an earlier
 * or later version of a column.
 */
import { cellOperation } from '#relational/cells/index.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { comparable } from '#relational/types/conversion.ts'
import { keyText } from './key-set.ts'
import { valuesOf } from './narrow.ts'
import { type Bound, columnsOf, toSql } from './expressions.ts'
import type { ColumnVersion, LoweredRelation } from './lowered.ts'
import { type ColumnLineage, keyOf, type LoweredPass, withoutLookups } from './lowered-pass.ts'
import type { CellOp, CheckOp, DeriveOp, Op, Origin } from './ops.ts'
import { isWide, withLists } from './alike.ts'
import { apply, type Building, type Cells, column, define, flag, type Lookup, misfit, naming, type Version } from './building.ts'
import { print } from '#relational/expression/print.ts'
import { nullValuesOf, parseOperation } from '#relational/cells/reading.ts'
import { entryOf } from '#core/text/record.ts'
import { isAmong, named } from '#core/text/lookup.ts'

export interface LowerInput {
  /** The columns to read, with the SQL of each in the source relation (a plain reference). */
  readonly columns: readonly { readonly plan: ColumnPlan; readonly sql: string }[]
  /** Facts about these columns, used to leave out unnecessary work. */
  readonly facts: LoweredPass['facts'] | undefined
  /** The step under which reading is counted. */
  readonly reader: string
  readonly operations: readonly Op[]
  /** The other files in which `absent` tests look up values. */
  readonly lookups?: ReadonlyMap<string, Lookup>
  /** The rows to read, if known: few rows of many columns are computed in lists of columns. */
  readonly rows?: number
}

export const lookupKey = (source: string, column: string) => `${source}\n${column}`

export function lower(input: LowerInput): LoweredRelation {
  const columns: Building['columns'] = new Map()
  const building: Building = {
    columns,
    types: { get: (name) => columns.get(name)?.type, has: (name) => columns.has(name), keys: () => columns.keys() },
    flags: [],
    changes: [],
    layers: [],
    alike: input.rows !== undefined && isWide(input.columns.length, input.rows) ? [] : null,
    next: 0,
    lookups: input.lookups ?? new Map(),
  }
  for (const { plan, sql } of input.columns) read(building, plan, sql, input)
  const wanted = new Set(input.operations.flatMap((operation) => keyOf(operation)?.after ?? []))
  const places = new Map<number, readonly ColumnVersion[]>()
  for (const [at, operation] of input.operations.entries()) {
    if (wanted.has(at))
      places.set(
        at,
        [...building.columns].map(([name, { sql, type }]) => ({ name, sql, type })),
      )
    ;(LOWER[operation.op] as (building: Building, operation: Op) => void)(building, operation)
  }
  const withoutType = new Set(input.columns.flatMap(({ plan }) => (plan.untyped === true ? [plan.name] : [])))
  const relation: LoweredRelation = {
    columns: [...building.columns].map(([name, { sql, type, from, through, derived, expression, values }]) => {
      const untyped = !derived && type === 'text' && from.some((column) => withoutType.has(column))
      return {
        name,
        sql,
        type,
        ...(untyped ? { untyped } : {}),
        from,
        through,
        derived,
        ...(expression === undefined ? {} : { expression }),
        values,
      }
    }),
    flags: building.flags,
    changes: building.changes,
    layers: building.layers,
    places,
  }
  return building.alike === null ? relation : withLists(relation, building.alike)
}

/** The columns after a pass, with their lineage. Nothing is run. */
export function lineageOf(pass: LoweredPass): readonly ColumnLineage[] {
  const columns = pass.columns.map((plan, at) => ({ plan, sql: `r${at}` }))
  return lower({ ...withoutLookups(pass), columns }).columns.map(({ sql: _sql, values: _values, ...column }) => column)
}

/** `SELECT everything FROM source` with all layers around it. */
export function nest(source: string, layers: LoweredRelation['layers']): string {
  return layers.reduce((inner, layer) => `SELECT *, ${layer.join(', ')} FROM (${inner})`, source)
}

/**
 * Reads a column: text to values. Leaves out what never happens according to the facts. A cell that is not of its type quarantines the row.
 */
function read(building: Building, plan: ColumnPlan, sql: string, { facts, reader }: LowerInput): void {
  const fact = named(facts?.columns, plan.name)
  const happens = (rule: string) => fact === undefined || (entryOf(fact.effects, rule)?.cells ?? 0) > 0
  const version: Version = { sql, level: 0, type: plan.type, from: [plan.name], through: [], derived: false, values: null }
  const parse = parseOperation(plan)
  if (parse === null) {
    building.columns.set(plan.name, { ...version, values: plan.type === 'text' ? valuesOf(fact) : null })
    return
  }
  let at: Cells = { ...version, type: 'text', values: valuesOf(fact) }
  // in lists, each operation goes over the results of the one before
  const family = JSON.stringify([happens('whitespace'), happens('null_values') ? nullValuesOf(plan) : null, parse])
  if (happens('whitespace')) at = apply(building, at, 'trim', {}, family)
  if (happens('null_values')) at = apply(building, at, 'null_values', { tokens: nullValuesOf(plan) }, family)
  // the survey read every cell, so what it counted as invalid is all that a form has to be tested for
  const options = plan.number !== null && fact?.invalid === 0 ? { ...parse.options, sound: true } : parse.options
  const { sql: value, level } = apply(building, at, parse.cell, options, family)
  building.columns.set(plan.name, { ...version, sql: value, level })
  if (fact === undefined || fact.invalid > 0) {
    flag(building, {
      origin: { step: reader, rule: 'type' },
      column: plan.name,
      fate: 'quarantine',
      counts: 'cells',
      reason: `${plan.name} is not of type ${plan.type}`,
      sql: misfit(building, at.sql, { sql: value, level }, family),
    })
  }
}

function cell(building: Building, { origin, column: name, cell: operation, options, counted, quarantine }: CellOp): void {
  const before = column(building, name)
  const { changed, ...after } = apply(building, before, operation, options)
  building.columns.set(name, { ...before, ...after, through: [...before.through, origin] })
  building.changes.push({ origin, column: name, before: before.sql, after: after.sql, changed })
  if (cellOperation(operation).empties?.(options) === true) flagLost(building, origin, name, before.sql, after.sql)
  if (!counted) return
  flag(building, {
    origin,
    column: name,
    fate: quarantine === undefined ? 'keep' : 'quarantine',
    counts: 'cells',
    reason: quarantine ?? '',
    sql: changed,
  })
}

/** Counts the values that an operation makes missing, and the cells that were missing before, behind which no value can get lost. */
function flagLost(building: Building, origin: Origin, name: string, before: string, after: string): void {
  const common = { origin, column: name, fate: 'keep' as const }
  flag(building, { ...common, counts: 'void', reason: '', sql: `${before} IS NULL` })
  flag(building, { ...common, counts: 'lost', reason: `${name} became missing`, sql: `${before} IS NOT NULL AND ${after} IS NULL` })
}

/** The SQL of an expression, with the level above everything it reads. */
function expression(building: Building, bound: Bound) {
  const { types } = building
  const read = columnsOf(bound.expression, types).map((name) => column(building, name))
  const names = naming(building, Math.max(0, ...read.map(({ level }) => level)))
  return {
    ...toSql(bound, (name) => column(building, name).sql, types, { once: names.once }),
    level: names.level(),
    from: [...new Set(read.flatMap(({ from }) => from))],
  }
}

function derive(building: Building, operation: DeriveOp): void {
  const made = operation.columns.map((column) => {
    const { sql, type, level, from } = expression(building, column)
    const traced = { from, through: [operation.origin], derived: true, expression: print(column.expression) }
    return [column.name, { ...define(building, sql, level), type, ...traced, values: null }] as const
  })
  for (const [name, version] of made) {
    const before = building.columns.get(name)
    if (before !== undefined) flagLost(building, operation.origin, name, before.sql, version.sql)
    building.columns.set(name, version)
  }
}

function check(building: Building, { origin, column: name, test, fate, reason }: CheckOp): void {
  const common = { origin, column: name, fate, counts: 'rows' as const, reason }
  if (test.is === 'repeat') flag(building, { ...common, sql: null, key_set: test.key_set })
  else if (test.is === 'violation') flag(building, { ...common, sql: `(${expression(building, test).sql})` })
  else flag(building, { ...common, sql: notAmong(building, test) })
}

/** Whether a cell holds a value that is missing from the looked-up column of another file. */
function notAmong(building: Building, test: Extract<CheckOp['test'], { readonly is: 'absent' }>): string {
  const { sql, type } = column(building, test.column)
  const values = building.lookups.get(lookupKey(test.source, test.source_column))
  if (values === undefined) throw new Error(`${test.source} was not opened for lookups`)
  const both = comparable(type, values.type, (text) => keyText(text, '', test.match))
  const absent = `${sql} IS NOT NULL AND ${both(sql)} NOT IN (SELECT ${both('value')} FROM ${values.table})`
  return test.when === undefined ? `(${absent})` : `((${expression(building, test.when).sql}) AND ${absent})`
}

function keepOnly(building: Building, names: readonly string[]): void {
  const kept = names.map((name) => [name, column(building, name)] as const)
  building.columns.clear()
  for (const [name, version] of kept) building.columns.set(name, version)
}

const LOWER: { readonly [Name in Op['op']]: (building: Building, operation: Extract<Op, { op: Name }>) => void } = {
  cell,
  derive,
  check,
  filter: (building, operation) =>
    flag(building, {
      origin: operation.origin,
      column: '',
      fate: 'filter',
      counts: 'rows',
      reason: 'filtered',
      sql: `(${expression(building, operation).sql}) IS NOT TRUE`,
    }),
  deduplicate: (building, { origin, key_set }) =>
    flag(building, { origin, column: '', fate: 'deduplicate', counts: 'rows', reason: 'duplicate', sql: null, key_set }),
  rename: (building, { names }) => {
    const renamed = [...building.columns].map(([name, version]) => [entryOf(names, name) ?? name, version] as const)
    building.columns.clear()
    for (const [name, version] of renamed) building.columns.set(name, version)
  },
  drop: (building, { columns }) =>
    keepOnly(
      building,
      [...building.columns.keys()].filter((name) => !isAmong(columns, name)),
    ),
  select: (building, { columns }) => keepOnly(building, columns),
}
