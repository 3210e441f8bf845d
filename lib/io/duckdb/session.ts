/**
 * One DuckDB per task: single-threaded (tasks run in parallel, each with its result in the order of its input), with limited memory, its
 * own spill folder, and no network, extensions or files outside the given folders. Only this folder imports DuckDB.
 */
import {
  BIGINT,
  type DuckDBConnection,
  DuckDBDataChunk,
  DOUBLE,
  DuckDBInstance,
  DuckDBListVector,
  DuckDBScalarFunction,
  UBIGINT,
  UINTEGER,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api'
import type { Json } from '#core/json.ts'
import { text } from '#relational/types/sql.ts'
import { duckdbError } from './error.ts'

export interface SessionOptions {
  /** Bytes DuckDB may use before it spills. */
  readonly memory: number
  /** The spill folder, and the other folders it may read and write. */
  readonly scratch: string
  readonly folders: readonly string[]
}

export interface Session {
  /** Runs a statement without a result. */
  run(sql: string): Promise<void>
  /** Rows as plain JSON values; integers beyond 2^53, dates and timestamps are text. */
  rows(sql: string): Promise<Record<string, Json>[]>
  /** Rows whose columns are all lists of 64-bit unsigned integers, without creating an object per number. */
  lists(sql: string): Promise<BigUint64Array[][]>
  /** Appends rows to a temporary table whose columns are of these types. */
  append(table: string, types: readonly ScalarType[], rows: readonly (readonly Scalar[])[]): Promise<void>
  /** Rows as they are read, some thousand at a time, in bounded memory: of queries whose columns are of scalar types. */
  batches(sql: string): AsyncIterable<readonly (readonly Scalar[])[]>
  /** Registers `tally(words…, hash, proofs…)`, called once for each vector of rows; see `Tally`. */
  registerTally(words: number, proofs: number, tally: Tally): void
  /** Registers `name(word)`, which sees the rows in order like `tally`, and marks the requested ones with 1. */
  registerMarks(name: string, mark: (rows: number, marks: Uint8Array) => void): void
  /**
   * Registers a function of (column UINTEGER, group UBIGINT, value, count DOUBLE), called once per vector of rows, and returns its name.
   */
  registerCollect<Type extends keyof Collectable>(type: Type, collect: Collect<Collectable[Type]>): string
  close(): void
}

/** Types of values that can be passed one by one, and the values: BIGINT is bigint, DOUBLE number, VARCHAR string, BOOLEAN boolean. */
export type ScalarType = 'BIGINT' | 'DOUBLE' | 'VARCHAR'
export type Scalar = bigint | number | string | boolean | null

const SCALAR_TYPES = { BIGINT, DOUBLE, VARCHAR } as const

/** Types of values that can be collected, with the arrays they come in. */
export interface Collectable {
  readonly DOUBLE: Float64Array
  readonly UBIGINT: BigUint64Array
}

/**
 * Receives the values of a column: `groups` holds the group of rows each belongs to, `counts` how many cells it represents. Writes the
 * function's result for each row into `result`.
 */
export type Collect<Values> = (
  column: number,
  rows: number,
  groups: BigUint64Array,
  values: Values,
  counts: Float64Array,
  result: Uint8Array,
) => void

/**
 * Receives every row in order: `words` are bit masks, one array per 32 flags; `hash` is the row's hash; `proofs` are hashes of keys, one
 * array per requested key. Writes into `keep` whether the row is kept. This way, one streaming pass both writes rows and counts everything
 * about them: DuckDB has no statement with two results, and a temporary table costs half as much again as the whole pass.
 */
export type Tally = (
  rows: number,
  words: readonly Uint32Array[],
  hash: BigUint64Array,
  proofs: readonly BigUint64Array[],
  keep: Uint8Array,
) => void

const MEGABYTE = 1_000_000

export async function openSession(options: SessionOptions): Promise<Session> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: `${Math.max(64, Math.floor(options.memory / MEGABYTE))}MB`,
    temp_directory: options.scratch,
    preserve_insertion_order: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_unsigned_extensions: 'false',
  })
  const connection = await instance.connect()
  const folders = [options.scratch, ...options.folders].map((folder) => text(folder.endsWith('/') ? folder : `${folder}/`))
  await connection.run("SET TimeZone = 'UTC'")
  await connection.run(`SET allowed_directories = [${folders.join(', ')}]`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
  return sessionOf(instance, connection)
}

function sessionOf(instance: DuckDBInstance, connection: DuckDBConnection): Session {
  const guarded = async <T>(sql: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw duckdbError(error, sql)
    }
  }
  let collecting = 0
  return {
    run: (sql) =>
      guarded(sql, async () => {
        await connection.run(sql)
      }),
    rows: (sql) => guarded(sql, async () => plainRows(await connection.runAndReadAll(sql))),
    lists: (sql) =>
      guarded(sql, async () => {
        const result = await connection.run(sql)
        const rows: BigUint64Array[][] = []
        for (const chunk of await result.fetchAllChunks()) {
          for (let row = 0; row < chunk.rowCount; row++) {
            rows.push(Array.from({ length: chunk.columnCount }, (_, column) => numbersOf(chunk.getColumnVector(column), row)))
          }
        }
        return rows
      }),
    append: (table, types, rows) => guarded(`append to ${table}`, () => appendRows(connection, table, types, rows)),
    batches: async function* (sql) {
      const result = await guarded(sql, () => connection.stream(sql))
      for (;;) {
        const chunk = await guarded(sql, () => result.fetchChunk())
        if (chunk === null || chunk.rowCount === 0) return
        yield chunk.getRows() as Scalar[][]
      }
    },
    registerTally: (words, proofs, tally) => connection.registerScalarFunction(tallyFunction(words, proofs, tally)),
    registerMarks: (name, mark) => connection.registerScalarFunction(marksFunction(name, mark)),
    registerCollect: (type, collect) => {
      const name = `collect${collecting++}`
      connection.registerScalarFunction(collectFunction(name, type === 'DOUBLE' ? DOUBLE : UBIGINT, collect))
      return name
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** Rows a chunk of the engine holds. */
const VECTOR = 2048

async function appendRows(
  connection: DuckDBConnection,
  table: string,
  types: readonly ScalarType[],
  rows: readonly (readonly Scalar[])[],
): Promise<void> {
  const appender = await connection.createAppender(table)
  const chunk = DuckDBDataChunk.create(types.map((type) => SCALAR_TYPES[type]))
  for (let at = 0; at < rows.length; at += VECTOR) {
    chunk.setRows(rows.slice(at, at + VECTOR))
    appender.appendDataChunk(chunk)
    chunk.reset()
  }
  appender.closeSync()
}

type Reader = Awaited<ReturnType<DuckDBConnection['runAndReadAll']>>

function plainRows(reader: Reader): Record<string, Json>[] {
  const names = reader.columnNames()
  return reader.getRowsJson().map((row) => Object.fromEntries(names.map((name, at) => [name, (row[at] ?? null) as Json])))
}

/** The numbers of one list, copied because DuckDB owns the chunk's memory. */
function numbersOf(vector: unknown, row: number): BigUint64Array {
  if (!(vector instanceof DuckDBListVector)) throw new Error('the column is not a list')
  const items = (vector.childVector as unknown as { items: BigUint64Array }).items
  const offset = vector.getEntryOffset(row)
  return items.slice(offset, offset + vector.getEntryLength(row))
}

/** The values of a vector; DuckDB owns the memory. */
const itemsOf = <T>(vector: unknown) => (vector as { items: T }).items

function collectFunction<Values>(name: string, type: typeof DOUBLE | typeof UBIGINT, collect: Collect<Values>): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name,
    returnType: UTINYINT,
    parameterTypes: [UINTEGER, UBIGINT, type, DOUBLE],
    volatile: true,
    mainFunction: (_info, chunk, output) => {
      const items = <T>(at: number) => itemsOf<T>(chunk.getColumnVector(at))
      if (chunk.rowCount > 0)
        collect(
          items<Uint32Array>(0)[0] as number,
          chunk.rowCount,
          items<BigUint64Array>(1),
          items<Values>(2),
          items<Float64Array>(3),
          itemsOf<Uint8Array>(output),
        )
      output.flush()
    },
  })
}

function tallyFunction(words: number, proofs: number, tally: Tally): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: 'tally',
    returnType: UTINYINT,
    parameterTypes: [...Array.from({ length: words }, () => UINTEGER), ...Array.from({ length: 1 + proofs }, () => UBIGINT)],
    // not evaluated at planning time, not dropped, not run twice per row
    volatile: true,
    mainFunction: (_info, chunk, output) => {
      const items = <T>(column: number) => itemsOf<T>(chunk.getColumnVector(column))
      const masks = Array.from({ length: words }, (_, at) => items<Uint32Array>(at))
      const keys = Array.from({ length: proofs }, (_, at) => items<BigUint64Array>(words + 1 + at))
      tally(chunk.rowCount, masks, items<BigUint64Array>(words), keys, itemsOf<Uint8Array>(output))
      output.flush()
    },
  })
}

function marksFunction(name: string, mark: (rows: number, marks: Uint8Array) => void): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name,
    returnType: UTINYINT,
    parameterTypes: [UINTEGER],
    volatile: true,
    mainFunction: (_info, chunk, output) => {
      mark(chunk.rowCount, itemsOf<Uint8Array>(output))
      output.flush()
    },
  })
}
