/** What is said when a pattern names nothing: what there is instead. */
import { TaskError } from '#core/errors/errors.ts'
import { isData } from '#core/text/data-path.ts'
import { nearest } from '#core/text/nearest.ts'

/** What lies where something was looked for: names, or undefined when there is no such folder. */
export interface Surroundings {
  readonly folder: string
  readonly names: readonly string[] | undefined
}

export function noSuchFile(path: string, name: string, { folder, names }: Surroundings, hint: string): TaskError {
  if (names === undefined)
    return new TaskError('Data.NoSources', `the source ${path} does not exist: there is no folder ${folder}`, { hint })
  const near = nearest(name, names)
  return new TaskError('Data.NoSources', `the source ${path} does not exist`, {
    hint: `${near === undefined ? '' : `did you mean ${near}? `}${listing(folder, names)}`,
  })
}

export function noMatch(pattern: string, { folder, names }: Surroundings): TaskError {
  return new TaskError('Data.NoSources', `the pattern ${pattern} matches no file`, {
    hint: names === undefined ? `there is no folder ${folder}` : listing(folder, names),
  })
}

export const noData = (folder: string) =>
  new TaskError('Data.NoSources', `the folder ${folder} holds no data files`, {
    hint: 'files whose names start with a dot or an underscore are passed over',
  })

function listing(folder: string, names: readonly string[]): string {
  if (names.length === 0) return `${folder} is empty`
  const data = names.filter((name) => isData(name) && !isManifest(name)).sort(byCodePoint)
  if (data.length === 0) return `${folder} holds nothing that could be data`
  const shown = data.slice(0, 10)
  return `${folder} holds ${shown.join(', ')}${data.length > shown.length ? ` and ${data.length - shown.length} more` : ''}`
}

/** What a manifest describes is data; it is not. */
export const isManifest = (name: string) => name === '_manifest.json'

export const byCodePoint = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
