/** What commands that look ahead need of a definition: its machine, and the inputs of a run. */
import type { Compiled } from '#language/compiler/compile.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import type { JsonObject } from '#core/json.ts'
import type { Args } from './flags.ts'
import { onePipeline } from './pipelines.ts'
import { checkedHere, printProblems, readGivenInputs, readOptions, readOverlay } from './read-definition.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

interface WithInputs {
  readonly compiled: Compiled
  readonly inputs: JsonObject
}

/** Null if the definition or its inputs are wrong; the problems are then printed. */
export async function compiledWithInputs(file: string, args: Args, terminal: Terminal): Promise<WithInputs | null> {
  const text = await onePipeline(file, args, terminal)
  const given = await readGivenInputs(args, terminal)
  const { compiled } = await checkedHere(text, await readOptions(file, await readOverlay(args, terminal), terminal), terminal)
  if (!compiled.ok) {
    printProblems(compiled.problems, terminal)
    return null
  }
  const resolved = resolveInputs(compiled.definition, given)
  if (!resolved.ok) {
    printProblems(resolved.problems, terminal)
    return null
  }
  return { compiled, inputs: resolved.inputs }
}
