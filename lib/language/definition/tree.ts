/** Converts the nodes of a YAML document to plain JSON, with the place of each; reports what JSON cannot hold safely. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type ParsedNode, type Scalar } from 'yaml'
import type { Json } from '#core/json.ts'
import type { ProblemText } from './problem.ts'
import type { ProblemCode } from './problems.ts'
import { type Path, pathText, positionOf, type ParseContext, report } from './parse-context.ts'

/** Maximum number of nodes reached through aliases, so that a small file cannot expand to a huge one. */
const MAX_ALIASED = 10_000

/** Maximum nesting of values; far deeper than the language. */
const MAX_DEPTH = 100

const CORE_TAGS = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`))

interface Walk {
  readonly context: ParseContext
  readonly document: Document.Parsed<ParsedNode>
  /** The nodes around the current one, to find one that contains itself. */
  readonly around: Set<Node>
  /** How many aliases are being followed, and how many nodes they led to. */
  depth: number
  aliased: number
}

export function toTree(document: Document.Parsed<ParsedNode>, context: ParseContext): Json {
  return convert(document.contents, [], { context, document, around: new Set(), depth: 0, aliased: 0 })
}

function convert(node: Node | null, path: Path, walk: Walk, key?: number): Json {
  const start = node?.range?.[0] ?? key ?? 0
  if (walk.depth > 0 && ++walk.aliased > MAX_ALIASED) {
    if (walk.aliased > MAX_ALIASED + 1) return unread(walk, path)
    return refuse(walk, path, 'yaml-alias', start, {
      what: `aliases expand to more than ${MAX_ALIASED} values`,
      hint: 'use fewer aliases: aliases within anchors multiply',
    })
  }
  if (path.length > MAX_DEPTH) {
    return refuse(walk, path, 'yaml-syntax', start, {
      what: `values are nested more than ${MAX_DEPTH} levels deep`,
      hint: 'reduce the nesting',
    })
  }
  walk.context.places.set(pathText(path), {
    value: start,
    ...(key === undefined ? {} : { key }),
    ...(isScalar(node) ? { scalar: node } : {}),
  })
  if (node === null) return null
  if (isAlias(node)) return convertAlias(node, path, walk, key)
  if (node.tag !== undefined && !CORE_TAGS.has(node.tag)) {
    return refuse(walk, path, 'yaml-tag', start, {
      what: `unknown tag \`${node.tag.replace('tag:yaml.org,2002:', '!!')}\``,
      hint: 'remove it, or put the value in quotes if it is a text that starts with `!`',
    })
  }
  if (isScalar(node)) return convertScalar(node, path, walk)
  walk.around.add(node)
  const value = isSeq(node)
    ? node.items.map((item, at) => convert(item as Node | null, [...path, at], walk))
    : convertMap((isMap(node) ? node.items : []) as Pair<Node, Node | null>[], path, walk)
  walk.around.delete(node)
  return value
}

function convertAlias(node: Node & { source: string }, path: Path, walk: Walk, key: number | undefined): Json {
  const target = (node as unknown as { resolve(document: Document): Node | undefined }).resolve(walk.document)
  const start = node.range?.[0] ?? 0
  if (target === undefined) {
    return refuse(walk, path, 'yaml-alias', start, {
      what: `\`*${node.source}\` refers to an anchor that does not exist`,
      hint: `put the value in quotes if it is a text or a pattern: "*${node.source}"`,
    })
  }
  if (walk.around.has(target)) {
    return refuse(walk, path, 'yaml-alias', start, {
      what: `\`*${node.source}\` contains itself`,
      hint: 'write the value without the alias',
    })
  }
  walk.depth++
  const value = convert(target, path, walk, key)
  walk.depth--
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
      const first = positionOf(walk.context, before.offset)
      report(
        walk.context,
        'duplicate-key',
        [...path, name],
        { what: `duplicate key \`${name}\`; the first is in line ${first.line}`, hint: 'keep one of them' },
        { offset },
      )
      continue
    }
    entries.set(name, { value: convert(value, [...path, name], walk, offset), offset })
  }
  return Object.fromEntries([...entries].map(([name, { value }]) => [name, value]))
}

/** Keys are texts as written, even where YAML would read a number or a boolean. */
function keyName(key: Node, path: Path, walk: Walk): string | undefined {
  const offset = key.range?.[0] ?? 0
  if (isScalar(key) && key.value !== null) {
    const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
    if (name.endsWith('.$')) {
      return refuseKey(
        walk,
        path,
        offset,
        `\`${name}\` cannot be a key: Step Functions reads a key that ends with \`.$\` as a path`,
        'use another name',
      )
    }
    if (name !== '__proto__') return name
    return refuseKey(walk, path, offset, '`__proto__` cannot be a key', 'use another name')
  }
  if (isMap(key) && key.flow === true) {
    refuse(walk, path, 'unquoted-reference', Math.max(0, offset - 1), {
      what: '`{{ … }}` is not in quotes, so YAML reads it as a mapping',
      hint: 'put the whole value in quotes: "{{ … }}"',
    })
  } else {
    refuseKey(walk, path, offset, 'a key must be a name', 'use a text before the `:`')
  }
  return undefined
}

function refuseKey(walk: Walk, path: Path, offset: number, what: string, hint: string): undefined {
  refuse(walk, path, 'invalid-key', offset, { what, hint })
  return undefined
}

function convertScalar(node: Scalar, path: Path, walk: Walk): Json {
  const { value, source } = node
  if (typeof value !== 'number') return value as Json
  // a number with leading zeros is a code to keep
  if (node.type === 'PLAIN' && source !== undefined && /^[-+]?0\d/.test(source)) return source
  if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) return value
  return refuse(walk, path, 'unsafe-number', node.range?.[0] ?? 0, {
    what: `the number ${source ?? value} cannot be represented exactly`,
    hint: 'put it in quotes to keep it as a text, or use a smaller number',
  })
}

/** Reports a value that cannot be read; its place is not checked further. */
function refuse(walk: Walk, path: Path, code: ProblemCode, offset: number, text: ProblemText): null {
  report(walk.context, code, path, text, { offset })
  return unread(walk, path)
}

function unread(walk: Walk, path: Path): null {
  walk.context.unreadable.add(pathText(path))
  return null
}
