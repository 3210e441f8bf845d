/** siftstep resolve */
import { compile } from '#language/compiler/compile.ts'
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { assertLocked, keepLock } from '#cli/arguments/keep-lock.ts'
import { onePipeline } from '#cli/arguments/pipelines.ts'
import { readOptions, readOverlay, printProblems } from '#cli/arguments/read-definition.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

export async function resolveFile(args: Args, terminal: Terminal): Promise<number> {
  const [file = ''] = args.positionals
  const text = await onePipeline(file, args, terminal)
  const compiled = compile(text, await readOptions(file, await readOverlay(args, terminal), terminal))
  printProblems(compiled.ok ? compiled.warnings : compiled.problems, terminal)
  if (!compiled.ok) return EXIT.definition
  if (compiled.lock === undefined)
    throw new UsageError(`${file} has no phrases`, 'a phrase stands between <AUTO> and </AUTO> in the `action` of a step', 'resolve')
  if (args.has('frozen')) await assertLocked(compiled.lock, terminal)
  else await keepLock(compiled.lock, terminal)
  terminal.out(compiled.lock.text)
  return EXIT.ok
}
