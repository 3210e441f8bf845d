/** siftstep compile */
import { compile } from '#language/compiler/compile.ts'
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { readOptions, readOverlay, readText, printProblems } from '#cli/arguments/read-definition.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

const FORMS = ['asl', 'plan', 'hash'] as const

export async function compileFile(args: Args, terminal: Terminal): Promise<number> {
  const [form = 'asl', other] = FORMS.filter((name) => args.has(name))
  if (other !== undefined) throw new UsageError(`--${form} and --${other} exclude each other`, 'choose one', 'compile')
  const [file = ''] = args.positionals
  const text = await readText(file, 'the definition', terminal)
  const compiled = compile(text, await readOptions(file, await readOverlay(args, terminal), terminal))
  printProblems(compiled.ok ? compiled.warnings : compiled.problems, terminal)
  if (!compiled.ok) return EXIT.definition
  terminal.out({ asl: compiled.text, plan: `${JSON.stringify(compiled.plan, null, 2)}\n`, hash: `${compiled.hash}\n` }[form])
  return EXIT.ok
}
