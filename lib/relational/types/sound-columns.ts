/** Columns a relation can have: at least one, and no two of the same name in any case, because no format and no engine tells them apart. */
import { TaskError } from '#core/errors/errors.ts'
import type { Column } from './types.ts'

/** The columns themselves; Definition.InvalidSetting when the step would leave a relation without columns or with two of one name. */
export function soundColumns(columns: readonly Column[], step: string): readonly Column[] {
  const known = new Map<string, string>()
  for (const { name } of columns) {
    const folded = name.toLowerCase()
    const other = known.get(folded)
    if (other !== undefined) {
      const what = other === name ? `called "${name}"` : `"${other}" and "${name}", which differ only in case`
      throw new TaskError('Definition.InvalidSetting', `step ${step}: there would be two columns ${what}`, {
        hint: 'choose a name the data does not have, or write the name as the data does to replace the column',
      })
    }
    known.set(folded, name)
  }
  if (columns.length > 0) return columns
  throw new TaskError('Definition.InvalidSetting', `step ${step}: no column would be left`, { hint: 'keep at least one column' })
}
