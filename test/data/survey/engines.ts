/** Small texts measured both ways: by the kernel, and by SQL. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSql } from '#data/dataset/read-sql.ts'
import type { Layout } from '#data/dataset/plan.ts'
import type { Json } from '#core/json.ts'
import { MEASURES } from '#relational/measures/index.ts'
import type { Spool } from '#io/formats/spool.ts'
import type { ColumnPlan } from '#relational/cells/column-plan.ts'
import type { KeySet } from '#relational/operations/key-set.ts'
import { kernelScan } from '#data/survey/kernel-scan.ts'
import type { KnownHashes } from '#data/survey/listed.ts'
import type { ColumnPartial } from '#data/survey/partial.ts'
import { scan } from '#data/survey/scan.ts'
import type { TestDatabase } from '../../kit/database.ts'

export interface Surveyed {
  readonly rows: number
  readonly columns: Readonly<Record<string, ColumnPartial>>
  /** Of each key set, which rows have the same key: letters in the order they first occur, `-` for a row without one. */
  readonly keys: readonly string[]
}

export interface Text {
  readonly text: string
  readonly plans: readonly ColumnPlan[]
  readonly keys?: readonly KeySet[]
  /** Columns of the file, by name; all of them unless the file lacks some. */
  readonly fields?: readonly string[]
  /** Records of the file. */
  readonly records: number
  readonly longest?: number
}

let files = 0

const layoutOf = ({ plans, fields = plans.map(({ name }) => name) }: Text): Layout => ({
  ...{ layout: 'delimited', delimiter: ',', quote: '"', escape: '"' },
  columns: fields.map((name) => ({ physical: name, column: name, cast: null })),
})

function spoolOf(database: TestDatabase, { text, records, longest = 1000 }: Text): Spool {
  const path = join(database.folder, `lane-${files++}.csv`)
  writeFileSync(path, text)
  return {
    ...{ path, skip_header: false, new_line: '\n', bytes: text.length, longest_record: longest, one_piece: false, records, rows: null },
    record: (row) => row + 1,
    release: async () => {},
  }
}

/** Kept from text to text, as a survey keeps them from file to file. */
const hashes: KnownHashes = new Map()

export async function byKernel(database: TestDatabase, of: Text, keeps = true): Promise<Surveyed> {
  const world = { scratch: database.folder, session: async () => database.session, ...(keeps ? { hashes } : {}) }
  const { rows, partial, keys } = await kernelScan(spoolOf(database, of), layoutOf(of), of.plans, of.keys ?? [], 100, world)
  return { rows, columns: partial.columns, keys: keys.map(lettered) }
}

export async function bySql(database: TestDatabase, of: Text): Promise<Surveyed> {
  const { path } = spoolOf(database, of)
  const layout = layoutOf(of)
  const read = readSql(layout, {
    paths: [path],
    rows: null,
    header: false,
    newline: '\n',
    longest: Math.max(100_000, (of.longest ?? 0) + 64),
    whole: 0,
  })
  const lacking = of.plans.filter(({ name }) => !layout.columns.some(({ column }) => column === name))
  const relation = `SELECT *${lacking.map((_, at) => `, NULL::VARCHAR AS x${at}`).join('')} FROM (${read})`
  const sqlOf = (plan: ColumnPlan) =>
    lacking.includes(plan) ? `x${lacking.indexOf(plan)}` : `r${layout.columns.findIndex(({ column }) => column === plan.name)}`
  const columns = of.plans.map((plan) => ({ plan, sql: sqlOf(plan) }))
  const { files: found } = await scan(database.session, { relation, columns, gone: null }, of.keys ?? [], 100)
  const [file] = found
  return { rows: file?.rows ?? 0, columns: file?.partial.columns ?? {}, keys: (file?.keys ?? []).map(lettered) }
}

/** Which rows have equal keys. */
export function lettered(keys: BigUint64Array): string {
  const known = new Map<bigint, string>()
  const letter = (key: bigint) => {
    if (key === 0n) return '-'
    if (!known.has(key)) known.set(key, String.fromCharCode(97 + known.size))
    return known.get(key) as string
  }
  return [...keys].map(letter).join('')
}

/** A list of values as `value count`, in order; null when there were too many. */
export const valuesOf = (partial: ColumnPartial | undefined) =>
  partial !== undefined && 'values' in partial
    ? (partial.values?.map(([value, count]) => `${value ?? '~'} ${count}`).sort() ?? null)
    : undefined

/** The states of a column, with the number of different values in place of their hashes. */
export function statesOf(partial: ColumnPartial | undefined): Record<string, Json> {
  if (partial === undefined || !('states' in partial)) throw new Error('the column has no states')
  const { distinct, ...states } = partial.states
  return JSON.parse(JSON.stringify({ ...states, distinct: MEASURES.distinct.value(distinct as never, {} as never).value })) as Record<
    string,
    Json
  >
}
