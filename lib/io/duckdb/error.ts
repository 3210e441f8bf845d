/** Translates errors of DuckDB. */
import { TaskError } from '#core/errors/errors.ts'

/** Errors while reading Parquet, by the first match: a damaged file, or one the parser does not support. */
const PARQUET_DAMAGES: readonly { readonly matches: RegExp; readonly what: string }[] = [
  { matches: /^Not implemented Error/i, what: 'is a Parquet file with an unsupported feature' },
  { matches: /decompress|snappy|zstd|gzip|brotli|lz4/i, what: 'is damaged: a page of its data cannot be decompressed' },
  { matches: /UTF-?8/i, what: 'is damaged: a text in its data is not UTF-8' },
  { matches: /TProtocol|thrift|metadata|footer|schema/i, what: 'is damaged: its footer or the header of a page cannot be read' },
  {
    matches:
      /^(Invalid|Serialization|IO|INTERNAL|FATAL|Out of Range|Conversion|Binder) |^(Invalid|TProtocol|vector|basic_string|std::|map::)/i,
    what: 'is damaged: a page of its data cannot be read',
  },
]

/** Terms of the Parquet format that may be quoted in an error. */
const PARQUET_TERM = /\b(BYTE_STREAM_SPLIT|DELTA_[A-Z_]+|RLE_[A-Z_]+|MAP_KEY_VALUE|GeoParquet)\b/i

/** Translates errors with a meaning for the user; all others are defects, because siftstep generated the SQL. */
export function duckdbError(error: unknown, sql: string): TaskError {
  if (error instanceof TaskError) return error
  const message = (error as Error).message
  const cause = { cause: error }
  const first = message.split('\n')[0] ?? message
  if (/No space left|failed to offload|max_temp_directory_size/i.test(message)) {
    return new TaskError('Output.NoSpace', 'no space is left on the disk for temporary data', {
      ...cause,
      hint: 'free some space, then `siftstep resume` the run: finished work is kept',
    })
  }
  if (/Out of Memory/i.test(message)) {
    const [, used] = /\(([^()]+ used)\)/.exec(first) ?? []
    return new TaskError('Transient.Unavailable', `a task ran out of memory${used === undefined ? '' : ` (${used})`}`, {
      ...cause,
      hint: 'raise resources.memory_limit, or lower resources.task_bytes or parallel workers',
    })
  }
  if (/INTERRUPT/i.test(message)) return new TaskError('Engine.Interrupted', 'the task was stopped', cause)
  const [, path] = /read_parquet\(\[?'((?:[^']|'')+)'/.exec(sql) ?? []
  if (path !== undefined && !/No files found|Cannot open file|Permission denied/i.test(message)) {
    const damage = PARQUET_DAMAGES.find(({ matches }) => matches.test(message))
    if (damage !== undefined) {
      const [term] = PARQUET_TERM.exec(message) ?? []
      return new TaskError('Data.Unreadable', `${path.replaceAll("''", "'")} ${damage.what}${term === undefined ? '' : ` (${term})`}`, {
        ...cause,
        hint: 'get the file again, or rewrite it with another tool',
      })
    }
  }
  if (/IO Error/i.test(message)) {
    const [, file] = /"([^"]+)"/.exec(first) ?? []
    return new TaskError('Transient.Unavailable', `the native engine could not read or write ${file ?? 'a file'}`, cause)
  }
  // the statement is generated and of no use to a reader; it is in the log
  const details = new Error(`${message}\nin the statement: ${sql}`, cause)
  return new TaskError('Engine.Bug', 'the native engine rejected a statement that siftstep generated', { cause: details })
}

/** What the engine said about a statement that an author wrote; undefined if the error has another cause. */
export function engineMessage(error: unknown): string | undefined {
  if (!(error instanceof TaskError) || error.name !== 'Engine.Bug') return undefined
  const { cause: engine } = (error.cause ?? {}) as { readonly cause?: unknown }
  return engine instanceof Error ? engine.message : undefined
}
