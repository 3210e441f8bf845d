/** The nodes of a YAML document as plain JSON, with the place of each; what JSON cannot hold safely is a problem. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type ParsedNode, type Scalar } from 'yaml'
import type { Json } from '../machine/asl.ts'
import { type Path, pathText, positionOf, type Reading, report } from './reading.ts'

/** Nodes that may be reached through aliases, so that a small file cannot stand for a huge one. */
const MAX_ALIASED = 10_000

const CORE_TAGS = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`))

interface Walk {
  readonly reading: Reading
  readonly document: Document.Parsed<ParsedNode>
  /** Anchored nodes being written out, to find one that holds itself. */
  readonly open: Node[]
  aliased: number
}

export function toTree(document: Document.Parsed<ParsedNode>, reading: Reading): Json {
  return convert(document.contents, [], { reading, document, open: [], aliased: 0 })
}

function convert(node: Node | null, path: Path, walk: Walk, key?: number): Json {
  const start = node?.range?.[0] ?? key ?? 0
  const inAlias = walk.open.length > 0
  if (inAlias && ++walk.aliased > MAX_ALIASED) {
    if (walk.aliased === MAX_ALIASED + 1) {
      report(walk.reading, 'yaml-alias', path, {
        what: `aliases write out more than ${MAX_ALIASED} values`,
        hint: 'repeat less: an alias within an anchor multiplies',
      })
    }
    return null
  }
  walk.reading.places.set(pathText(path), {
    value: start,
    ...(key === undefined ? {} : { key }),
    ...(isScalar(node) ? { scalar: node } : {}),
  })
  if (node === null) return null
  if (isAlias(node)) return convertAlias(node, path, walk, key)
  if (node.tag !== undefined && !CORE_TAGS.has(node.tag)) {
    report(walk.reading, 'yaml-tag', path, {
      what: `the tag \`${node.tag.replace('tag:yaml.org,2002:', '!!')}\` is not known`,
      hint: 'remove it, or put the value in quotes if it is a text that starts with `!`',
    })
    return null
  }
  if (isSeq(node)) return node.items.map((item, at) => convert(item as Node | null, [...path, at], walk))
  if (isMap(node)) return convertMap(node.items as Pair<Node, Node | null>[], path, walk)
  return isScalar(node) ? convertScalar(node, path, walk) : null
}

function convertAlias(node: Node & { source: string }, path: Path, walk: Walk, key: number | undefined): Json {
  const target = (node as unknown as { resolve(document: Document): Node | undefined }).resolve(walk.document)
  const start = node.range?.[0] ?? 0
  if (target === undefined) {
    report(
      walk.reading,
      'yaml-alias',
      path,
      {
        what: `\`*${node.source}\` refers to an anchor that does not exist`,
        hint: `put the value in quotes if it is a text or a pattern: "*${node.source}"`,
      },
      { offset: start },
    )
    return null
  }
  if (walk.open.includes(target)) {
    report(walk.reading, 'yaml-alias', path, { what: `\`*${node.source}\` holds itself`, hint: 'write the value out' }, { offset: start })
    return null
  }
  walk.open.push(target)
  const value = convert(target, path, walk, key)
  walk.open.pop()
  return value
}

function convertMap(pairs: readonly Pair<Node, Node | null>[], path: Path, walk: Walk): Json {
  const entries = new Map<string, { value: Json; offset: number }>()
  for (const { key, value } of pairs) {
    const name = keyName(key, path, walk)
    if (name === undefined) continue
    const offset = key.range?.[0] ?? 0
    const before = entries.get(name)
    if (before !== undefined) {
      const first = positionOf(walk.reading, before.offset)
      report(
        walk.reading,
        'duplicate-key',
        [...path, name],
        { what: `\`${name}\` stands here a second time; the first is in line ${first.line}`, hint: 'keep one of the two' },
        { offset },
      )
      continue
    }
    entries.set(name, { value: convert(value, [...path, name], walk, offset), offset })
  }
  return Object.fromEntries([...entries].map(([name, { value }]) => [name, value]))
}

/** Keys are texts as they are written, also where YAML would read a number or a yes. */
function keyName(key: Node, path: Path, walk: Walk): string | undefined {
  const offset = key.range?.[0] ?? 0
  if (isScalar(key) && key.value !== null) {
    const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
    if (name !== '__proto__') return name
  }
  if (isMap(key) && key.flow === true) {
    report(
      walk.reading,
      'unquoted-reference',
      path,
      { what: '`{{ … }}` stands here without quotes, and YAML reads it as a mapping', hint: 'put the whole value in quotes: "{{ … }}"' },
      { offset: Math.max(0, offset - 1) },
    )
    return undefined
  }
  report(walk.reading, 'invalid-key', path, { what: 'a key must be a name', hint: 'write a text before the `:`' }, { offset })
  return undefined
}

function convertScalar(node: Scalar, path: Path, walk: Walk): Json {
  const { value, source } = node
  if (typeof value !== 'number') return value as Json
  // a number with leading zeros is a code that somebody wants to keep
  if (node.type === 'PLAIN' && source !== undefined && /^[-+]?0\d/.test(source)) return source
  if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) return value
  report(walk.reading, 'unsafe-number', path, {
    what: `the number ${source ?? value} cannot be kept exactly`,
    hint: 'put it in quotes to keep it as a text, or write a smaller number',
  })
  return null
}
