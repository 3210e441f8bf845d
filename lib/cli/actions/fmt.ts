/** siftstep fmt */
import { compileHere } from '#language/compiler/compile-here.ts'
import { canonicalText } from '#language/definition/dialects/canonical.ts'
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { allPipelines } from '#cli/arguments/pipelines.ts'
import { readOptions, readOverlay, printProblems } from '#cli/arguments/read-definition.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

/** Prints a definition in the canonical form. A definition with problems is not translated: what it means is not known. */
export async function formatFile(args: Args, terminal: Terminal): Promise<number> {
  if (!args.has('canonical')) throw new UsageError('no form is given', 'add --canonical', 'fmt')
  const [file = ''] = args.positionals
  const pipelines = await allPipelines(file, args, terminal)
  const options = await readOptions(file, await readOverlay(args, terminal), terminal)
  const results = pipelines.map(({ text }) => compileHere(text, options))
  for (const { compiled } of results) printProblems(compiled.ok ? compiled.warnings : compiled.problems, terminal)
  if (results.some(({ compiled }) => !compiled.ok)) return EXIT.definition
  const formatted = results.map(({ text }) => canonicalText(text, options))
  const moved = [...new Set(results.flatMap(({ secrets }) => [...secrets.keys()]))]
  if (moved.length > 0)
    terminal.err(
      `note: set ${moved.join(', ')} in the environment or in a file for --env-file: the canonical text does not hold the values\n`,
    )
  if (formatted.some(({ comments }) => comments)) terminal.err(`note: the comments of ${file} are not in the canonical text\n`)
  terminal.out(formatted.map(({ text }) => text).join('---\n'))
  return EXIT.ok
}
