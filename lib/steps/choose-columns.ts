/** Which columns a rule is about. */
import { TaskError } from '../runtime/errors.ts'
import { nearest } from '../text/nearest.ts'
import type { LowerContext } from './lowering.ts'
import type { Column } from '../relation/types.ts'
import { named } from '../text/lookup.ts'

/** The columns named, or all; a name the data does not have is an error that names the nearest one it has. */
export function chosenColumns(
  choice: '*' | readonly string[] | undefined,
  context: Pick<LowerContext, 'columns' | 'step'>,
): readonly Column[] {
  if (choice === undefined || choice === '*') return context.columns
  return choice.map((name) => existingColumn(name, context))
}

export function existingColumn(name: string, { columns, step }: Pick<LowerContext, 'columns' | 'step'>): Column {
  const found = named(columns, name) ?? columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
  if (found !== undefined) return found
  const names = columns.map((column) => column.name)
  const near = nearest(name, names)
  throw new TaskError('Definition.UnknownColumn', `step ${step}: the data has no column "${name}"`, {
    hint: `${near === undefined ? '' : `did you mean "${near}"? `}the columns here are ${names.join(', ')}`,
  })
}
