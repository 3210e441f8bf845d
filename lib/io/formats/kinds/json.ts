/** json: one list of objects, or objects over several lines. ndjson: an object a line. */
import * as z from 'zod'
import { encoding, flatten } from '../options.ts'
import type { FormatKind } from './format.ts'

const options = z.strictObject({ encoding, flatten })

export const json: FormatKind = {
  name: 'json',
  summary: 'One JSON list of objects, or objects over several lines.',
  extensions: ['json'],
  options,
  content: 'text',
  layout: 'lines',
  detect({ text: head, name }) {
    const text = head.trimStart()
    if (/^\[\s*[[{\]]/.test(text)) return 'certain'
    if (/^\[/.test(text) && name.endsWith('.json')) return 'likely'
    return objectsIn(text, name) === 'over lines' ? 'certain' : undefined
  },
  load: async () => {
    const { splitValues } = await import('../split-values.ts')
    return (from, to, { bom }) => splitValues(from, to, bom)
  },
}

export const ndjson: FormatKind = {
  name: 'ndjson',
  summary: 'A JSON object a line.',
  extensions: ['ndjson', 'jsonl'],
  options,
  content: 'text',
  layout: 'lines',
  detect({ text: head, name }) {
    const objects = objectsIn(head.trimStart(), name)
    if (objects === 'a line each') return 'certain'
    return objects === null && /\.(ndjson|jsonl)$/.test(name) ? 'likely' : undefined
  },
}

/** How the objects lie that a text starts with; null when it starts with none. The last line may be cut off. */
function objectsIn(text: string, name: string): 'a line each' | 'over lines' | null {
  if (!/^\{\s*["}]/.test(text) && !(text.startsWith('{') && /\.(json|ndjson|jsonl)$/.test(name))) return null
  const lines = text.split('\n', 50).filter((line) => line.trim() !== '')
  if (lines.length === 1) return 'a line each'
  const whole = isObject(lines.at(-1) ?? '') ? lines : lines.slice(0, -1)
  return whole.filter(isObject).length * 2 >= whole.length ? 'a line each' : 'over lines'
}

function isObject(line: string): boolean {
  try {
    return line.trimStart().startsWith('{') && JSON.parse(line) !== null
  } catch {
    return false
  }
}
