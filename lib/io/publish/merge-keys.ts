/** The errors of rows that cannot be merged, the same for every target. */
import { TaskError } from '#core/errors/errors.ts'
import { count } from '#core/text/numbers.ts'

export const missingKey = (rows: number, keys: readonly string[]) =>
  new TaskError('Output.Conflict', `${count(rows, 'row')} cannot be merged: the key (${keys.join(', ')}) is missing`, {
    hint: 'quarantine such rows with a not_null rule before the export, or merge by other keys',
  })

export const repeatedKey = (rows: number, keys: readonly string[], values: readonly string[]) =>
  new TaskError('Output.Conflict', `${rows} rows have the same key (${keys.join(', ')}): ${values.join(', ')}`, {
    hint: 'remove duplicates by these columns before the export, or merge by other keys',
  })
