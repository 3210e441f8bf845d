/**
 * Refuses plain objects as maps keyed by text: `counts[value]` answers `constructor` and `toString` with members that every object inherits,
 * and `counts['__proto__'] = 1` writes nothing. A key of type string, into an object of any names, is read with `entryOf`, and written into a
 * `record` or a Map; `in` looks for a literal name only. The types of the compiler decide, so a list or a table of fixed names is left alone.
 */
import { join, relative, resolve } from 'node:path'
import { API } from 'typescript/unstable/sync'
import { type BinaryExpression, type ElementAccessExpression, type Node, SyntaxKind } from 'typescript/unstable/ast'

const ROOT = resolve(import.meta.dirname, '..')
/** The one file that reads such a key, for all others. */
const DOOR = 'lib/core/text/record.ts'
/** What reads definitions checks its keys against the settings there are, before it looks one up. */
const CHECKED_BEFORE = /^lib\/language\//
const LITERALS: readonly SyntaxKind[] = [SyntaxKind.StringLiteral, SyntaxKind.NumericLiteral, SyntaxKind.NoSubstitutionTemplateLiteral]

const api = new API()
try {
  const found = problemsIn(api)
  for (const problem of found) console.error(problem)
  if (found.length > 0) {
    console.error(`${found.length} in all: use entryOf or record of ${DOOR}, or a Map`)
    process.exitCode = 1
  }
} finally {
  api.close()
}

function problemsIn(compiler: API): readonly string[] {
  const project = compiler.updateSnapshot({ openProjects: [join(ROOT, 'tsconfig.json')] }).getProjects()[0]
  if (project === undefined) throw new Error('the compiler found no project')
  const { program, checker } = project
  const files = program.getSourceFileNames().filter((file) => file.startsWith(join(ROOT, 'lib/')) && relative(ROOT, file) !== DOOR)
  if (files.length < 100) throw new Error(`the compiler found ${files.length} files below lib, where there are hundreds`)
  const names = (nodes: readonly Node[]) =>
    checker.getTypeAtLocation(nodes).map((type) => (type === undefined ? '' : checker.typeToString(type)))
  const own = files.filter((file) => !CHECKED_BEFORE.test(relative(ROOT, file)))
  return own.flatMap((file) => {
    const source = program.getSourceFile(file)
    if (source === undefined) throw new Error(`the compiler has no ${file}`)
    const { lookups, searches } = suspects(source)
    const keys = names(lookups.map((node) => node.argumentExpression as Node))
    const maps = names(lookups.map((node) => node.expression))
    const unguarded = lookups.filter((_, at) => /^string( |$)/.test(keys[at] ?? '') && !(maps[at] ?? '').startsWith('TextRecord<'))
    return [...unguarded, ...searches].map((node) => {
      const line = source.text.slice(0, node.getStart()).split('\n').length
      return `${relative(ROOT, file)}:${line}: ${node.getText().split('\n')[0]}`
    })
  })
}

/** Lookups by a key that is computed, and uses of `in` for a name that is. */
function suspects(root: Node) {
  const lookups: ElementAccessExpression[] = []
  const searches: BinaryExpression[] = []
  const visit = (node: Node): void => {
    if (node.kind === SyntaxKind.ElementAccessExpression) {
      const lookup = node as ElementAccessExpression
      if (lookup.argumentExpression !== undefined && !LITERALS.includes(lookup.argumentExpression.kind)) lookups.push(lookup)
    }
    if (node.kind === SyntaxKind.BinaryExpression) {
      const binary = node as BinaryExpression
      if (binary.operatorToken.kind === SyntaxKind.InKeyword && !LITERALS.includes(binary.left.kind)) searches.push(binary)
    }
    node.forEachChild(visit)
  }
  visit(root)
  return { lookups, searches }
}
