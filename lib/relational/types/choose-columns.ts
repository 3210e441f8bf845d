/** The columns a rule applies to. */
import { TaskError } from '#core/errors/errors.ts'
import { nearest } from '#core/text/nearest.ts'
import type { Column } from './types.ts'
import { named } from '#core/text/lookup.ts'

interface Named {
  readonly columns: readonly Column[]
  readonly step: string
}

/** The named columns, or all. An unknown name is an error that suggests the nearest column. */
export function chosenColumns(choice: '*' | readonly string[] | undefined, context: Named): readonly Column[] {
  if (choice === undefined || choice === '*') return context.columns
  return choice.map((name) => existingColumn(name, context))
}

export function existingColumn(name: string, { columns, step }: Named): Column {
  const found = named(columns, name) ?? columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
  if (found !== undefined) return found
  const names = columns.map((column) => column.name)
  const near = nearest(name, names)
  throw new TaskError('Definition.UnknownColumn', `the data has no column "${name}"`, {
    step,
    hint: `${near === undefined ? '' : `did you mean "${near}"? `}the columns here are ${names.join(', ')}`,
  })
}
