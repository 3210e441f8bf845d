/** Stores rows all at once; if the server refuses one, finds out which. */
import { changedError } from '#core/errors/errors.ts'
import type { Connection } from './connect.ts'
import { isAboutRows, type ServerError } from './errors.ts'

/**
 * Does the work for all of the rows, numbered from 1. When the server refuses a row, ever smaller ranges are stored until it is the only one
 * left: each row is tried about twice. `work` returns what is done when its range stays.
 */
export async function inRanges(
  connection: Connection,
  uri: string,
  rows: number,
  work: (range: string) => Promise<() => void>,
): Promise<void> {
  const tried = async (after: number, last: number): Promise<unknown> => {
    await connection.run('SAVEPOINT siftstep')
    try {
      const done = await work(`n > ${after} AND n <= ${last}`)
      await connection.run('RELEASE SAVEPOINT siftstep')
      done()
      return undefined
    } catch (error) {
      if (!isAboutRows(error)) throw error
      await connection.run('ROLLBACK TO SAVEPOINT siftstep; RELEASE SAVEPOINT siftstep')
      return error
    }
  }
  let refused = await tried(0, rows)
  if (refused === undefined) return
  let [after, last] = [0, rows]
  while (last - after > 1) {
    const middle = after + Math.floor((last - after) / 2)
    const error = await tried(after, middle)
    if (error === undefined) after = middle
    else [last, refused] = [middle, error]
  }
  // the last range was refused together with rows that are stored by now
  throw refusal((await tried(after, last)) ?? refused, uri, last)
}

function refusal(error: unknown, uri: string, row: number): unknown {
  if (!isAboutRows(error)) return error
  const { message, detail } = error.cause as ServerError
  return changedError(error, {
    message: `row ${row} cannot be stored in ${uri}: ${message}${detail === undefined ? '' : ` (${detail})`}`,
    hint: 'quarantine such rows with a rule before the export, or change the table; nothing was changed',
  })
}
