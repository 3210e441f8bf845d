/** What an expression reads: columns of the row and parameters of the run. */
import { children, type Expression } from './ast.ts'

/** An expression and all nodes in it, in source order. */
function* everything(expression: Expression): Generator<Expression> {
  yield expression
  for (const child of children(expression)) yield* everything(child)
}

/** The columns an expression reads, as spelled in it, without duplicates, in order of first use. */
export function columnsOf(expression: Expression): readonly string[] {
  const names = [...everything(expression)].flatMap((node) => (node.kind === 'column' ? [node.name] : []))
  return [...new Set(names)]
}

/** The paths of the `{{ … }}` parameters of an expression, trimmed, without duplicates, in order of first use. */
export function parametersOf(expression: Expression): readonly string[] {
  const paths = [...everything(expression)].flatMap((node) => {
    if (node.kind === 'parameter') return [node.path]
    return node.kind === 'template' ? node.parts.flatMap((part) => ('path' in part ? [part.path] : [])) : []
  })
  return [...new Set(paths)]
}

/** Names of columns: a set of them, or a map from them. */
export type Names = Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'>

/**
 * The columns a name can refer to: the one with exactly this spelling, otherwise all that differ only in case or in the encoding of
 * accents.
 */
export function columnsNamed(name: string, columns: Names): readonly string[] {
  if (columns.has(name)) return [name]
  const folded = fold(name)
  return [...columns.keys()].filter((column) => fold(column) === folded)
}

const fold = (name: string) => name.normalize('NFC').toLowerCase()

/** The column a name refers to; undefined if there is none or several are possible. */
export function columnNamed(name: string, columns: Names): string | undefined {
  const found = columnsNamed(name, columns)
  return found.length === 1 ? found[0] : undefined
}
