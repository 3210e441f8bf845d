/** A pipeline file on its way into a template: read, checked and compiled as everywhere else. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Compiled, compile } from '#language/compiler/compile.ts'
import { formatProblem, type Problem } from '#language/definition/problem.ts'
import type { JsonObject } from '#core/json.ts'

/** The definition is wrong; the message has every problem with its place and its mend. */
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
  /** Laid over the `config` of the definition, as `--config` on the command line. */
  readonly config?: JsonObject | undefined
  /** What `${env.NAME}` reads; the process's environment when absent. */
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
  })
  if (!compiled.ok) throw new DefinitionError(compiled.problems)
  return compiled
}

/** The reader of definitions says itself what it means that a file cannot be read. */
function textIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
