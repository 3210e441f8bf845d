/** JSON in which numbers stay as they are written: JavaScript holds whole numbers up to 2^53 only, and the engine writes larger ones. */
import type { Json } from '#core/json.ts'

const WRITTEN = Symbol('the number as it is written')

/** A number of more characters than this may not be the same number in JavaScript. */
const EXACT_CHARACTERS = 15

/** Long numbers become objects without fields, which `writeExact` writes as they were. */
export function readExact<Value>(text: string): Value {
  // no text can hold the mark, so none is taken for a number
  let mark = '#'
  while (text.includes(mark)) mark += '#'
  const marked = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') || token.length <= EXACT_CHARACTERS ? token : `"${mark}${token}"`,
  )
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? { [WRITTEN]: value.slice(mark.length) } : value,
  ) as Value
}

export function writeExact(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item) => writeExact(item as Json)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isLongNumber(value)) return String((value as { [WRITTEN]?: string })[WRITTEN])
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${writeExact(item as Json)}`)
    .join(',')}}`
}

/** Whether a value stands for a long number. */
export const isLongNumber = (value: object): boolean => Object.hasOwn(value, WRITTEN)
