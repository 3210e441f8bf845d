/** Reads, checks and compiles a pipeline file for a template. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { onlyLocal } from '#language/compiler/only-local.ts'
import { type Compiled, compile } from '#language/compiler/compile.ts'
import { pipelinesIn } from '#language/definition/documents.ts'
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
  /** Of a file with several pipelines: the id of the one. */
  readonly pipeline?: string | undefined
  /** Overrides of the `config` of the definition, as with `--config` on the command line. */
  readonly config?: JsonObject | undefined
  /** Values of `${env.NAME}` (default: the environment of the process). */
  readonly variables?: { readonly [name: string]: string | undefined } | undefined
}

export function readPipeline({ file, pipeline, config = {}, variables = process.env }: PipelineFile): Compiled {
  const present = Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
  const folder = dirname(resolve(file))
  const compiled = compile(textOf(file, pipeline), {
    file,
    config,
    deploys: true,
    env: present,
    readFile: (path) => textIfThere(resolve(folder, path)),
    readAsset: assetsBelow(folder),
  })
  if (!compiled.ok) throw new DefinitionError(compiled.problems)
  const local = onlyLocal(compiled, file)
  if (local.length > 0) throw new DefinitionError(local)
  return compiled
}

/** The ids of the pipelines of a file; one that has no other needs none. */
export function pipelinesOf(file: string): readonly (string | undefined)[] {
  const all = pipelinesIn(readFileSync(file, 'utf8'))
  return all.length === 1 ? [undefined] : all.map(({ id }) => id ?? undefined)
}

function textOf(file: string, pipeline: string | undefined): string {
  const all = pipelinesIn(readFileSync(file, 'utf8'))
  const [first] = all
  const one = pipeline === undefined && all.length === 1 ? first : all.find(({ id }) => id === pipeline)
  if (one !== undefined) return one.text
  const ids = all.map(({ id }) => id ?? 'one without an id').join(', ')
  throw new Error(`${file} has ${all.length === 1 ? 'the pipeline' : 'the pipelines'} ${ids}: set \`pipeline\` to the id of one`)
}

/** A file that cannot be read is reported by the parser of definitions. */
function textIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
