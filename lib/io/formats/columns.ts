/** Names for the columns of a source. */
import { count } from '#core/text/numbers.ts'
import { trimmedText } from '#core/text/white-space.ts'

export interface NamedColumns {
  readonly columns: readonly string[]
  readonly notes: readonly string[]
}

/**
 * One name for each of `fields` columns, from the header's cells or, without one, by position. White space around a name
 * goes, an empty one becomes column_N, one that was there before (upper and lower case alike) gets a number.
 */
export function nameColumns(header: readonly string[] | null, fields: number): NamedColumns {
  if (header === null) return { columns: Array.from({ length: fields }, (_, at) => `column_${at + 1}`), notes: [] }
  const notes: string[] = []
  const written = header.map((name) => trimmedText(name))
  // no engine takes a NUL in a name, so the sign for it stands there in its place
  const given = written.map((name) => name.replaceAll('\0', NUL_SIGN))
  if (given.length > fields) {
    const surplus = given.slice(fields).filter((name) => name !== '')
    notes.push(
      `the header has ${count(given.length, 'name')} where the records have ${count(fields, 'field')}${surplus.length > 0 ? `; there is no column for ${surplus.map((name) => JSON.stringify(name)).join(', ')}` : ''}`,
    )
  } else if (given.length < fields) {
    notes.push(
      `the header has ${count(given.length, 'name')} where the records have ${count(fields, 'field')}; the others are named by their position`,
    )
  }
  const columns: string[] = []
  const nameless: string[] = []
  const renamed: string[] = []
  // names that stand in the header come first: a made-up one must not take theirs
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
    else if (wanted !== '' && name !== wanted) renamed.push(`${JSON.stringify(wanted)} of column ${at + 1} is called ${name}`)
    columns.push(name)
    used.add(folded(name))
  }
  if (nameless.length > 0)
    notes.push(`${nameless.length === 1 ? 'a column has' : `${nameless.length} columns have`} no name: ${someOf(nameless)}`)
  const withNul = written
    .slice(0, fields)
    .flatMap((name, at) => (name.includes('\0') ? [`${JSON.stringify(name)} is called ${columns[at]}`] : []))
  if (withNul.length > 0) notes.push(`names that hold a NUL character: ${someOf(withNul)}`)
  if (renamed.length > 0) notes.push(`names that were there before: ${someOf(renamed)}`)
  return { columns, notes }
}

const NUL_SIGN = '\u2400'

const SHOWN = 10

/** The first of many, and how many more there are. */
export const someOf = (items: readonly string[]) =>
  items.slice(0, SHOWN).join(', ') + (items.length > SHOWN ? ` and ${items.length - SHOWN} more` : '')

const folded = (name: string) => name.toLowerCase()
