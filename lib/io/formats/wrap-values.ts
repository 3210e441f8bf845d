/**
 * Rewrites JSON values that are no objects as objects, one a line: a list of lists is a table with a column for each position, and scalars are a
 * table with the column `value`. What does not fit stays as it is, and is a bad record.
 */
import type { ByteSink } from '#io/bytes/file.ts'
import { nameColumns } from './columns.ts'
import { hasHeader } from './header.ts'
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
  const range = { start: bom, end: from.size, line: 1, records_before: 0 }
  const { names, hasNames } = shape === 'scalars' ? { names: ['value'], hasNames: false } : await namesOf(from, range)
  const keys = names.map((name) => JSON.stringify(name))
  let line = 1
  for await (const lines of readLines(from, range)) {
    const parts: string[] = []
    for (const { bytes, text, line: at, record } of lines) {
      // blank lines are no records
      parts.push('\n'.repeat(at - line))
      line = at + 1
      const elements = text === null ? null : shape === 'scalars' ? [text.trim()] : elementsOf(text.trim())
      if (hasNames && record === 1) parts.push('\n')
      else if (elements === null || elements.length !== keys.length)
        parts.push(
          `${Buffer.from(bytes)
            .toString('utf8')
            .replace(/\r?\n$/, '')}\n`,
        )
      else parts.push(`{${keys.map((key, place) => `${key}:${elements[place]}`).join(',')}}\n`)
    }
    await to.write(Buffer.from(parts.join('')))
  }
  if (shape === 'scalars') return 'the JSON values are no objects; they are read as one column, value'
  return `the JSON values are lists; ${hasNames ? 'the first one names the columns' : 'their columns are named by position'}`
}

/** The names of the columns of lists, from the first one if it is a header. */
async function namesOf(from: ByteSource, range: Parameters<typeof readLines>[1]) {
  const rows: (readonly string[])[] = []
  for await (const lines of readLines(from, range)) {
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

/** The elements of a valid JSON list as they are written; null for other text. */
function elementsOf(text: string): readonly string[] | null {
  if (!text.startsWith('[') || !text.endsWith(']')) return null
  const elements: string[] = []
  let level = 0
  let start = 1
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    if (token === '[' || token === '{') level++
    else if (token === ']' || token === '}') level--
    // commas of the list itself, and its end
    const isEnd = (token === ',' && level === 1) || (token === ']' && level === 0)
    if (!isEnd) continue
    const element = text.slice(start, index).trim()
    if (element !== '' || elements.length > 0) elements.push(element)
    start = index + 1
  }
  return elements
}
