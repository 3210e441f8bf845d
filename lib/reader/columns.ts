/** Names for the columns of a source. */

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
  const given = header.map((name) => name.trim())
  if (given.length > fields) {
    const surplus = given.slice(fields).filter((name) => name !== '')
    notes.push(
      `the header has ${given.length} names where the records have ${fields} fields${surplus.length > 0 ? `; there is no column for ${surplus.map((name) => JSON.stringify(name)).join(', ')}` : ''}`,
    )
  } else if (given.length < fields) {
    notes.push(`the header has ${given.length} names where the records have ${fields} fields; the others are named by their position`)
  }
  const columns: string[] = []
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
    if (wanted === '' && at < given.length) notes.push(`column ${at + 1} has no name and is called ${name}`)
    else if (wanted !== '' && name !== wanted)
      notes.push(`the name ${JSON.stringify(wanted)} of column ${at + 1} was there before: it is called ${name}`)
    columns.push(name)
    used.add(folded(name))
  }
  return { columns, notes }
}

const folded = (name: string) => name.toLowerCase()
