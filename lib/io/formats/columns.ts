/** Names for the columns of a source. */
import { preview } from '#core/text/preview.ts'
import { count } from '#core/text/numbers.ts'
import { trimmedText } from '#core/text/white-space.ts'

export interface NamedColumns {
  readonly columns: readonly string[]
  readonly notes: readonly string[]
}

/**
 * One name for each of `fields` columns, from the cells of the header, or by position without one. White space around a name is removed, an
 * empty name becomes column_N, and a repeated name (ignoring case) gets a number.
 */
export function nameColumns(header: readonly string[] | null, fields: number): NamedColumns {
  if (header === null) return { columns: Array.from({ length: fields }, (_, at) => `column_${at + 1}`), notes: [] }
  const notes: string[] = []
  const written = header.map((name) => trimmedText(name))
  // no engine accepts a NUL in a name, so it is replaced by its symbol
  const given = written.map((name) => name.replaceAll('\0', NUL_SIGN))
  if (given.length > fields) {
    const surplus = given.slice(fields).filter((name) => name !== '')
    notes.push(
      `the header has ${count(given.length, 'name')} but the records have ${count(fields, 'field')}${surplus.length > 0 ? `; names without a column: ${surplus.map((name) => JSON.stringify(name)).join(', ')}` : ''}`,
    )
  } else if (given.length < fields) {
    notes.push(
      `the header has ${count(given.length, 'name')} but the records have ${count(fields, 'field')}; the other columns are named by position`,
    )
  }
  const columns: string[] = []
  const nameless: string[] = []
  const renamed: string[] = []
  // names in the header take precedence over generated names
  const taken = new Set(given.slice(0, fields).map(folded))
  const used = new Set<string>()
  for (let at = 0; at < fields; at++) {
    const wanted = given[at] ?? ''
    let name = wanted === '' ? `column_${at + 1}` : wanted
    const isFree = (candidate: string) => !used.has(folded(candidate)) && (candidate === wanted || !taken.has(folded(candidate)))
    if (!isFree(name)) {
      const stem = name
      for (let number = 2; !isFree(name); number++) name = `${stem}_${number}`
    }
    if (wanted === '' && at < given.length) nameless.push(name)
    else if (wanted !== '' && name !== wanted) renamed.push(`${JSON.stringify(wanted)} of column ${at + 1} is renamed to ${name}`)
    columns.push(name)
    used.add(folded(name))
  }
  if (nameless.length > 0)
    notes.push(`${nameless.length === 1 ? 'a column has' : `${nameless.length} columns have`} no name: ${preview(nameless)}`)
  const withNul = written
    .slice(0, fields)
    .flatMap((name, at) => (name.includes('\0') ? [`${JSON.stringify(name)} is renamed to ${columns[at]}`] : []))
  if (withNul.length > 0) notes.push(`names with a NUL character: ${preview(withNul)}`)
  if (renamed.length > 0) notes.push(`duplicate names: ${preview(renamed)}`)
  return { columns, notes }
}

const NUL_SIGN = '\u2400'

const folded = (name: string) => name.toLowerCase()
