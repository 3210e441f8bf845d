/** One streaming pass over a batch: every measure of every column, and the hash of every key. */
import type { Json } from '../machine/asl.ts'
import { distinctState, shiftFor } from '../measures/distinct.ts'
import { ALL_MEASURES, MEASURES } from '../measures/index.ts'
import type { Cells, Measure } from '../measures/measure.ts'
import type { ColumnPlan } from '../relation/column-plan.ts'
import { columnsOf, expressionOf, toSql } from '../lowering/expressions.ts'
import { nest } from '../lowering/lower.ts'
import type { KeySet } from './key-set.ts'
import type { Session } from '../duckdb/session.ts'
import { dictionaryKey, layersOf, measuredCells, noLayers } from './cells.ts'
import { type ColumnPartial, MOST_VALUES, type SourcePartial, type Values } from './partial.ts'
import { record } from '../text/record.ts'

export interface SurveyColumn {
  readonly plan: ColumnPlan
  /** A plain reference in the source relation. */
  readonly sql: string
}

export interface ScanResult {
  /** In the order of the files. */
  readonly files: readonly {
    readonly file: string
    /** All rows, also those that were not measured. */
    readonly rows: number
    readonly partial: Omit<SourcePartial, 'source'>
    readonly keys: readonly BigUint64Array[]
  }[]
}

interface Aggregate {
  readonly column: string
  readonly measure: string
  readonly part: string
}

export interface Measurable {
  /** A SELECT with the columns' references and `_file`. */
  readonly relation: string
  readonly columns: readonly SurveyColumn[]
  /** A column of it that says of each row whether it left before: such rows are not measured and have no keys. Null when there are none. */
  readonly gone: string | null
}

/** Measures the relation, file by file; `records` is the number of records of the whole dataset. */
export async function scan(
  session: Session,
  { relation, columns, gone }: Measurable,
  keySets: readonly KeySet[],
  records: number,
): Promise<ScanResult> {
  const shift = shiftFor(records)
  const layers = noLayers()
  const cells = new Map<string, Cells>()
  const keys = new Map<string, { key: string; present: string }>()
  const inKeys = new Set(keySets.flatMap((set) => set.columns ?? columns.map(({ plan }) => plan.name)))
  const inConditions = new Set(keySets.flatMap((set) => conditionColumns(set, columns)))
  columns.forEach(({ plan, sql }, at) => {
    const cellsOf = () => cells.get(plan.name) ?? measuredCells(plan, sql, at, layers)
    if (!plan.dictionary || inConditions.has(plan.name)) cells.set(plan.name, cellsOf())
    const own = cells.get(plan.name)
    if (plan.dictionary && inKeys.has(plan.name)) keys.set(plan.name, dictionaryKey(plan, sql, cellsOf))
    else if (own !== undefined) keys.set(plan.name, { key: own.hash, present: own.present })
  })
  const aggregates: Aggregate[] = []
  const selected: string[] = []
  for (const { plan } of columns) {
    const measured = plan.dictionary ? undefined : cells.get(plan.name)
    if (measured !== undefined) addAggregates(plan, measured, aggregates, selected)
  }
  const measured = columns.filter(({ plan }) => !plan.dictionary)
  const dictionaries = columns.filter(({ plan }) => plan.dictionary)
  const hashes = measured.map(({ plan }, at) => `${hashList(cells.get(plan.name) as Cells, plan.sketched ? shift : null)} AS kept${at}`)
  const conditions = keySets.map((set) => conditionOf(set, columns, cells))
  const keyLists = keySets.map((set, at) => {
    const hash = keyHash(set.columns ?? columns.map(({ plan }) => plan.name), set.columns === null, keys)
    const about = [...(gone === null ? [] : [`NOT ${gone}`]), ...(conditions[at] === null ? [] : [conditions[at]])]
    return `list(${about.length === 0 ? hash : `CASE WHEN ${about.join(' AND ')} THEN ${hash} ELSE 0::UBIGINT END`}) AS keys${at}`
  })
  const histograms = dictionaries.map(({ sql }, at) => `histogram(${sql}) AS dictionary${at}`)
  const all = ['count(*) AS n', ...selected, ...hashes, ...histograms]
  const places = ['count(*) AS places', ...keyLists]
  const read = nest(relation, layersOf(layers))
  const table = (name: string, what: readonly string[], from: string) =>
    session.run(`CREATE OR REPLACE TEMP TABLE ${name} AS SELECT ${['_file', ...what].join(', ')} FROM (${from}) GROUP BY _file`)
  if (gone === null) await table('survey', [...all, ...places], read)
  else {
    // a row that left keeps its place among the keys, but nothing is measured of it
    await table('surveyed', all, `SELECT * FROM (${read}) WHERE NOT ${gone}`)
    await table('places', places, read)
    await session.run('CREATE OR REPLACE TEMP TABLE survey AS SELECT * FROM places LEFT JOIN surveyed USING (_file)')
  }

  const rows = await session.rows(
    `SELECT _file, places, COALESCE(n, 0) AS n${aggregates.map((_, at) => `, a${at}`).join('')} FROM survey ORDER BY _file`,
  )
  const names = listNames(measured.length, keySets.length)
  const numbers = names.length === 0 ? rows.map(() => []) : await session.lists(`SELECT ${names.join(', ')} FROM survey ORDER BY _file`)
  const dictionaryValues: Values[][] = []
  for (const [at] of dictionaries.entries())
    dictionaryValues.push(
      await readDictionary(
        session,
        at,
        rows.map((row) => [String(row['_file']), Number(row['n'])]),
      ),
    )

  return {
    files: rows.map((row, file) => {
      const partials = record<ColumnPartial>()
      measured.forEach(({ plan }, at) => {
        const hashes = numbers[file]?.[at] ?? new BigUint64Array()
        partials[plan.name] = {
          states: { ...readStates(plan, aggregates, row), [MEASURES.distinct.name]: distinctState(hashes, plan.sketched ? shift : 0) },
        }
      })
      dictionaries.forEach(({ plan }, at) => {
        partials[plan.name] = { values: dictionaryValues[at]?.[file] ?? [] }
      })
      return {
        file: String(row['_file']),
        rows: Number(row['places']),
        partial: { rows: Number(row['n']), columns: partials },
        keys: (numbers[file] ?? []).slice(measured.length),
      }
    }),
  }
}

const listNames = (measured: number, keySets: number) => [
  ...Array.from({ length: measured }, (_, at) => `kept${at}`),
  ...Array.from({ length: keySets }, (_, at) => `keys${at}`),
]

const typesOf = (columns: readonly SurveyColumn[]) => new Map(columns.map(({ plan }) => [plan.name, plan.type]))

const conditionColumns = ({ when }: KeySet, columns: readonly SurveyColumn[]) =>
  when === undefined ? [] : columnsOf(expressionOf(when.expression), typesOf(columns))

/** Which rows a key set is about; null: all. */
function conditionOf({ when }: KeySet, columns: readonly SurveyColumn[], cells: ReadonlyMap<string, Cells>): string | null {
  if (when === undefined) return null
  const types = typesOf(columns)
  const references = new Map(columns.map(({ plan, sql }) => [plan.name, plan.type === 'text' ? sql : (cells.get(plan.name)?.value ?? sql)]))
  const bound = { expression: expressionOf(when.expression), parameters: when.parameters }
  return `COALESCE(${toSql(bound, (name) => references.get(name) ?? 'NULL', types).sql}, FALSE)`
}

/** The aggregate expressions of all measures that apply to a column, under running names. */
export function addAggregates(plan: ColumnPlan, cells: Cells, aggregates: Aggregate[], selected: string[]): void {
  for (const measure of ALL_MEASURES) {
    if (!measure.appliesTo(plan)) continue
    for (const [part, sql] of Object.entries(measure.sql(cells, plan))) {
      selected.push(`${sql} AS a${aggregates.length}`)
      aggregates.push({ column: plan.name, measure: measure.name, part })
    }
  }
}

/** The states of a column's measures, but for the distinct values, from a row of running names. */
export function readStates(plan: ColumnPlan, aggregates: readonly Aggregate[], row: Record<string, Json>): { [measure: string]: Json } {
  const states = record<Json>()
  for (const measure of ALL_MEASURES as readonly Measure[]) {
    if (!measure.appliesTo(plan) || measure.name === MEASURES.distinct.name) continue
    const parts = aggregates.flatMap(({ column, measure: owner, part }, at) =>
      column === plan.name && owner === measure.name ? [[part, row[`a${at}`] ?? null] as const] : [],
    )
    states[measure.name] = measure.read(Object.fromEntries(parts))
  }
  return states
}

/** All hashes of different values, or those below the threshold of a sketch, then repeated as often as they occur. */
export function hashList({ present, hash }: Cells, shift: number | null): string {
  if (shift === null) return `list(DISTINCT ${hash}) FILTER (WHERE ${present} IS NOT NULL)`
  if (shift === 0) return `list(${hash}) FILTER (WHERE ${present} IS NOT NULL)`
  return `list(${hash}) FILTER (WHERE ${present} IS NOT NULL AND ${hash} < ${2n ** BigInt(64 - shift)}::UBIGINT)`
}

/**
 * The hash of a row's key as standardised. In a key of named columns a row with a missing cell has no key (0): rows are not the same
 * because both lack something. The whole row compares missing cells as equal.
 */
function keyHash(names: readonly string[], wholeRow: boolean, keys: ReadonlyMap<string, { key: string; present: string }>): string {
  const used = names.map((name) => {
    const key = keys.get(name)
    if (key === undefined) throw new Error(`the key names "${name}", which is no column`)
    return key
  })
  const hash = `hash(${used.map(({ key }) => key).join(', ')})`
  return wholeRow ? hash : `CASE WHEN ${used.map(({ present }) => `${present} IS NULL`).join(' OR ')} THEN 0::UBIGINT ELSE ${hash} END`
}

/** A dictionary column's values for each file; cells without a value are what is missing from the sum. */
async function readDictionary(session: Session, at: number, files: readonly (readonly [string, number])[]): Promise<Values[]> {
  const sizes = await session.rows(`SELECT _file, cardinality(dictionary${at}) AS size FROM survey`)
  const tooMany = new Set(sizes.filter(({ size }) => Number(size) > MOST_VALUES).map(({ _file }) => String(_file)))
  const rows = await session.rows(
    `SELECT _file, unnest(map_keys(dictionary${at})) AS value, unnest(map_values(dictionary${at})) AS count FROM survey WHERE cardinality(dictionary${at}) <= ${MOST_VALUES}`,
  )
  const byFile = new Map<string, [string | null, number][]>()
  for (const { _file, value, count } of rows) {
    const list = byFile.get(String(_file)) ?? []
    list.push([String(value), Number(count)])
    byFile.set(String(_file), list)
  }
  return files.map(([file, n]) => {
    if (tooMany.has(file)) return null
    const values = byFile.get(file) ?? []
    const present = values.reduce((sum, [, count]) => sum + count, 0)
    return n > present ? [...values, [null, n - present]] : values
  })
}
