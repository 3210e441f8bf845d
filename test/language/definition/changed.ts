/** Values with one part changed at random, for laws about what fits and what does not. */
import fc from 'fast-check'
import type { Json } from '#core/json.ts'

export const JUNK = fc.constantFrom<Json[]>(
  '',
  'x',
  'auto',
  '*',
  '{{ x }}',
  '5%',
  '3h',
  '1gb',
  0,
  -1,
  1.5,
  10,
  1e12,
  true,
  null,
  [],
  ['a'],
  [1],
  {},
  { x: 1 },
  { column: 'a' },
  { missing: 'auto' },
)
export const KEYS = fc.constantFrom('x', 'column', 'columns', 'rule_type', 'missing', 'strategy', 'value', 'parallel', 'max_concurrency')

/** The value with the part at the `at`-th place replaced, removed, or given a neighbour. */
export function changed(value: Json, at: number, how: 'replace' | 'remove' | 'add', part: Json, name: string): Json {
  let count = 0
  const walk = (node: Json): Json => {
    if (count++ === at && how === 'replace') return part
    const here = count - 1 === at
    if (Array.isArray(node)) {
      const items = node.map(walk)
      return here ? (how === 'remove' ? items.slice(1) : [...items, part]) : items
    }
    if (node === null || typeof node !== 'object') return node
    const entries = Object.entries(node).map(([key, entry]): [string, Json] => [key, walk(entry)])
    if (!here) return Object.fromEntries(entries)
    return Object.fromEntries(how === 'remove' ? entries.slice(1) : [...entries, [name, part]])
  }
  return walk(value)
}
