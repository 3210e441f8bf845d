/** siftstep fmt */
import { compile } from '#language/compiler/compile.ts'
import { canonicalText } from '#language/definition/dialects/canonical.ts'
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { readOptions, readOverlay, readText, printProblems } from '#cli/arguments/read-definition.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

/** Prints a definition in the canonical form. A definition with problems is not translated: what it means is not known. */
export async function formatFile(args: Args, terminal: Terminal): Promise<number> {
  if (!args.has('canonical')) throw new UsageError('no form is given', 'add --canonical', 'fmt')
  const [file = ''] = args.positionals
  const given = await readText(file, 'the definition', terminal)
  const options = await readOptions(file, await readOverlay(args, terminal), terminal)
  const compiled = compile(given, options)
  printProblems(compiled.ok ? compiled.warnings : compiled.problems, terminal)
  if (!compiled.ok) return EXIT.definition
  const { text, comments } = canonicalText(given, options)
  if (comments) terminal.err(`note: the comments of ${file} are not in the canonical text\n`)
  terminal.out(text)
  return EXIT.ok
}
