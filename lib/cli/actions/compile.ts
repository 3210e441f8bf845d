/** siftstep compile */
import { type Compiled, type CompileResult, compile } from '#language/compiler/compile.ts'
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { allPipelines } from '#cli/arguments/pipelines.ts'
import { readOptions, readOverlay, printProblems } from '#cli/arguments/read-definition.ts'
import { checkStatements } from '#run/runs/check-statements.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

const FORMS = ['asl', 'plan', 'hash'] as const
type Form = (typeof FORMS)[number]

export async function compileFile(args: Args, terminal: Terminal): Promise<number> {
  const [form = 'asl', other] = FORMS.filter((name) => args.has(name))
  if (other !== undefined) throw new UsageError(`--${form} and --${other} exclude each other`, 'choose one', 'compile')
  const [file = ''] = args.positionals
  const options = await readOptions(file, await readOverlay(args, terminal), terminal)
  const results: CompileResult[] = []
  for (const { text } of await allPipelines(file, args, terminal)) results.push(await checkStatements(compile(text, options), file))
  for (const result of results) printProblems(result.ok ? result.warnings : result.problems, terminal)
  const compiled = results.filter((result) => result.ok)
  if (compiled.length < results.length) return EXIT.definition
  const [only, second] = compiled
  terminal.out(only === undefined || second !== undefined ? together(form, compiled) : alone(form, only))
  return EXIT.ok
}

const alone = (form: Form, { text, plan, hash }: Compiled): string =>
  ({ asl: text, plan: `${JSON.stringify(plan, null, 2)}\n`, hash: `${hash}\n` })[form]

/** Several pipelines by their ids. */
function together(form: Form, all: readonly Compiled[]): string {
  if (form === 'hash') return all.map(({ definition, hash }) => `${hash} ${definition.id}\n`).join('')
  const byId = all.map(({ definition, machine, plan }) => [definition.id, form === 'asl' ? machine : plan] as const)
  return `${JSON.stringify(Object.fromEntries(byId), null, 2)}\n`
}
