/** Several pipelines in one file: YAML documents separated by `---`. */
import { slugOf } from '#core/text/slug.ts'
import { isMapping } from './build-values.ts'
import { readYaml } from './yaml.ts'

export interface PipelineText {
  /** The id as written; null if it cannot be read. */
  readonly id: string | null
  /** The text of the file with the other documents blank, so that lines and columns stay those of the file. */
  readonly text: string
}

/** A marker at the start of a line always begins a document. Source: YAML 1.2.2, section 9.1.2 */
const MARKER = /^---(?=\s|$)/

/** The pipelines in a text, in order; a text with one document is the text itself. */
export function pipelinesIn(text: string): readonly [PipelineText, ...PipelineText[]] {
  const lines = text.split('\n')
  const starts = [0, ...lines.flatMap((line, at) => (MARKER.test(line) && at > 0 ? [at] : []))]
  const documents = starts
    .map((start, at) => ({ start, end: starts[at + 1] ?? lines.length }))
    .filter(({ start, end }) => lines.slice(start, end).some((line) => /^[^#\s]/.test(line.replace(MARKER, '').trimStart())))
  const [first, ...rest] = documents.length < 2 ? [] : documents.map(({ start, end }) => only(lines, start, end))
  return first === undefined ? [named(text)] : [named(first), ...rest.map(named)]
}

const only = (lines: readonly string[], start: number, end: number) =>
  lines.map((line, at) => (at < start || at >= end ? '' : line.replace(MARKER, '   '))).join('\n')

function named(text: string): PipelineText {
  const { tree } = readYaml(text, '')
  if (!isMapping(tree)) return { id: null, text }
  const given = tree['id'] ?? tree['pipeline_id']
  const name = tree['name']
  return { id: typeof given === 'string' ? given : typeof name === 'string' ? (slugOf(name) ?? null) : null, text }
}
