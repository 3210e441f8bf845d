/** Secrets that are written in a definition: found while it is read, and taken out of its text. */
import type { Json } from '#core/json.ts'
import { percentDecoded } from '#core/text/address-parts.ts'
import { isMapping } from './build-values.ts'
import type { CheckContext } from './check-shape.ts'
import { type LiteralSecret, type Path, pathText, report } from './parse-context.ts'
import type { Problem, ProblemText } from './problem.ts'
import { valueOffset } from './scalar-offset.ts'

/** Reports a secret that a file shows. `within` is the part of the text that is the secret, from and to; absent: all of it. */
export function reportLiteral(path: Path, text: ProblemText, within: readonly [number, number] | undefined, context: CheckContext): void {
  const problem = report(context, 'secret-in-the-open', path, text)
  const scalar = context.places.get(pathText(path))?.scalar
  // what `${…}` put there is not in this place of the file
  if (problem === undefined || scalar?.range == null || context.substituted.segments.has(pathText(path))) return
  const [from, to] = scalar.range
  const written = String(scalar.value)
  const [start, end] = within === undefined ? [from, to] : within.map((at) => valueOffset(context.text, scalar, at))
  if (start === undefined || end === undefined) return
  // addresses are percent-encoded, secrets are not
  const value = within === undefined ? written : percentDecoded(written.slice(...within))
  const name = nameOf(path, within === undefined ? String(path.findLast((key) => typeof key === 'string')) : 'password', context)
  context.literals.push({ name, value, start, end, isWhole: within === undefined, problem })
}

/** `WAREHOUSE_PASSWORD`: what holds the setting (a connection, a step, an event of notifications), and the setting. */
function nameOf(path: Path, setting: string, { substituted }: CheckContext): string {
  const above = path.slice(0, -1).map((_, at) => path.slice(0, at + 1).reduce<Json | undefined>(below, substituted.tree))
  const id = above.flatMap((part) => (isMapping(part) && typeof part['id'] === 'string' ? [part['id']] : [])).at(-1)
  const owner = id ?? String(path[1] ?? path[0])
  return `${owner}_${setting}`
    .toUpperCase()
    .replace(/\W+/g, '_')
    .replace(/^(?=\d)/, '_')
}

const below = (tree: Json | undefined, key: string | number): Json | undefined =>
  tree === null || typeof tree !== 'object' ? undefined : (tree as { readonly [key: string | number]: Json })[key]

export interface Lifted {
  /** The text with a reference in place of each secret; lines stay where they are. */
  readonly text: string
  /** The secrets by name. */
  readonly secrets: ReadonlyMap<string, string>
  /** What the text now says of each, in the order of the text. */
  readonly warnings: readonly Problem[]
  /** The column in the first text of a place in the new one. */
  column(line: number, column: number): number
}

/** Takes secrets out of a text. Secrets of one value get one name. */
export function liftSecrets(text: string, literals: readonly LiteralSecret[]): Lifted {
  const secrets = new Map<string, string>()
  const edits: { readonly line: number; readonly column: number; readonly grown: number }[] = []
  const warnings: Problem[] = []
  let lifted = ''
  let at = 0
  for (const { name: wanted, value, start, end, isWhole, problem } of [...literals].sort((a, b) => a.start - b.start)) {
    const name = nameFor(wanted, value, secrets)
    secrets.set(name, value)
    warnings.push({
      ...problem,
      level: 'warning',
      hint: `it is read as \${secret.${name}} here; \`siftstep compile\` and \`siftstep deploy\` refuse it, and \`siftstep fmt --canonical\` moves it out`,
    })
    // an anchor: the secret is named in several places and written in one
    if (start < at) continue
    const lines = text.slice(start, end).split('\n').length - 1
    const named = `\${secret.${name}}`
    const reference = `${isWhole ? `"${named}"` : named}${'\n'.repeat(lines)}`
    const column = start - text.lastIndexOf('\n', start - 1)
    edits.push({ line: problem.line ?? 0, column, grown: lines > 0 ? 0 : reference.length - (end - start) })
    lifted += text.slice(at, start) + reference
    at = end
  }
  return {
    text: lifted + text.slice(at),
    secrets,
    warnings,
    column: (line, column) => {
      let back = 0
      for (const edit of edits) if (edit.line === line && edit.column + back < column) back += edit.grown
      return Math.max(1, column - back)
    },
  }
}

function nameFor(wanted: string, value: string, secrets: ReadonlyMap<string, string>): string {
  const same = [...secrets].find(([, known]) => known === value)?.[0]
  if (same !== undefined) return same
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}_${number}`
    if (!secrets.has(name)) return name
  }
}
