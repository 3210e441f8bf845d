/** Reads and compiles a definition for this machine, where a secret that the file shows is a warning and not an error. */
import { liftSecrets } from '#language/definition/literal-secrets.ts'
import type { LiteralSecret } from '#language/definition/parse-context.ts'
import { type Problem, sortProblems } from '#language/definition/problem.ts'
import { type ReadOptions, type ReadResult, readDefinition } from '#language/definition/read.ts'
import { type CompileResult, compile } from './compile.ts'

export interface CompiledHere {
  readonly compiled: CompileResult
  /** The definition with references in place of the secrets: what may be stored. */
  readonly text: string
  /** The secrets that the file shows, by the names that the machine has for them. */
  readonly secrets: ReadonlyMap<string, string>
}

/** Never lets a secret of the text reach the machine. What goes to other machines is compiled by `compile`, which refuses such a text. */
export function compileHere(text: string, options: ReadOptions): CompiledHere {
  const { result, ...rest } = lifting(text, options, compile)
  return { compiled: result, ...rest }
}

/** Reads it only: it may have problems that show when it is compiled. */
export const readHere = (text: string, options: ReadOptions): ReadResult => lifting(text, options, readDefinition).result

interface Good {
  readonly ok: true
  readonly warnings: readonly Problem[]
}

interface Bad {
  readonly ok: false
  readonly problems: readonly Problem[]
  readonly literals?: readonly LiteralSecret[]
}

function lifting<Result extends Good>(text: string, options: ReadOptions, read: (text: string, options: ReadOptions) => Result | Bad) {
  const first = read(text, options)
  const literals = first.ok ? [] : (first.literals ?? [])
  if (literals.length === 0) return { result: first, text, secrets: new Map<string, string>() }
  const lifted = liftSecrets(text, literals)
  const second = read(lifted.text, options)
  const placed = (problem: Problem): Problem =>
    problem.file !== options.file || problem.line === undefined || problem.column === undefined
      ? problem
      : { ...problem, column: lifted.column(problem.line, problem.column) }
  const all = (problems: readonly Problem[]) => sortProblems([...lifted.warnings, ...problems.map(placed)])
  const result = second.ok ? { ...second, warnings: all(second.warnings) } : { ...second, problems: all(second.problems) }
  return { result, text: lifted.text, secrets: lifted.secrets }
}
