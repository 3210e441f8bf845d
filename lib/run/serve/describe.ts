/** What a server needs to know of a definition. Read in a process of its own, which ends: a server that waits needs no compiler in memory. */
import type { Json } from '#core/json.ts'
import { compileHere } from '#language/compiler/compile-here.ts'
import type { Definition } from '#language/definition/definition.ts'
import { pipelinesIn } from '#language/definition/documents.ts'
import { formatProblem } from '#language/definition/problem.ts'
import { type ChainedPipeline, cyclesIn, unknownUpstream } from '#language/definition/starts/chains.ts'
import { RunError } from '#run/runs/run-error.ts'
import { readOptionsIn, readTextIn } from '#run/runs/definition.ts'
import { type StartSettings, startSettingsOf } from '#run/starts/settings.ts'
import type { ServedFile } from './runner.ts'

/** A pipeline as the server knows it. Plain JSON. */
export interface ServedPipeline {
  readonly id: string
  readonly served: ServedFile
  readonly settings: StartSettings
  /** What inputs are checked against. */
  readonly declared: Pick<Definition, 'inputs' | 'unavailable'>
  /** The beginnings of the addresses it writes to, as far as they are known before a run. */
  readonly targets: readonly string[]
}

export interface Description {
  readonly pipelines: readonly ServedPipeline[]
  /** As text, one a problem. */
  readonly problems: readonly string[]
  /** What is no problem for a server, as text. */
  readonly warnings: readonly string[]
}

/** The pipelines of a file, with what says how they start each other. */
interface FileDescription {
  readonly described: readonly (ChainedPipeline & { readonly pipeline: ServedPipeline })[]
  readonly problems: readonly string[]
}

export async function describe(files: readonly ServedFile[], env: { readonly [name: string]: string | undefined }): Promise<Description> {
  const all: FileDescription['described'][number][] = []
  const problems: string[] = []
  for (const served of files) {
    const found = await describeFile(served, env).catch((error: unknown): FileDescription => {
      if (!(error instanceof RunError)) throw error
      return { described: [], problems: [`${error.message}\n  hint: ${error.hint}`] }
    })
    problems.push(...found.problems)
    for (const one of found.described) {
      const { id } = one.pipeline
      const before = all.find(({ pipeline }) => pipeline.id === id)
      if (before === undefined) all.push(one)
      else problems.push(`${served.file}: the id ${id} is that of a pipeline in ${before.file}\n  hint: give each an id of its own`)
    }
  }
  problems.push(...cyclesIn(all).map(formatProblem))
  return {
    pipelines: all.map(({ pipeline }) => pipeline),
    problems,
    warnings: problems.length > 0 ? [] : unknownUpstream(all).map(formatProblem),
  }
}

async function describeFile(served: ServedFile, env: { readonly [name: string]: string | undefined }): Promise<FileDescription> {
  const { file, folder, overlay } = served
  const options = await readOptionsIn(file, overlay, { folder, env })
  const compiled = pipelinesIn(await readTextIn(file, 'the definition', folder)).map(({ text }) => compileHere(text, options).compiled)
  return {
    described: compiled.flatMap((one) => (one.ok ? [{ file, ...one, pipeline: described(served, one.definition) }] : [])),
    problems: compiled.flatMap((one) => (one.ok ? [] : one.problems.map(formatProblem))),
  }
}

function described(served: ServedFile, definition: Definition): ServedPipeline {
  const { id, inputs, unavailable } = definition
  return {
    id,
    served,
    settings: startSettingsOf(definition),
    declared: unavailable === undefined ? { inputs } : { inputs, unavailable },
    targets: targetsIn(definition.steps as unknown as Json),
  }
}

/** Settings that name a place to write to. */
const TARGETS = ['to', 'quarantine']

function targetsIn(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => targetsIn(one))
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, one]) =>
    TARGETS.includes(key) && typeof one === 'string' ? beginningOf(one) : targetsIn(one),
  )
}

/** The literal beginning of a text; none if it begins with a reference. */
function beginningOf(text: string): readonly string[] {
  if (!text.startsWith('{%')) return [text]
  const [, , literal] = /^\{%\s*(['"])([^'"]+)\1/.exec(text) ?? []
  return literal === undefined ? [] : [literal]
}
