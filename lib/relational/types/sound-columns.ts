/**
 * Validates the columns of a relation: at least one, and no two whose names differ only in case, because formats and engines cannot
 * distinguish them.
 */
import { TaskError } from '#core/errors/errors.ts'
import type { Column } from './types.ts'

/** The columns themselves. Throws Definition.InvalidSetting if the step leaves no columns or two with the same name. */
export function soundColumns(columns: readonly Column[], step: string): readonly Column[] {
  const known = new Map<string, string>()
  for (const { name } of columns) {
    const folded = name.toLowerCase()
    const other = known.get(folded)
    if (other !== undefined) {
      const what = other === name ? `called "${name}"` : `"${other}" and "${name}", which differ only in case`
      throw new TaskError('Definition.InvalidSetting', `there would be two columns ${what}`, {
        step,
        hint: 'choose a name the data does not have, or write the name as the data does to replace the column',
      })
    }
    known.set(folded, name)
  }
  if (columns.length > 0) return columns
  throw new TaskError('Definition.InvalidSetting', `no column would be left`, { step, hint: 'keep at least one column' })
}
