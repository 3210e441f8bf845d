/** Rewrites JSON objects with the fields of nested objects as fields of their own: `{"a":{"b":1}}` becomes `{"a.b":1}`. Lists stay as they are. */
import type { ByteSink } from '#io/bytes/file.ts'
import { isJson } from './json-numbers.ts'
import { readLines } from './survey-lines.ts'
import type { ByteSource } from './source.ts'

/** Lines keep their numbers; what is no object stays as it is. */
export async function flattenLines(from: ByteSource, to: ByteSink, bom: number): Promise<void> {
  let line = 1
  for await (const lines of readLines(from, { start: bom, end: from.size, line: 1, records_before: 0 })) {
    const parts: string[] = []
    for (const { bytes, text, line: at } of lines) {
      parts.push('\n'.repeat(at - line))
      line = at + 1
      const flat = text === null ? null : flattened(text)
      parts.push(
        flat === null
          ? `${Buffer.from(bytes)
              .toString('latin1')
              .replace(/\r?\n$/, '')}\n`
          : `${Buffer.from(flat).toString('latin1')}\n`,
      )
    }
    await to.write(Buffer.from(parts.join(''), 'latin1'))
  }
}

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
function membersOf(object: string): readonly { readonly key: string; readonly value: string }[] {
  const members: { readonly key: string; readonly value: string }[] = []
  let level = 0
  let key: string | null = null
  let start = 0
  for (const { 0: token, index } of object.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]/g)) {
    if (token === '{' || token === '[') level++
    else if (token === '}' || token === ']') level--
    if (level === 1 && token.startsWith('"') && key === null) key = JSON.parse(token) as string
    else if (level === 1 && token === ':') start = index + 1
    else if (key !== null && ((level === 1 && token === ',') || (level === 0 && token === '}'))) {
      members.push({ key, value: object.slice(start, index).trim() })
      key = null
    }
  }
  return members
}
