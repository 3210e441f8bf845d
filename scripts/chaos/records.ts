/** Reads CSV as RFC 4180 says, apart from the program that is tried. */

/** The records of a text, each with its fields. */
export function recordsOf(text: string): readonly (readonly string[])[] {
  const records: string[][] = []
  let record: string[] = []
  let at = 0
  while (at < text.length) {
    const [field, end] = text[at] === '"' ? quoted(text, at) : plain(text, at)
    record.push(field)
    if (text[end] === ',') {
      at = end + 1
      if (at < text.length) continue
      record.push('')
    } else at = text.startsWith('\r\n', end) ? end + 2 : end + 1
    records.push(record)
    record = []
  }
  return records
}

function plain(text: string, start: number): readonly [string, number] {
  let end = start
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++
  return [text.slice(start, end), end]
}

function quoted(text: string, start: number): readonly [string, number] {
  let end = start + 1
  while (end < text.length && (text[end] !== '"' || text[end + 1] === '"')) end += text[end] === '"' ? 2 : 1
  return [text.slice(start + 1, end).replaceAll('""', '"'), end + 1]
}
