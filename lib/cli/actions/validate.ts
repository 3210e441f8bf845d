/** siftstep validate */
import { notOnAws } from '#language/compiler/only-local.ts'
import { testFiles } from '#language/compiler/test-files.ts'
import { type ChainedPipeline, cyclesIn, unknownUpstream } from '#language/definition/starts/chains.ts'
import type { Definition } from '#language/definition/definition.ts'
import { EXIT } from '#run/local/events.ts'
import { openAws } from '#cli/aws/clients.ts'
import { isOnAws } from '#cli/aws/on.ts'
import type { Compiled } from '#language/compiler/compile.ts'
import { count } from '#core/text/numbers.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { assertLocked } from '#cli/arguments/keep-lock.ts'
import { allPipelines } from '#cli/arguments/pipelines.ts'
import { checkedHere, readOptions, readOverlay, printProblems } from '#cli/arguments/read-definition.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

/** Checks every file, even after problems in another. */
export async function validateFiles(args: Args, terminal: Terminal): Promise<number> {
  const overlay = await readOverlay(args, terminal)
  const onAws = isOnAws(args, 'validate')
  const sound: (ChainedPipeline & Compiled & { readonly summary: string })[] = []
  let code: number = EXIT.ok
  for (const file of args.positionals) {
    const pipelines = await allPipelines(file, args, terminal)
    const options = await readOptions(file, overlay, terminal)
    for (const { text } of pipelines) {
      const { compiled } = await checkedHere(text, options, terminal)
      if (!compiled.ok) {
        printProblems(compiled.problems, terminal)
        code = EXIT.definition
        continue
      }
      const { problems } = testFiles(compiled, options.readAsset, file)
      if (problems.length > 0) {
        printProblems(problems, terminal)
        code = EXIT.definition
        continue
      }
      // valid here, so no error: siftstep deploy refuses it
      const here = notOnAws(compiled, file).map((problem) => ({ ...problem, level: 'warning' as const }))
      printProblems([...compiled.warnings, ...here], terminal)
      if (args.has('frozen')) await assertLocked(compiled.lock, terminal)
      const { id, steps, inputs } = compiled.definition
      const name = pipelines.length > 1 ? ` ${id}` : ''
      const spelling = compiled.dialect === undefined ? '' : `, read as: ${compiled.dialect}`
      const summary = `${file}${name}: ok (${count(stepsIn(steps), 'step')}, ${count(Object.keys(inputs).length, 'input')}${spelling})\n`
      sound.push({ file, ...compiled, summary })
    }
  }
  const cycles = cyclesIn(sound)
  // a pipeline with problems is known to nobody here
  printProblems([...cycles, ...(code === EXIT.ok ? unknownUpstream(sound) : [])], terminal)
  if (cycles.length > 0) return EXIT.definition
  for (const { summary } of sound) terminal.out(summary)
  // only when all is right here: what is wrong here is wrong there
  if (!onAws || code !== EXIT.ok) return code
  const [aws, { validateOnAws }] = await Promise.all([openAws(args, terminal), import('#cli/aws/validate-on-aws.ts')])
  for (const one of sound) if (!(await validateOnAws(one, aws, terminal))) code = EXIT.definition
  return code
}

/** Counts steps, including those in parallel groups. */
const stepsIn = (entries: Definition['steps']): number =>
  entries.reduce((sum, entry) => sum + ('parallel' in entry ? stepsIn(entry.parallel) : 1), 0)
