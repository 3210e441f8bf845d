/** The first records of a CSV file written by siftstep (RFC 4180, comma, doubled quotes). */

/** Records of the text, header first; an incomplete last record is left out. `whole`: the text is the complete file. */
export function csvRecords(text: string, whole: boolean): readonly (readonly string[])[] {
  const records: string[][] = []
  let record: string[] = []
  let at = 0
  while (at < text.length) {
    const quoted = text[at] === '"'
    const end = quoted ? closingQuote(text, at + 1) : fieldEnd(text, at)
    if (end < 0) return records
    record.push(quoted ? text.slice(at + 1, end).replaceAll('""', '"') : text.slice(at, end))
    const next = quoted ? end + 1 : end
    if (next >= text.length && !whole) return records
    if (text[next] === ',') {
      at = next + 1
      // a comma before the end of a line or the file opens one more, empty cell
      if (at < text.length) continue
      record.push('')
    }
    records.push(record)
    record = []
    at = text[next] === '\r' ? next + 2 : next + 1
  }
  return records
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at
  return -1
}

function fieldEnd(text: string, from: number): number {
  const found = /[,\r\n]/.exec(text.slice(from))
  return found === null ? text.length : from + found.index
}
