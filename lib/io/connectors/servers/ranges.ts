/** Stores rows all at once; if the server refuses one, finds out which. */
import { changedError, type TaskError } from '#core/errors/errors.ts'

/** The transaction that rows are stored in. */
export interface Transaction {
  run(sql: string): Promise<unknown>
  /** What the server says is wrong with a row; undefined for an error about anything else. */
  refusedRow(error: unknown): string | undefined
}

/**
 * Does the work for all of the rows, numbered from 1. When the server refuses a row, ever smaller ranges are stored until it is the only one
 * left: each row is tried about twice. `work` gets a condition on the number of a
 * staged row, which it says the name of, and returns what is done when its range stays.
 */
export async function inRanges(
  { run, refusedRow }: Transaction,
  uri: string,
  rows: number,
  work: (range: (row: string) => string) => Promise<() => void>,
  number = 'n',
): Promise<void> {
  const tried = async (after: number, last: number): Promise<unknown> => {
    await run('SAVEPOINT siftstep')
    try {
      const done = await work((row) => `${row}.${number} > ${after} AND ${row}.${number} <= ${last}`)
      await run('RELEASE SAVEPOINT siftstep')
      done()
      return undefined
    } catch (error) {
      if (refusedRow(error) === undefined) throw error
      await run('ROLLBACK TO SAVEPOINT siftstep')
      await run('RELEASE SAVEPOINT siftstep')
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
  const error = (await tried(after, last)) ?? refused
  throw changedError(error as TaskError, {
    message: `row ${last} cannot be stored in ${uri}: ${refusedRow(error)}`,
    hint: 'quarantine such rows with a rule before the export, or change the table; nothing was changed',
  })
}
