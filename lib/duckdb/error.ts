/** What an error of DuckDB means for a task. */
import { TaskError } from '../runtime/errors.ts'

/** Errors that have a meaning for the user are told; all others are defects, as the SQL is ours. */
export function duckdbError(error: unknown, sql: string): TaskError {
  if (error instanceof TaskError) return error
  const message = (error as Error).message
  const cause = { cause: error }
  const first = message.split('\n')[0] ?? message
  if (/No space left|failed to offload|max_temp_directory_size/i.test(message)) {
    return new TaskError('Output.NoSpace', 'there is no room left on the disk for the data being worked on', {
      ...cause,
      hint: 'free some room, then `siftstep resume` the run: what is finished is kept',
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
  // a file that is broken within, or written in a way the parser does not know
  const [, path] = /read_parquet\(\[?'((?:[^']|'')+)'/.exec(sql) ?? []
  if (path !== undefined && /^(Invalid (Input )?|Not implemented |Serialization )Error/i.test(message)) {
    return new TaskError('Data.Unreadable', `${path.replaceAll("''", "'")}: the Parquet file cannot be read: ${first}`, {
      ...cause,
      hint: 'get the file again, or write it anew with another tool',
    })
  }
  if (/IO Error/i.test(message)) {
    const [, file] = /"([^"]+)"/.exec(first) ?? []
    return new TaskError('Transient.Unavailable', `the native engine could not read or write ${file ?? 'a file'}`, cause)
  }
  // the statement is ours and says nothing to a reader; it is in the log
  const details = new Error(`${message}\nin the statement: ${sql}`, cause)
  return new TaskError('Engine.Bug', 'the native engine refused a statement that siftstep wrote', { cause: details })
}
