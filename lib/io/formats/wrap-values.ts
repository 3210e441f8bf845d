/**
 * Rewrites JSON values that are no objects as objects, one a line: a list of lists is a table with a column for each position, and scalars are a
 * table with the column `value`. What does not fit stays as it is, and is a bad record.
 */
import type { ByteSink } from '#io/bytes/file.ts'
import { nameColumns } from './columns.ts'
import { hasHeader } from './header.ts'
import { partsOf, rewriteLines } from './rewrite-lines.ts'
import { readLines } from './survey-lines.ts'
import type { BadRecord, ByteSource } from './source.ts'

/** What the values of a text are, apart from objects. */
type Shape = 'lists' | 'scalars'

/** The shape of a text in which no value is an object, from the reasons why its records are bad; null if there is no one shape. */
export function shapeOf(bad: readonly BadRecord[], records: number): Shape | null {
  if (bad.length !== records || records === 0) return null
  if (bad.every(({ reason }) => reason === 'is a list, not an object')) return 'lists'
  return bad.every(({ reason }) => /^is (?:null|a (?!list).*), not an object$/.test(reason)) ? 'scalars' : null
}

/** Values that are looked at for their number of elements and a header. */
const LOOKED_AT = 1000

/** Lines keep their numbers. Returns a note that says how the values are read. */
export async function wrapValues(from: ByteSource, to: ByteSink, bom: number, shape: Shape): Promise<string> {
  const { names, hasNames } = shape === 'scalars' ? { names: ['value'], hasNames: false } : await namesOf(from, bom)
  const keys = names.map((name) => JSON.stringify(name))
  await rewriteLines(from, to, bom, (text, record) => {
    if (hasNames && record === 1) return ''
    const elements = shape === 'scalars' ? [text] : elementsOf(text)
    return elements === null || elements.length !== keys.length
      ? null
      : `{${keys.map((key, place) => `${key}:${elements[place]}`).join(',')}}`
  })
  if (shape === 'scalars') return 'the JSON values are no objects; they are read as one column, value'
  return `the JSON values are lists; ${hasNames ? 'the first one names the columns' : 'their columns are named by position'}`
}

/** The names of the columns of lists, from the first one if it is a header. */
async function namesOf(from: ByteSource, bom: number) {
  const rows: (readonly string[])[] = []
  for await (const lines of readLines(from, { start: bom, end: from.size, line: 1, records_before: 0 })) {
    for (const { text } of lines) if (rows.length < LOOKED_AT) rows.push((elementsOf(text?.trim() ?? '') ?? []).map(shown))
    if (rows.length >= LOOKED_AT) break
  }
  const counts = new Map<number, number>()
  for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1)
  const [fields] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])
  const [first = []] = rows
  const hasNames = rows.length > 1 && first.length === fields && hasHeader(rows.filter((row) => row.length === fields))
  return { names: nameColumns(hasNames ? first : null, fields).columns, hasNames }
}

const shown = (element: string) => (element === 'null' ? '' : element.startsWith('"') ? (JSON.parse(element) as string) : element)

/** The elements of a valid JSON list; null for other text. */
const elementsOf = (text: string) => (text.startsWith('[') && text.endsWith(']') ? partsOf(text) : null)
