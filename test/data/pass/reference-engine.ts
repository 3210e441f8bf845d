/**
 * A second engine of passes, in plain JavaScript and row by row: what DuckDB does is compared with it. It takes the rows as values, keeps
 * the rows that it writes, and counts with the tally of all engines.
 */
import { parseOperation, nullValuesOf } from '#relational/cells/reading.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { cellOperation } from '#relational/cells/index.ts'
import { columnNamed } from '#relational/expression/columns.ts'
import { type Flag, keyOf, type LoweredPass } from '#relational/operations/lowered-pass.ts'
import type { Op, Origin } from '#relational/operations/ops.ts'
import type { ColumnType } from '#relational/types/types.ts'
import type { PassEngine, PassedColumn } from '#data/pass/engine.ts'
import { isTyped } from '#data/survey/quality.ts'
import { maskWords, startTally } from '#data/pass/tally.ts'
import { changedCell } from '../../relational/reference/cells.ts'
import { evaluator } from '../../relational/reference/expression.ts'
import { asText, type Cell, convert } from '../../relational/reference/values.ts'

type Row = ReadonlyMap<string, Cell>

/** A column at one point of the pass, with its cell in every row. */
interface Version {
  readonly type: ColumnType
  readonly cells: readonly Cell[]
  readonly from: readonly string[]
  readonly through: readonly Origin[]
  readonly derived: boolean
}

/** A flag with whether each row raises it; null for flags about keys. */
interface Raised {
  readonly flag: Flag
  readonly rows: readonly boolean[] | null
}

interface State {
  readonly rows: number
  columns: Map<string, Version>
  readonly raised: Raised[]
  /** The values of columns of other files, by `source` and `column`. */
  readonly lookups: ReadonlyMap<string, readonly Cell[]>
}

export interface ReferenceEngine extends PassEngine {
  /** The rows that the last pass wrote. */
  readonly written: Row[]
}

/** An engine for these rows, with the cells of each column by its name in the dataset. `lookups`: `<source> <column>` to values of its type. */
export function referenceEngine(rows: readonly Row[], lookups: State['lookups'] = new Map()): ReferenceEngine {
  const written: Row[] = []
  return {
    written,
    prepare: async (pass, { batch }) => {
      const state: State = { rows: rows.length, columns: new Map(), raised: [], lookups }
      for (const plan of pass.columns) read(state, plan, rows, pass.reader)
      for (const operation of pass.operations) (OPERATIONS[operation.op] as (state: State, operation: Op) => void)(state, operation)
      const columns = [...state.columns].map(
        ([name, { type, from, through, derived }]): PassedColumn => ({
          ...{ name, type, from, through, derived },
          typed: isTyped({ type, semantic: null }),
        }),
      )
      const flags = state.raised.map(({ flag }) => flag)
      return {
        columns,
        flags,
        run: async (members) => {
          const { tally, account } = startTally({
            flags,
            members,
            source_starts: batch.files.map(({ first_row }) => first_row),
            chunk_starts: chunkStarts(batch.files),
            rows: rows.length,
            remember: 20,
          })
          const keep = new Uint8Array(rows.length)
          const proofs = [...members.values()].filter((own) => own.rows.length > 0).map(() => new BigUint64Array(rows.length))
          tally(rows.length, wordsOf(state), new BigUint64Array(rows.length), proofs, keep)
          written.push(...rows.flatMap((_row, at) => (keep[at] === 1 ? [rowAt(state, at)] : [])))
          const missing = columns.map(({ name }) => written.filter((row) => row.get(name) === null).length)
          return { account, written: { rows: written.length, missing }, latest: latest(pass, state, written) }
        },
      }
    },
  }
}

const chunkStarts = (files: readonly { readonly chunk_rows: readonly number[] }[]) => {
  let row = 0
  return files.flatMap(({ chunk_rows }) =>
    chunk_rows.map((count) => {
      row += count
      return row - count
    }),
  )
}

const rowAt = ({ columns }: State, at: number): Row => new Map([...columns].map(([name, { cells }]) => [name, cells[at] ?? null]))

function wordsOf({ raised, rows }: State): Uint32Array[] {
  const words = Array.from({ length: maskWords(raised.length) }, () => new Uint32Array(rows))
  for (const [flag, { rows: own }] of raised.entries())
    for (let row = 0; row < rows; row++) {
      const word = words[flag >> 5] as Uint32Array
      if (own?.[row] === true) word[row] = ((word[row] as number) | (1 << (flag & 31))) >>> 0
    }
  return words
}

/** Reads a column: white space and texts for "no value" first, then its values. A cell that is not of the type quarantines the row. */
function read(state: State, plan: ColumnPlan, rows: readonly Row[], reader: string): void {
  const parse = parseOperation(plan)
  const cells = rows.map((row) => row.get(plan.name) ?? null)
  const version = { type: plan.type, from: [plan.name], through: [], derived: false }
  if (parse === null) {
    state.columns.set(plan.name, { ...version, cells })
    return
  }
  const present = cells.map((cell) => {
    const trimmed = changedCell('trim', cell, {}, 'text').cell
    return changedCell('null_values', trimmed, { tokens: nullValuesOf(plan) }, 'text').cell
  })
  const values = present.map((cell) => changedCell(parse.cell, cell, parse.options, 'text').cell)
  state.columns.set(plan.name, { ...version, cells: values })
  raise(state, {
    ...{ origin: { step: reader, rule: 'type' }, column: plan.name, fate: 'quarantine', counts: 'cells', key_set: null },
    reason: `${plan.name} is not of type ${plan.type}`,
    rows: present.map((cell, at) => cell !== null && cell !== '' && values[at] === null),
  })
}

const raise = (state: State, { rows, ...flag }: Flag & { readonly rows: Raised['rows'] }) => state.raised.push({ flag, rows })

/** The cells of a column that were missing before an operation, and the values that it made missing. */
function raiseLost(state: State, origin: Origin, column: string, before: readonly Cell[], after: readonly Cell[]): void {
  const common = { origin, column, fate: 'keep', key_set: null } as const
  raise(state, { ...common, counts: 'void', reason: '', rows: before.map((cell) => cell === null) })
  const lost = before.map((cell, row) => cell !== null && after[row] === null)
  raise(state, { ...common, counts: 'lost', reason: `${column} became missing`, rows: lost })
}

const columnOf = ({ columns }: State, name: string): Version => {
  const found = columns.get(name)
  if (found === undefined) throw new Error(`no column ${name}`)
  return found
}

type Bound = Pick<Extract<Op, { op: 'filter' }>, 'expression' | 'parameters'>

/** The values of an expression in all rows. */
function evaluate(state: State, { expression, parameters }: Bound) {
  const types = new Map([...state.columns].map(([name, { type }]) => [name, type]))
  const { type, at } = evaluator(expression, { types, parameters })
  return { type, cells: Array.from({ length: state.rows }, (_, row) => at(rowAt(state, row))) }
}

/** The source columns that an expression depends on. */
function sourcesOf(state: State, { expression }: Bound): readonly string[] {
  const named = JSON.stringify(expression).match(/"kind":"column","name":"(?:[^"\\]|\\.)*"/g) ?? []
  const names = named.map((part) => columnNamed((JSON.parse(`{${part}}`) as { name: string }).name, state.columns) ?? '')
  return [...new Set(names.flatMap((name) => state.columns.get(name)?.from ?? []))]
}

const OPERATIONS: { readonly [Name in Op['op']]: (state: State, operation: Extract<Op, { op: Name }>) => void } = {
  cell: (state, { origin, column, cell: name, options, counted, quarantine }) => {
    const before = columnOf(state, column)
    const changed = before.cells.map((cell) => changedCell(name, cell, options, before.type))
    const type = cellOperation(name).type(before.type, options)
    const through = [...before.through, origin]
    const after = changed.map(({ cell }) => cell)
    state.columns.set(column, { ...before, type, through, cells: after })
    if (cellOperation(name).empties?.(options) === true) raiseLost(state, origin, column, before.cells, after)
    if (counted)
      raise(state, {
        ...{ origin, column, counts: 'cells', key_set: null, reason: quarantine ?? '' },
        fate: quarantine === undefined ? 'keep' : 'quarantine',
        rows: changed.map((one) => one.changed),
      })
  },
  derive: (state, { origin, columns }) => {
    const made = columns.map((column) => [column.name, { ...evaluate(state, column), from: sourcesOf(state, column) }] as const)
    const before = new Map(state.columns)
    for (const [name, { type, cells, from }] of made) state.columns.set(name, { type, cells, from, through: [origin], derived: true })
    for (const [name, { cells }] of made) {
      const old = before.get(name)
      if (old !== undefined) raiseLost(state, origin, name, old.cells, cells)
    }
  },
  filter: (state, operation) =>
    void raise(state, {
      ...{ origin: operation.origin, column: '', fate: 'filter', counts: 'rows', reason: 'filtered', key_set: null },
      rows: evaluate(state, operation).cells.map((cell) => cell !== true),
    }),
  check: (state, { origin, column, test, fate, reason }) => {
    const common = { origin, column, fate, counts: 'rows' as const, reason, key_set: null }
    if (test.is === 'repeat') raise(state, { ...common, key_set: test.key_set, rows: null })
    else if (test.is === 'violation') raise(state, { ...common, rows: evaluate(state, test).cells.map((cell) => cell === true) })
    else {
      const { cells } = columnOf(state, test.column)
      const known = new Set(state.lookups.get(`${test.source} ${test.source_column}`))
      const applies = test.when === undefined ? cells.map(() => true) : evaluate(state, test.when).cells
      raise(state, { ...common, rows: cells.map((cell, row) => applies[row] === true && cell !== null && !known.has(cell)) })
    }
  },
  deduplicate: (state, operation) =>
    void raise(state, {
      ...{ origin: operation.origin, column: '', fate: 'deduplicate', counts: 'rows', reason: 'duplicate' },
      key_set: keyOf(operation),
      rows: null,
    }),
  rename: (state, { names }) => {
    state.columns = new Map(
      [...state.columns].map(([name, version]) => [Object.hasOwn(names, name) ? (names[name] as string) : name, version]),
    )
  },
  drop: (state, { columns }) => {
    state.columns = new Map([...state.columns].filter(([name]) => !columns.includes(name)))
  },
  select: (state, { columns }) => {
    state.columns = new Map(columns.map((name) => [name, columnOf(state, name)]))
  },
}

/** The latest moment of the requested columns, as ISO text to the second. */
function latest({ output }: LoweredPass, { columns }: State, written: readonly Row[]): { readonly [column: string]: string | null } {
  return Object.fromEntries(
    output.latest.flatMap((asked) => {
      const name = columnNamed(asked, columns)
      if (name === undefined) return []
      const { type } = columns.get(name) as Version
      const moments = written.flatMap((row) => {
        const moment = convert(row.get(name) ?? null, type, 'timestamp')
        return moment === null ? [] : [moment as bigint]
      })
      const last = moments.reduce<bigint | null>((most, moment) => (most === null || moment > most ? moment : most), null)
      return [[asked, last === null ? null : `${(asText(last, 'timestamp') as string).slice(0, 19).replace(' ', 'T')}Z`]]
    }),
  )
}
