/** The uniform sample of a dataset as a relation. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DatasetPlan, fieldOf } from '#data/dataset/plan.ts'
import { rawIdentifier, readSql } from '#data/dataset/read-sql.ts'
import { recordOf } from '#data/dataset/records.ts'
import { LAYOUTS } from '#io/formats/layouts.ts'
import type { Inspection } from '#io/formats/source.ts'
import { sampleHash } from '#io/formats/sample.ts'
import { readBytes, readJson } from '#io/workspace/json-store.ts'
import { sqlType } from '#relational/types/sql.ts'
import type { SurveyColumn } from '#data/survey/scan.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import type { InspectedSource } from '#data/dataset/inspected-source.ts'
import { type OpenBatch, openBatch } from './open-batch.ts'
import { inspectionOf } from '#data/dataset/inspections.ts'

export interface OpenSample {
  readonly relation: string
  readonly columns: readonly SurveyColumn[]
  /** Folders that DuckDB must be allowed to read. */
  readonly folders: readonly string[]
  release(): Promise<void>
}

const identifier = (at: number) => `s${at}`

/** The rows of a batch, counted from 0, that are excluded from the sample. */
export type LeftOut = (batch: number) => Promise<ReadonlySet<number>>

/** Opens the sample: the same records for any chunking. The files are in the task's scratch folder. */
export async function openSample(dataset: DatasetPlan, leftOut: LeftOut, context: TaskContext): Promise<OpenSample> {
  if (dataset.layouts.some(({ layout }) => LAYOUTS[layout].typed)) return openTypedSample(dataset, leftOut, context)
  const without = await recordsOf(dataset, leftOut, context)
  const selects: string[] = []
  for (const [at, source] of dataset.sources.entries()) {
    if (source.records - source.bad === 0) continue
    const select = await sampleOf(dataset, at, without.get(at) ?? new Set(), context)
    if (select !== null) selects.push(select)
  }
  const columns = dataset.columns.map((plan, at) => ({ plan, sql: identifier(at) }))
  const empty = `SELECT ${columns.map(({ sql }) => `CAST(NULL AS VARCHAR) AS ${sql}`).join(', ')} WHERE FALSE`
  const relation = selects.length === 0 ? empty : selects.join(' UNION ALL ')
  return { relation, columns, folders: [], release: async () => {} }
}

/** Typed files are sampled as they are read: the rows whose number in the dataset has a small enough hash. */
async function openTypedSample(dataset: DatasetPlan, leftOut: LeftOut, context: TaskContext): Promise<OpenSample> {
  const batches: OpenBatch[] = []
  const without: number[] = []
  let first = 1
  for (const [at, batch] of dataset.batches.entries()) {
    batches.push(await openBatch(dataset, batch, context))
    for (const row of await leftOut(at)) without.push(first + row)
    first += batch.rows
  }
  const names = dataset.columns.map((_, at) => identifier(at)).join(', ')
  const selects = batches.map(
    ({ relation, columns }) => `SELECT ${columns.map(({ sql }, at) => `${sql} AS ${identifier(at)}`).join(', ')} FROM (${relation})`,
  )
  const none = `SELECT ${dataset.columns.map(({ type }, at) => `CAST(NULL AS ${sqlType(type)}) AS ${identifier(at)}`).join(', ')} WHERE FALSE`
  const numbered = `SELECT *, row_number() OVER () AS _row FROM (${selects.length === 0 ? none : selects.join(' UNION ALL ')})`
  const kept = without.length === 0 ? '' : ` WHERE _row NOT IN (SELECT unnest([${without.join(', ')}]))`
  // a join does not keep the order of rows
  const sampled = `SELECT * FROM (${numbered}) WHERE (hash(_row) >> 32) < ${dataset.sample.threshold}`
  // materialized, as rows that are numbered on their way into a join do not always have the order of the files
  const relation = `WITH sampled AS MATERIALIZED (${sampled}) SELECT ${names} FROM sampled${kept} ORDER BY _row`
  const columns = dataset.columns.map((plan, at) => ({ plan, sql: identifier(at) }))
  return {
    relation,
    columns,
    folders: [...new Set(batches.flatMap(({ folders }) => folders))],
    release: async () => {
      for (const batch of batches) await batch.release()
    },
  }
}

/** The excluded rows as records, by source. */
async function recordsOf(dataset: DatasetPlan, leftOut: LeftOut, context: TaskContext): Promise<ReadonlyMap<number, ReadonlySet<number>>> {
  const records = new Map<number, Set<number>>()
  const inspections = new Map<number, Inspection>()
  const inspection = async (source: number) => {
    const found = inspections.get(source) ?? (await inspectionOf(dataset, source, context))
    inspections.set(source, found)
    return found
  }
  for (const batch of dataset.batches.keys()) {
    for (const row of await leftOut(batch)) {
      const { source, record } = await recordOf(dataset, batch, row, inspection)
      const known = records.get(source) ?? new Set<number>()
      records.set(source, known.add(record))
    }
  }
  return records
}

async function sampleOf(dataset: DatasetPlan, at: number, without: ReadonlySet<number>, context: TaskContext): Promise<string | null> {
  const source = dataset.sources[at]
  const layout = dataset.layouts[source?.layout ?? 0]
  if (source === undefined || layout === undefined) return null
  const drawn = await drawnFrom(source.inspection, dataset.sample.threshold, context)
  const { numbers, text } = without.size === 0 ? drawn : narrowed(drawn, (record) => !without.has(record))
  if (numbers.length === 0) return null
  const inspection = await inspectionOf(dataset, at, context)
  const path = join(context.scratch, `sample-${at}.${layout.layout}`)
  await writeFile(path, text)
  const read = readSql(layout, {
    paths: [path],
    rows: null,
    header: false,
    newline: inspection.new_line,
    longest: inspection.longest_record,
    whole: inspection.one_piece ? text.length + 64 : 0,
  })
  const selected = dataset.columns.map((plan, position) => {
    const physical = fieldOf(layout.columns, plan.name)
    return `${physical < 0 ? 'CAST(NULL AS VARCHAR)' : rawIdentifier(physical)} AS ${identifier(position)}`
  })
  return `SELECT ${selected.join(', ')} FROM (${read})`
}

/** Records of a source, with the end of each in their text. */
interface Drawn {
  readonly numbers: readonly number[]
  readonly ends: readonly number[]
  readonly text: Uint8Array
}

/**
 * The drawn records of a source that are in the sample of the dataset. That can be a far smaller share than was drawn from the source, so
 * it is stored for later surveys, which would read everything again.
 */
async function drawnFrom(inspection: string, threshold: number, { store }: TaskContext): Promise<Drawn> {
  // the sample is beside the inspection, with the same number
  const all = inspection.replace('/inspections/', '/sample/').replace(/\.json$/, '')
  const part = `${all}-${threshold}`
  const known = await store.read(part)
  if (known !== undefined) return decodeDrawn(known)
  const { sample } = await readJson<InspectedSource>(store, inspection)
  const isMeant = (record: number) => sampleHash(record) < threshold
  if (!sample.numbers.some(isMeant)) return { numbers: [], ends: [], text: new Uint8Array() }
  const text = await readBytes(store, all)
  const drawn = narrowed({ ...sample, text }, isMeant)
  if (drawn.text.length * 2 < text.length) await store.write(part, encodeDrawn(drawn))
  return drawn
}

/** Keeps the wanted records, by number, with their text. */
function narrowed({ numbers, ends, text }: Drawn, isWanted: (record: number) => boolean): Drawn {
  const rows = numbers.flatMap((record, row) => (isWanted(record) ? [row] : []))
  const parts = rows.map((row) => text.subarray(ends[row - 1] ?? 0, ends[row]))
  let end = 0
  return {
    numbers: rows.map((row) => numbers[row] as number),
    ends: parts.map(({ length }) => (end += length)),
    text: Buffer.concat(parts),
  }
}

/** The number of records, their numbers and ends as doubles, little-endian, then the text. */
function encodeDrawn({ numbers, ends, text }: Drawn): Uint8Array {
  return Buffer.concat([new Uint8Array(Float64Array.from([[numbers.length], numbers, ends].flat()).buffer), text])
}

function decodeDrawn(bytes: Uint8Array): Drawn {
  const count = doublesIn(bytes, 0, 1)[0] as number
  return {
    numbers: [...doublesIn(bytes, 1, count)],
    ends: [...doublesIn(bytes, 1 + count, count)],
    text: bytes.subarray(8 + 16 * count),
  }
}

const doublesIn = (bytes: Uint8Array, first: number, count: number) =>
  new Float64Array(Uint8Array.from(bytes.subarray(8 * first, 8 * (first + count))).buffer)
