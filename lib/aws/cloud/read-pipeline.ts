/** Reads, checks and compiles a pipeline file for a template. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { localSteps } from '#language/compiler/local-steps.ts'
import { type Compiled, compile } from '#language/compiler/compile.ts'
import { formatProblem, type Problem } from '#language/definition/problem.ts'
import type { JsonObject } from '#core/json.ts'
import { assetsBelow } from '#run/runs/asset-files.ts'

/** The definition is invalid; the message lists every problem with its position and fix. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'))
    this.problems = problems
  }
}

export interface PipelineFile {
  /** Path of the definition, relative to the working directory. */
  readonly file: string
  /** Overrides of the `config` of the definition, as with `--config` on the command line. */
  readonly config?: JsonObject | undefined
  /** Values of `${env.NAME}` (default: the environment of the process). */
  readonly variables?: { readonly [name: string]: string | undefined } | undefined
}

export function readPipeline({ file, config = {}, variables = process.env }: PipelineFile): Compiled {
  const present = Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
  const folder = dirname(resolve(file))
  const compiled = compile(readFileSync(file, 'utf8'), {
    file,
    config,
    env: present,
    readFile: (path) => textIfThere(resolve(folder, path)),
    readAsset: assetsBelow(folder),
  })
  if (!compiled.ok) throw new DefinitionError(compiled.problems)
  const local = localSteps(compiled, file)
  if (local.length > 0) throw new DefinitionError(local)
  return compiled
}

/** A file that cannot be read is reported by the parser of definitions. */
function textIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
