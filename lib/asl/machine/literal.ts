/** Writes values as JSONata. Only here does a text become part of an expression. */
import type { Json } from '#core/json.ts'

/** A text as a JSONata string. JSONata supports only JSON's escapes, so `\'` is not possible; `%}` would end the expression for ASL. */
export function jsonataText(text: string): string {
  const json = JSON.stringify(text).replace(/%\}/g, '%\\u007d').replace(/\{%/g, '{\\u0025')
  return text.includes("'") ? json : `'${json.slice(1, -1).replace(/\\"/g, '"')}'`
}

/** A JSON value as JSONata. */
export function jsonataLiteral(value: Json): string {
  if (typeof value === 'string') return jsonataText(value)
  if (Array.isArray(value)) return `[${value.map(jsonataLiteral).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).map(([key, entry]) => `${jsonataText(key)}: ${jsonataLiteral(entry as Json)}`)
  return `{${entries.join(', ')}}`
}

const WORDS = ['and', 'or', 'in', 'true', 'false', 'null']

/** A field after a dot. Its name consists of letters, digits, `_` and `-`, like references. */
export const jsonataField = (name: string) => (/^[A-Za-z_]\w*$/.test(name) && !WORDS.includes(name) ? name : `\`${name}\``)

/** Wraps a JSONata expression for ASL: `{% … %}`. */
export const expression = (source: string) => `{% ${source} %}`
