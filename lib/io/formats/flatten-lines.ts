/** Rewrites JSON objects with the fields of nested objects as fields of their own: `{"a":{"b":1}}` becomes `{"a.b":1}`. Lists stay as they are. */
import type { ByteSink } from '#io/bytes/file.ts'
import { isJson } from './json-numbers.ts'
import { partsOf, rewriteLines } from './rewrite-lines.ts'
import type { ByteSource } from './source.ts'

/** What is no object stays as it is. */
export const flattenLines = (from: ByteSource, to: ByteSink, bom: number): Promise<void> => rewriteLines(from, to, bom, flattened)

/** The object with its nested fields, every value as it is written; null for text that is no object. */
export function flattened(text: string): string | null {
  const said = text.trim()
  if (!said.startsWith('{') || !isJson(said)) return null
  const fields: string[] = []
  const add = (object: string, path: string) => {
    for (const { key, value } of membersOf(object)) {
      const name = path + key
      if (value.startsWith('{') && !/^\{\s*\}$/.test(value)) add(value, `${name}.`)
      else fields.push(`${JSON.stringify(name)}:${value}`)
    }
  }
  add(said, '')
  return `{${fields.join(',')}}`
}

/** The members of a valid JSON object, with their values as they are written. */
export const membersOf = (object: string) =>
  partsOf(object).map((member) => {
    const [key = '""'] = /^"(?:[^"\\]|\\.)*"/.exec(member) ?? []
    return { key: JSON.parse(key) as string, value: member.slice(key.length).replace(/^\s*:\s*/, '') }
  })
