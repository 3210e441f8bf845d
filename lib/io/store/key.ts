/** Validates and orders keys; the same for every store. */
import { TaskError } from '#core/errors/errors.ts'

/** Returns a valid key; an invalid one is a defect of the caller. */
export function checkKey(key: string): string {
  const bad =
    key === '' ||
    key.split('/').some((part) => part === '' || part === '.' || part === '..' || part.startsWith('.draft-')) ||
    key.includes('\\') ||
    key.includes('\0')
  if (bad) throw new Error(`not a key of a store: ${JSON.stringify(key)}`)
  return key
}

/** The order in which every store lists. */
export const inKeyOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** An object of the store that should hold JSON and does not. */
export const damagedObject = (key: string, cause: unknown) =>
  new TaskError('Data.Unreadable', `${key} in the run's store is not valid JSON: it was changed or damaged`, {
    hint: 'restore the file from a copy; or remove the folder of that run, and start a new run',
    cause,
  })

export const missingObject = (key: string) =>
  new TaskError('Data.MissingObject', `the run's store has no ${key}`, {
    hint: 'check whether files of the run were changed or removed, and start a new run',
  })
