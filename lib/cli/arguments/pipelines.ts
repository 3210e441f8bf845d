/** The pipelines of a file: all of them, or the one that a command is for. */
import { type PipelineText, pipelinesIn } from '#language/definition/documents.ts'
import { preview } from '#core/text/preview.ts'
import { nearest } from '#core/text/nearest.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import type { Args } from './flags.ts'
import { readText } from './read-definition.ts'

/** All pipelines of a file, or the one that `--pipeline` names. Throws a UsageError if two have the same id. */
export async function allPipelines(file: string, args: Args, terminal: Pick<Terminal, 'cwd'>): Promise<readonly PipelineText[]> {
  const all = pipelinesIn(await readText(file, 'the definition', terminal))
  // the lock of phrases belongs to a file
  if (all.length > 1 && all.some(({ text }) => text.includes('<AUTO>')))
    throw new UsageError(`${file} has several pipelines, and phrases in one of them`, 'move the pipeline with phrases to a file of its own')
  const ids = all.flatMap(({ id }) => id ?? [])
  const twice = ids.find((id, at) => ids.indexOf(id) < at)
  if (twice !== undefined) throw new UsageError(`two pipelines in ${file} have the id ${twice}`, 'give each an id of its own')
  const given = args.value('pipeline')
  if (given === undefined) return all
  const one = all.find(({ id }) => id === given)
  if (one !== undefined) return [one]
  const meant = nearest(given, ids)
  throw new UsageError(
    `${file} has no pipeline ${given}`,
    `${meant === undefined ? '' : `did you mean ${meant}? `}its pipelines are ${preview(ids)}`,
  )
}

/** The text of the pipeline that a command is for. Throws a UsageError with the list if there are several and none is named. */
export async function onePipeline(file: string, args: Args, terminal: Pick<Terminal, 'cwd'>): Promise<string> {
  const all = await allPipelines(file, args, terminal)
  const [first, second] = all
  if (first === undefined) throw new Error('a file has a pipeline')
  if (second === undefined) return first.text
  const ids = all.map(({ id }, at) => id ?? `number ${at + 1}, without an id`)
  throw new UsageError(`${file} has ${ids.length} pipelines: ${preview(ids)}`, 'choose one with --pipeline ID')
}
