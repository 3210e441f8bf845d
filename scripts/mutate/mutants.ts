/** All mutants of a source file, and a seeded choice among those of several modules. */
import { parseSync } from 'oxc-parser'
import { type Change, changesOf, type SyntaxNode } from './operators.ts'

export interface Mutant extends Change {
  /** Path from the root of the repository. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
  /** The text that is replaced, on one line. */
  readonly before: string
}

/** Every mutant of a file, in the order of the text. */
export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`)
  const found: Mutant[] = []
  walk(program as unknown as SyntaxNode, undefined, (node, parent) => {
    for (const change of changesOf(node, text, parent)) {
      const lines = text.slice(0, change.start).split('\n')
      found.push({
        ...change,
        file,
        line: lines.length,
        column: (lines.at(-1)?.length ?? 0) + 1,
        before: text.slice(change.start, change.end).replace(/\s+/g, ' '),
      })
    }
  })
  return found.sort((a, b) => a.start - b.start || a.end - b.end)
}

/** The text of a file with the mutation in it. */
export const mutated = (text: string, { start, end, replacement }: Change) => text.slice(0, start) + replacement + text.slice(end)

/** `lib/a.ts:3:7 comparison: "<" → "<="`: also how a mutant is named in the list of equivalent ones. */
export const nameOf = ({ file, line, column, kind, before, replacement }: Mutant) =>
  `${file}:${line}:${column} ${kind}: ${shown(before)} → ${shown(replacement.trim())}`

const shown = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text)

/** Wrappers that say something of the type of a value, which stands within them. */
const WRAPPERS = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'])

function walk(node: SyntaxNode, parent: SyntaxNode | undefined, visit: (node: SyntaxNode, parent: SyntaxNode | undefined) => void): void {
  if (WRAPPERS.has(node.type)) {
    walk(node['expression'] as SyntaxNode, parent, visit)
    return
  }
  if (node.type.startsWith('TS') || node.type === 'ImportDeclaration') return
  visit(node, parent)
  for (const part of Object.values(node)) {
    for (const inner of Array.isArray(part) ? part : [part]) if (isNode(inner)) walk(inner, node, visit)
  }
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string'

/** So many of each list, in proportion to its length and at least one, chosen by the random numbers. */
export function sampled<Item>(lists: readonly (readonly Item[])[], wanted: number, random: () => number): readonly (readonly Item[])[] {
  const total = lists.reduce((sum, { length }) => sum + length, 0)
  const share = Math.min(1, wanted / Math.max(1, total))
  return lists.map((list) => shuffled(list, random).slice(0, Math.ceil(list.length * share)))
}

function shuffled<Item>(list: readonly Item[], random: () => number): readonly Item[] {
  const items = [...list]
  for (let at = items.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[items[at], items[other]] = [items[other] as Item, items[at] as Item]
  }
  return items
}
