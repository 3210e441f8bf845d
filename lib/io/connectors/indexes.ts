/** Which columns of a table are indexed. */
import { TaskError } from '#core/errors/errors.ts'
import type { Output } from './target.ts'

/** The columns of each index: of the keys together, or of single columns. Definition.UnknownColumn for one that the rows do not have. */
export function chosenIndexes({ indexes = 'none', keys, manifest: { columns } }: Output): readonly (readonly string[])[] {
  if (indexes === 'none') return []
  const known = columns.map(({ name }) => name)
  if (indexes === 'auto')
    return [
      ...(keys.length > 0 ? [[...keys]] : known.filter((name) => /^id$|_id$/i.test(name)).map((name) => [name])),
      ...columns.filter(({ type }) => type === 'date' || type === 'timestamp').map(({ name }) => [name]),
    ]
  const chosen = indexes.map((name) => known.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name)
  const stray = chosen.find((name) => !known.includes(name))
  if (stray !== undefined)
    throw new TaskError('Definition.UnknownColumn', `unknown column "${stray}" in \`indexes\`; the columns are ${known.join(', ')}`)
  return chosen.map((name) => [name])
}
