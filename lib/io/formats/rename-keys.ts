/**
 * Rewrites JSON objects whose keys cannot be columns: a key that an object has twice gets a number, as the second column of a name does in delimited text,
 * and an empty one a name.
 */
import type { ByteSink } from '#io/bytes/file.ts'
import { preview } from '#core/text/preview.ts'
import { membersOf } from './flatten-lines.ts'
import { isJson } from './json-numbers.ts'
import { hasOddKeys } from './json-record.ts'
import { rewriteLines } from './rewrite-lines.ts'
import type { ByteSource } from './source.ts'

/** `known` are the keys of all objects: none of them becomes the new name of another. Returns a note that says what is renamed. */
export async function renameKeys(from: ByteSource, to: ByteSink, bom: number, known: readonly string[]): Promise<string> {
  const taken = new Set(known.map((key) => key.toLowerCase()))
  const names = new Map<string, string>()
  const nameOf = (key: string, time: number): string => {
    if (key !== '' && time === 1) return key
    const place = `${time} ${key}`
    const before = names.get(place)
    if (before !== undefined) return before
    const stem = key === '' ? 'no_name' : key
    let name = key === '' && time === 1 ? stem : `${stem}_${time}`
    for (let number = time + 1; taken.has(name.toLowerCase()); number++) name = `${stem}_${number}`
    taken.add(name.toLowerCase())
    names.set(place, name)
    return name
  }
  await rewriteLines(from, to, bom, (text) => {
    if (!text.startsWith('{') || !isJson(text)) return null
    const members = membersOf(text)
    if (!hasOddKeys(members.map(({ key }) => key))) return null
    const times = new Map<string, number>()
    const renamed = members.map(({ key, value }) => {
      const time = (times.get(key) ?? 0) + 1
      times.set(key, time)
      return `${JSON.stringify(nameOf(key, time))}:${value}`
    })
    return `{${renamed.join(',')}}`
  })
  const said = [...names].map(([place, name]) => `${JSON.stringify(place.slice(place.indexOf(' ') + 1))} is renamed to ${name}`)
  return `keys that are empty, or that an object has more than once: ${preview(said)}`
}
