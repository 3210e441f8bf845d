/**
 * The mutation law of definitions: rename any key of a valid definition by one letter, and there is a problem at that key.
 * This makes the renamed texts, and says which keys are names of the author's own, which the law cannot hold for.
 */
import { isMap, isScalar, isSeq, type Node, parseDocument, type Scalar } from 'yaml'
import type { Problem } from '#language/definition/problem.ts'

export interface Mutation {
  /** The definition with one key renamed. */
  readonly text: string
  /** The place of the key, from 1. */
  readonly line: number
  readonly column: number
  /** The key as it was, and as it is now. */
  readonly key: string
  readonly renamed: string
  /** Where the key stands, such as `steps.1.with.format`. */
  readonly path: string
}

/**
 * Mappings whose keys are names of columns, values or items, which nothing in a definition declares. `*` is one step of the
 * path, `**` is any number. Steps within `parallel` are meant as well.
 */
export const FREE_NAMES: readonly string[] = [
  'inputs.*.default.**',
  'schedule.inputs.*.**',
  'triggers.*.inputs.*.**',
  'triggers.*.params.*.**',
  'triggers.*.filter_criteria.detail.*',
  'steps.*.loop.foreach.**',
  'tests.*.inputs.*.**',
  'tests.*.given.*.*.*',
  'tests.*.expect.rows.*.*',
  'steps.*.with.settings.*',
  'steps.*.with.inputs.*',
  'steps.*.with.parameters.*',
  'steps.*.with.secrets.*',
  'steps.*.with.types.*',
  'steps.*.with.env.*',
  'steps.*.with.pass_when.values.*',
  'steps.*.with.source.*.*',
  'steps.*.with.source.path.*.*',
  'steps.*.with.source.rows.*.*',
  'steps.*.with.stats.*',
  'steps.*.with.headers.*',
  'steps.*.with.source.connection.*',
  'steps.*.with.source.params.*',
  'steps.*.with.to.connection.*',
  'steps.*.with.columns.*',
  'steps.*.with.rules.*.map.values.*',
  'steps.*.with.operations.*.add_column.*',
  'steps.*.with.operations.*.rename.*',
  'steps.*.with.operations.*.cast.*',
  'steps.*.with.operations.*.cast.columns.*',
  'steps.*.with.operations.*.aggregate.columns.*',
  'steps.*.with.operations.*.window.columns.*',
]

/** A pattern of FREE_NAMES as a regular expression. */
function pathPattern(name: string): RegExp {
  const steps = name.split('.').map((step) => (step === '**' ? '.+' : step === '*' ? '[^.]+' : step))
  return new RegExp(`^${steps.join('\\.')}$`)
}

const FREE = FREE_NAMES.flatMap((name) => [name, name.replace('.with.', '.on_error.fallback.*.')]).map(pathPattern)

const isFree = (path: string) => FREE.some((pattern) => pattern.test(path.replace(/^steps\.\d+\.parallel\./, 'steps.')))

/** Every key renamed in two ways: one letter more, and its last letter another. */
export function* mutations(text: string): Iterable<Mutation> {
  const found: { scalar: Scalar; path: string; siblings: readonly string[] }[] = []
  collect(parseDocument(text).contents, '', found)
  for (const { scalar, path, siblings } of found) {
    if (isFree(path)) continue
    const key = String(scalar.value)
    const [start = 0, end = 0] = scalar.range ?? []
    const quote = /['"]/.test(text[start] ?? '') ? 1 : 0
    for (const renamed of [`${key}x`, `${key.slice(0, -1)}${key.endsWith('q') ? 'z' : 'q'}`]) {
      if (siblings.includes(renamed)) continue
      const before = text.slice(0, start)
      const line = before.split('\n').length
      const column = start - before.lastIndexOf('\n')
      yield { text: text.slice(0, start + quote) + renamed + text.slice(end - quote), line, column, key, renamed, path }
    }
  }
}

/**
 * Whether the problems report the renamed key: at its position; or, when an input or a config value was renamed that something
 * refers to, at the reference, which names nothing any more. An input that no step reads, such as `mode`, is a warning under another name.
 */
export function isCaught(
  problems: readonly Pick<Problem, 'line' | 'column' | 'level' | 'what'>[],
  { line, column, key, renamed, path }: Mutation,
): boolean {
  if (problems.some((problem) => problem.level === 'error' && problem.line === line && problem.column === column)) return true
  const isInput = /^inputs\.[^.]+$/.test(path)
  if (isInput && problems.some((problem) => problem.level === 'warning' && problem.line === line && problem.column === column)) return true
  const isName = /^inputs\.[^.]+$|^config\./.test(path)
  return isName && problems.some(({ level, what }) => level === 'error' && (what.includes(key) || what.includes(renamed)))
}

function collect(node: Node | null, path: string, found: { scalar: Scalar; path: string; siblings: readonly string[] }[]): void {
  const below = (step: string | number) => (path === '' ? String(step) : `${path}.${step}`)
  if (isSeq(node)) for (const [at, item] of node.items.entries()) collect(item as Node | null, below(at), found)
  if (!isMap(node)) return
  const siblings = node.items.map((pair) => (isScalar(pair.key) ? String(pair.key.value) : ''))
  for (const pair of node.items) {
    if (!isScalar(pair.key)) throw new Error('a definition has a key that is no name')
    const name = below(String(pair.key.value))
    found.push({ scalar: pair.key, path: name, siblings })
    collect(pair.value as Node | null, name, found)
  }
}
