/** Error messages for patterns that match no file, with what is there. */
import { preview } from '#core/text/preview.ts'
import { TaskError } from '#core/errors/errors.ts'
import { isData } from '#core/text/data-path.ts'
import { nearest } from '#core/text/nearest.ts'

/** What is at the searched location: names, or undefined if the folder does not exist. */
export interface Surroundings {
  readonly folder: string
  readonly names: readonly string[] | undefined
}

export function noSuchFile(path: string, name: string, { folder, names }: Surroundings, hint: string): TaskError {
  if (names === undefined) return new TaskError('Data.NoSources', `the source ${path} does not exist: no folder ${folder}`, { hint })
  const near = nearest(name, names)
  return new TaskError('Data.NoSources', `the source ${path} does not exist`, {
    hint: `${near === undefined ? '' : `did you mean ${near}? `}${listing(folder, names)}`,
  })
}

export function noMatch(pattern: string, { folder, names }: Surroundings): TaskError {
  return new TaskError('Data.NoSources', `the pattern ${pattern} matches no file`, {
    hint: names === undefined ? `the folder ${folder} does not exist` : listing(folder, names),
  })
}

export const noData = (folder: string) =>
  new TaskError('Data.NoSources', `the folder ${folder} contains no data files`, {
    hint: 'files whose names start with a dot or an underscore are skipped',
  })

function listing(folder: string, names: readonly string[]): string {
  if (names.length === 0) return `${folder} is empty`
  const data = names.filter((name) => isData(name) && !isManifest(name)).sort(byCodePoint)
  if (data.length === 0) return `${folder} contains no data files`
  return `${folder} contains ${preview(data)}`
}

/** The manifest describes data but is not data. */
export const isManifest = (name: string) => name === '_manifest.json'

export const byCodePoint = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
