/** What validate does. */
import { compile } from '../../compiler/compile.ts'
import type { Definition } from '../../definition/definition.ts'
import { EXIT } from '../../local/events.ts'
import { count } from '../../text/numbers.ts'
import type { Args } from '../args.ts'
import { readOptions, readOverlay, readText, tellProblems } from '../read-definition.ts'
import type { Terminal } from '../terminal.ts'

/** Every file is checked, whatever the others hold. */
export async function validateFiles(args: Args, terminal: Terminal): Promise<number> {
  const overlay = await readOverlay(args, terminal)
  let code: number = EXIT.ok
  for (const file of args.positionals) {
    const compiled = compile(await readText(file, 'the definition', terminal), await readOptions(file, overlay, terminal))
    if (compiled.ok) {
      tellProblems(compiled.warnings, terminal)
      const { steps, inputs } = compiled.definition
      terminal.out(`${file}: ok (${count(stepsIn(steps), 'step')}, ${count(Object.keys(inputs).length, 'input')})\n`)
    } else {
      tellProblems(compiled.problems, terminal)
      code = EXIT.definition
    }
  }
  return code
}

/** Steps of parallel groups are steps too. */
const stepsIn = (entries: Definition['steps']): number =>
  entries.reduce((sum, entry) => sum + ('parallel' in entry ? stepsIn(entry.parallel) : 1), 0)
