/** The names in a header line that is not written like the records below it. */
import { escaped } from '#relational/types/text-forms.ts'
import { trimmedText } from '#core/text/white-space.ts'
import type { Writing } from './dialect.ts'
import { readRecords, type TextRecord } from './record-text.ts'
import { isFilled, isValue } from './table-start.ts'

/** The names of a line whose quotes are wrong: cut at every delimiter, without the quotes around them. */
export function cutNames(line: string, { delimiter, quote }: Writing): readonly string[] {
  const outer = new RegExp(`^${escaped(quote)}|${escaped(quote)}$`, 'g')
  return line
    .replace(/[\r\n]+$/, '')
    .split(delimiter)
    .map((cell) => trimmedText(cell).replace(outer, ''))
}

/** Delimiters that a header may have where the records have another. Not the space: a title is delimited by spaces. */
const DELIMITERS = ['\t', ';', '|', ',']

/**
 * The names of a line that has no delimiter of the records, if another delimiter makes one name for each of the `fields` columns of it;
 * null otherwise.
 */
export function namesByOtherDelimiter(
  line: string,
  { delimiter }: Writing,
  fields: number,
): { readonly delimiter: string; readonly names: readonly string[] } | null {
  if (fields < 2) return null
  for (const other of DELIMITERS) {
    if (delimiter.startsWith(other) || !line.includes(other)) continue
    const [record] = readRecords(line, { delimiter: other, quote: '"', escape: '"', comment: '' })
    if (record !== undefined && areNames(record, fields)) return { delimiter: other, names: record.cells }
  }
  return null
}

function areNames({ bad, cells }: TextRecord, fields: number): boolean {
  const names = cells.map((cell) => trimmedText(cell).toLowerCase())
  return (
    bad === null && names.length === fields && new Set(names).size === fields && names.every((name) => isFilled(name) && !isValue(name))
  )
}

/** The names of a header without those that are empty, if as many are left as the records have fields: a delimiter was written twice. */
export function withoutEmptyNames(names: readonly string[], fields: number): readonly string[] {
  const filled = names.filter((name) => trimmedText(name) !== '')
  const isAtEnd = names.slice(fields).every((name) => trimmedText(name) === '')
  return names.length > fields && filled.length === fields && !isAtEnd ? filled : names
}
