/** Checks the statements of a definition before it runs or is deployed: the engine parses them. Definitions without any cost nothing. */
import { assetText } from '#core/assets/assets.ts'
import { missingColumn } from '#data/pass/statement-columns.ts'
import type { StatementProblem } from '#data/pass/statement-tree.ts'
import { indexIn, placeIn, readStatement, type Statement } from '#data/pass/statement.ts'
import type { Session } from '#io/duckdb/session.ts'
import { type Compiled, type CompileResult, pathOf } from '#language/compiler/compile.ts'
import { stepsOf, unitsOf } from '#language/compiler/plan.ts'
import { type Problem, sortProblems } from '#language/definition/problem.ts'
import type { Column } from '#relational/types/types.ts'
import { kindOf } from '#steps/index.ts'
import { pathOfAsset } from '#steps/kind/assets.ts'
import type { StatementUse } from '#steps/kind/step.ts'

/** Bytes for a session that holds no rows. */
const MEMORY = 200_000_000

interface Use extends StatementUse {
  readonly step: string
}

/** The same, or the problems of its statements. `file` is the name of the definition, for problems. */
export async function checkStatements<Result extends CompileResult>(
  compiled: Result,
  file: string,
): Promise<Result | Extract<CompileResult, { ok: false }>> {
  if (!compiled.ok) return compiled
  const uses = unitsOf(compiled.plan)
    .flatMap(stepsOf)
    .flatMap((step) => {
      const kind = kindOf(step.type)
      if (kind?.statements === undefined) return []
      return kind.statements(kind.config.parse(step.with)).map((use): Use => ({ ...use, step: step.id }))
    })
  if (uses.length === 0) return compiled
  // most commands need no engine
  const { inScratchSession } = await import('#io/duckdb/scratch-session.ts')
  return inScratchSession(MEMORY, async (session) => {
    const problems: Problem[] = []
    for (const [at, use] of uses.entries()) problems.push(...(await problemsOf(session, use, `known${at}`, compiled, file)))
    return problems.length === 0 ? compiled : { ok: false, problems: sortProblems(problems) }
  })
}

async function problemsOf(session: Session, use: Use, table: string, compiled: Compiled, file: string): Promise<readonly Problem[]> {
  const text = textOf(use, compiled)
  const read = await readStatement(session, text, use)
  const found = 'problems' in read ? read.problems : await missingColumns(session, use, table, read.statement, compiled)
  return found.map((problem) => {
    const index = indexIn(text, problem)
    const inFile = typeof use.text !== 'string'
    const path = [pathOf(compiled.definition, use.step), 'with', ...use.path, ...(inFile || index === undefined ? [] : [index])].join('.')
    return {
      code: problem.missing === undefined ? 'invalid-expression' : 'unknown-column',
      level: 'error',
      file,
      ...compiled.map.at(path),
      path: compiled.map.written(path),
      what: inFile ? `${placeIn(pathOfAsset(use.text), text, index)}: ${problem.what}` : problem.what,
      hint: problem.hint,
    }
  })
}

function textOf({ text }: Use, { assets }: Compiled): string {
  if (typeof text === 'string') return text
  const asset = assets.find(({ path }) => path === pathOfAsset(text))
  return (asset === undefined ? undefined : assetText(asset.content)) ?? ''
}

/** Columns that do not exist, where the definition says all columns of all tables. Their types are known only in a run. */
async function missingColumns(
  session: Session,
  { step, tables, parameters }: Use,
  table: string,
  statement: Statement,
  { columns: known }: Compiled,
): Promise<readonly StatementProblem[]> {
  const before = known.get(step)
  const [rows, other] = tables
  if (before?.complete !== true || rows === undefined || other !== undefined) return []
  const columns = [...before.there.values()].map((name): Column => ({ name, type: 'text', untyped: true }))
  const missing = await missingColumn(session, statement, { name: rows, columns, table }, parameters)
  return missing === undefined ? [] : [missing]
}
