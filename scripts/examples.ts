/** The examples, and what each compiles to: the plan and the state machine, kept beside it so that a change of the compiler is seen. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Compiled, compile } from '#language/compiler/compile.ts'
import { assetsBelow } from '#run/runs/asset-files.ts'
import { formatProblem } from '#language/definition/problem.ts'

const FOLDER = resolve(import.meta.dirname, '../examples')

interface Example {
  readonly name: string
  /** An absolute path. */
  readonly folder: string
  /** The definition. */
  readonly text: string
}

/** Every folder of examples that holds a pipeline. */
export const EXAMPLES: readonly Example[] = readdirSync(FOLDER)
  .map((name) => ({ name, folder: join(FOLDER, name), file: join(FOLDER, name, 'pipeline.yaml') }))
  .filter(({ file }) => existsSync(file))
  .map(({ name, folder, file }) => ({ name, folder, text: readFileSync(file, 'utf8') }))

const known = new Map<string, Compiled>()

/** What an example compiles to; throws with its problems. */
export function compileExample({ name, folder, text }: Example): Compiled {
  const compiled = known.get(name) ?? compile(text, { file: `examples/${name}/pipeline.yaml`, readAsset: assetsBelow(folder) })
  if (!compiled.ok) throw new Error(compiled.problems.map(formatProblem).join('\n'))
  known.set(name, compiled)
  return compiled
}

/** The files of `expected`, by their paths below the root. */
export const EXPECTED = EXAMPLES.flatMap((example) => [
  { path: `examples/${example.name}/expected/plan.json`, text: () => `${JSON.stringify(compileExample(example).plan, null, 2)}\n` },
  { path: `examples/${example.name}/expected/machine.asl.json`, text: () => compileExample(example).text },
])
