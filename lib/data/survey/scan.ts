/** One streaming pass over a batch: every measure of every column, and the hash of every key. */
import { anyOf, hashOfKey } from '#relational/types/sql.ts'
import type { Json } from '#core/json.ts'
import { ALL_MEASURES } from '#relational/measures/index.ts'
import type { Cells, Measure } from '#relational/measures/measure.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import { columnsOf, expressionOf, toSql } from '#relational/operations/expressions.ts'
import { nest } from '#relational/operations/to-sql.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import type { Session } from '#io/duckdb/session.ts'
import { dictionaryKey, type KeyCell, keyCell, layersOf, measuredCells, noLayers } from './cells.ts'
import { type Collection, openCollection } from './collect.ts'
import { type ColumnPartial, MAX_LISTED_LENGTH, MAX_VALUES, type SourcePartial, type Values } from './partial.ts'
import { madeOnce } from '#core/text/lookup.ts'
import { record } from '#core/text/record.ts'

export interface SurveyColumn {
  readonly plan: ColumnPlan
  /** A plain reference in the source relation. */
  readonly sql: string
}

export interface ScanResult {
  /** In the order of the files. */
  readonly files: readonly {
    readonly file: string
    /** All rows, including those not measured. */
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
  /** A column that is true for rows that left before, which are not measured. Null if there are none. */
  readonly gone: string | null
  /** The same for rows without keys: a row that left as a repeat has one, as another row can leave in its place. */
  readonly keyless?: string | null
}

/** Measures the relation, file by file; `records` is the number of records of the whole dataset. */
export async function scan(
  session: Session,
  { relation, columns, gone, keyless = null }: Measurable,
  keySets: readonly KeySet[],
  records: number,
  /** The columns to measure; null: all. */
  only: ReadonlySet<string> | null = null,
): Promise<ScanResult> {
  const collection = openCollection(session, records)
  const layers = noLayers()
  const cells = new Map<string, Cells>()
  const keys = new Map<string, KeyCell>()
  const inKeys = new Set(keySets.flatMap((set) => set.columns ?? columns.map(({ plan }) => plan.name)))
  const inConditions = new Set(keySets.flatMap((set) => conditionColumns(set, columns)))
  columns.forEach(({ plan, sql }, at) => {
    const cellsOf = () => cells.get(plan.name) ?? measuredCells(plan, sql, at, layers)
    if (!plan.dictionary || inConditions.has(plan.name)) cells.set(plan.name, cellsOf())
    const own = cells.get(plan.name)
    if (plan.dictionary && inKeys.has(plan.name)) keys.set(plan.name, dictionaryKey(plan, sql, cellsOf))
    else if (own !== undefined) keys.set(plan.name, keyCell(plan, own))
  })
  const aggregates: Aggregate[] = []
  const selected: string[] = []
  const asked = columns.filter(({ plan }) => only === null || only.has(plan.name))
  for (const { plan } of asked) {
    const measured = plan.dictionary ? undefined : cells.get(plan.name)
    if (measured !== undefined) addAggregates(plan, measured, aggregates, selected)
  }
  const measured = asked.filter(({ plan }) => !plan.dictionary)
  const dictionaries = asked.filter(({ plan }) => plan.dictionary)
  const collected = measured.flatMap(({ plan }) => collection.add(plan, cells.get(plan.name) as Cells, GROUP))
  const conditions = keySets.map((set) => conditionOf(set, columns, cells))
  const keyLists = keySets.map((set, at) => {
    const hash = keyHash(set.columns ?? columns.map(({ plan }) => plan.name), set, keys)
    const about = [...(keyless === null ? [] : [`NOT ${keyless}`]), ...(conditions[at] === null ? [] : [conditions[at]])]
    return `list(${about.length === 0 ? hash : `CASE WHEN ${about.join(' AND ')} THEN ${hash} ELSE 0::UBIGINT END`}) AS keys${at}`
  })
  const listed = measured.filter(({ plan }) => isListed(plan))
  const listedAt = new Map(listed.map((column, at) => [column, at]))
  const histograms = [
    ...dictionaries.map(({ sql }) => `histogram(${sql})`),
    ...listed.map(({ plan, sql }) => collection.addList(plan, sql, GROUP)),
  ].map((sql, at) => `${sql} AS dictionary${at}`)
  const seen = collected.map((sql, at) => `${sql} AS seen${at}`)
  const all = ['count(*) AS n', ...selected, ...seen, ...histograms]
  const places = ['count(*) AS places', ...keyLists]
  const read = `SELECT *, hash(_file) AS ${GROUP} FROM (${nest(relation, layersOf(layers))})`
  const table = (name: string, what: readonly string[], from: string) =>
    session.run(`CREATE OR REPLACE TEMP TABLE ${name} AS SELECT ${['_file', ...what].join(', ')} FROM (${from}) GROUP BY _file`)
  if (gone === null) await table('survey', [...all, ...places], read)
  else {
    // a row that left keeps its place among the keys, but is not measured
    await table('surveyed', all, `SELECT * FROM (${read}) WHERE NOT ${gone}`)
    await table('places', places, read)
    await session.run('CREATE OR REPLACE TEMP TABLE survey AS SELECT * FROM places LEFT JOIN surveyed USING (_file)')
  }

  const rows = await session.rows(
    `SELECT _file, hash(_file) AS ${GROUP}, places, COALESCE(n, 0) AS n${aggregates.map((_, at) => `, a${at}`).join('')} FROM survey ORDER BY _file`,
  )
  const names = keySets.map((_, at) => `keys${at}`)
  const numbers = names.length === 0 ? rows.map(() => []) : await session.lists(`SELECT ${names.join(', ')} FROM survey ORDER BY _file`)
  const dictionaryValues: Values[][] = []
  for (const at of histograms.keys())
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
      const group = String(row[GROUP])
      for (const column of measured) {
        const states = readStates(column.plan, aggregates, row, collection, group)
        const at = listedAt.get(column)
        if (at === undefined) partials[column.plan.name] = { states }
        else {
          const values = (dictionaryValues[dictionaries.length + at] as Values[])[file] as Values
          partials[column.plan.name] = { states, listed: collection.isListed(column.plan, group) ? values : null }
        }
      }
      dictionaries.forEach(({ plan }, at) => {
        // null if there were too many
        partials[plan.name] = { values: (dictionaryValues[at] as Values[])[file] as Values }
      })
      return {
        file: String(row['_file']),
        rows: Number(row['places']),
        partial: { rows: Number(row['n']), columns: partials },
        keys: numbers[file] ?? [],
      }
    }),
  }
}

/** The group of a row among the collected ones. */
const GROUP = '_group'

/** Typed text is listed besides being measured, because the number of its values is not known before. */
const isListed = ({ type, from_text }: ColumnPlan) => type === 'text' && !from_text

const typesOf = (columns: readonly SurveyColumn[]) => new Map(columns.map(({ plan }) => [plan.name, plan.type]))

const conditionColumns = ({ when }: KeySet, columns: readonly SurveyColumn[]) =>
  when === undefined ? [] : columnsOf(expressionOf(when.expression), typesOf(columns))

/** The rows of a key set as a condition; null: all. */
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

/** The aggregates of each column, with their index. */
const partsByColumn = madeOnce((aggregates: readonly Aggregate[]) => {
  const parts = new Map<string, (Aggregate & { readonly at: number })[]>()
  for (const [at, aggregate] of aggregates.entries()) {
    const own = parts.get(aggregate.column)
    if (own === undefined) parts.set(aggregate.column, [{ ...aggregate, at }])
    else own.push({ ...aggregate, at })
  }
  return parts
})

/** The states of a column's measures, from a row of running names and from what was collected of a group. */
export function readStates(
  plan: ColumnPlan,
  aggregates: readonly Aggregate[],
  row: Record<string, Json>,
  collection: Collection,
  group: string,
): { [measure: string]: Json } {
  const states = record<Json>()
  for (const measure of ALL_MEASURES as readonly Measure[]) {
    if (!measure.appliesTo(plan) || measure.collect !== undefined) continue
    const parts = (partsByColumn(aggregates).get(plan.name) ?? []).flatMap(({ measure: owner, part, at }) =>
      owner === measure.name ? [[part, row[`a${at}`] ?? null] as const] : [],
    )
    states[measure.name] = measure.read(Object.fromEntries(parts))
  }
  return { ...states, ...collection.states(plan, group) }
}

/**
 * The hash of a row's key. In a key of named columns a row with a missing cell has no key (0): rows are not equal because both lack a
 * value. A key of the whole row compares missing cells as equal.
 */
function keyHash(names: readonly string[], { columns, match }: KeySet, keys: ReadonlyMap<string, KeyCell>): string {
  const used = names.map((name) => {
    const key = keys.get(name)
    if (key === undefined) throw new Error(`the key has an unknown column "${name}"`)
    return key
  })
  const hash = hashOfKey(used.map(({ part }) => part(match)))
  return columns === null ? hash : `CASE WHEN ${anyOf(used.map(({ present }) => `${present} IS NULL`))} THEN 0::UBIGINT ELSE ${hash} END`
}

/** A dictionary column's values for each file; the rest of the rows has no value. */
async function readDictionary(session: Session, at: number, files: readonly (readonly [string, number])[]): Promise<Values[]> {
  const fits = `cardinality(dictionary${at}) <= ${MAX_VALUES} AND COALESCE(list_max([strlen(CAST(value AS VARCHAR)) FOR value IN map_keys(dictionary${at})]), 0) <= ${MAX_LISTED_LENGTH}`
  const sizes = await session.rows(`SELECT _file FROM survey WHERE NOT (${fits})`)
  const tooMany = new Set(sizes.map(({ _file }) => String(_file)))
  const rows = await session.rows(
    `SELECT _file, unnest(map_keys(dictionary${at})) AS value, unnest(map_values(dictionary${at})) AS count FROM survey WHERE ${fits}`,
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
