/** The text of a suggested pipeline. Pure. */
import { stringify } from 'yaml'
import type { Json } from '#core/json.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import type { SuggestedRule } from '#steps/validate/suggest.ts'

export interface SuggestedPipeline {
  readonly id: string
  readonly name: string
  readonly sources: readonly string[]
  readonly to: string
  /** The type of each column that has one. */
  readonly types: { readonly [column: string]: string }
  readonly rules: readonly SuggestedRule[]
  /** What a person should look at, as comments. */
  readonly notes: readonly string[]
  /** The address of the JSON schema, for editors. */
  readonly schema: string
}

/**
 * Whether a text can be written into a definition as it is: brackets of the language would be read as references, and a line break would
 * end a comment.
 */
export const isPlain = (text: string) => !/\{\{|\{%|\$\{|[\n\r]/.test(text)

const flow = (value: Json) =>
  stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0, defaultStringType: 'PLAIN' }).trimEnd()

/** The steps that find, clean and check; `options` are added to each rule by its position. */
export function stepsText(
  { types, rules }: Pick<SuggestedPipeline, 'types' | 'rules'>,
  options: (at: number) => { readonly [setting: string]: Json } = () => ({}),
): string {
  const typed = Object.keys(types).length === 0 ? '' : `\n      types: ${flow(types)}`
  const list = rules.map(({ rule, because }, at) => `        - ${flow({ ...rule, ...options(at) })}  # ${escapeControls(because)}\n`)
  const check = rules.length === 0 ? '' : `  - id: check\n    type: validate\n    with:\n      rules:\n${list.join('')}`
  return `steps:
  - id: find
    type: discover
    with:
      source: "{{ inputs.source }}"${typed}

  - id: tidy
    type: clean
    with:
      rules:
        - {standardize: [whitespace, null_values, case, dates, numbers, booleans]}
        - {deduplicate: {keys: auto, keep: first}}

${check}`
}

export function suggestedPipeline(pipeline: SuggestedPipeline): string {
  const { id, name, sources, to, notes, schema } = pipeline
  const comments = notes.map((note) => `# ${escapeControls(note, 300)}\n`).join('')
  return `# yaml-language-server: $schema=${schema}
${comments}version: 1
id: ${id}
name: ${flow(name)}

inputs:
  source: {type: array, default: ${flow([...sources])}, description: Files to read}
  output: {type: string, default: ${flow(to)}, description: Where the result is published}

${stepsText(pipeline)}
  - id: publish
    type: export
    with:
      to: "{{ inputs.output }}"
      format: parquet
`
}
