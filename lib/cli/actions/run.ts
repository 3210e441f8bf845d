/** siftstep run */
import { resolveInputs } from '#language/definition/inputs.ts'
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { assertLocked, keepLock } from '#cli/arguments/keep-lock.ts'
import { dayOrTime } from '#cli/arguments/moments.ts'
import { onePipeline } from '#cli/arguments/pipelines.ts'
import { checkedHere, readFunctions, readGivenInputs, readOptions, readOverlay, printProblems } from '#cli/arguments/read-definition.ts'
import { runSettings, showStart } from './start-run.ts'
import { shellWord } from '#cli/runs/on-store.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

export async function runPipeline(args: Args, terminal: Terminal): Promise<number> {
  const [file = ''] = args.positionals
  const settings = runSettings(args, terminal)
  const written = await onePipeline(file, args, terminal)
  const overlay = await readOverlay(args, terminal)
  const given = await readGivenInputs(args, terminal)
  const { compiled, text } = await checkedHere(written, await readOptions(file, overlay, terminal), terminal)
  if (!compiled.ok) {
    printProblems(compiled.problems, terminal)
    return EXIT.definition
  }
  if (args.has('frozen')) await assertLocked(compiled.lock, terminal)
  const resolved = resolveInputs(compiled.definition, given)
  if (!settings.showing.quiet) printProblems(compiled.warnings, terminal)
  if (!resolved.ok) {
    printProblems(resolved.problems, terminal)
    return EXIT.definition
  }
  await keepLock(compiled.lock, terminal)
  const functions = await readFunctions(args, terminal)
  const date = args.value('date')
  const logical_date = date === undefined ? undefined : dayOrTime(date, '--date', 'run')
  const command = commandLine(file, args)
  const run = { compiled, text, file, overlay, inputs: resolved.inputs, functions, logical_date, folder: terminal.cwd(), command }
  return (await showStart(run, settings, terminal)).exit_code
}

/** Flags that change what is run; the others change how it is shown. */
const MEANING = ['pipeline', 'input', 'input-file', 'date', 'config', 'functions', 'env-file', 'store', 'workers'] as const

const commandLine = (file: string, args: Args) =>
  ['siftstep run', shellWord(file), ...MEANING.flatMap((name) => args.all(name).map((value) => `--${name} ${shellWord(value)}`))].join(' ')
