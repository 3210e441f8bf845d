/**
 * Texts of messages. A `{{ name }}` is a value of the machine, compiled beside the text like a parameter, or a fact that only the message
 * knows. `{name}` with one bracket reads the same facts, with `_` for the point: `{pipeline_name}`.
 */
import { entryOf } from './record.ts'
import type { Json } from '#core/json.ts'

/** A text as tasks get it: with the values of the names that the machine knows. */
export interface MessageText {
  readonly template: string
  readonly parameters: { readonly [name: string]: Json }
}

/** What every message knows besides what the machine knows, with a sentence each. */
export const MESSAGE_FACTS = {
  event: 'What the message is about: `step`, `success`, `failure`, `quality` or `retry`.',
  status: '`succeeded`, `partial` or `failed`; in a step that of the steps before it.',
  error: 'The error that ended the run, with its cause; empty if there is none.',
  rows: 'The account of the rows, as an equation.',
  'rows.in': 'Rows read.',
  'rows.out': 'Rows published.',
  'rows.quarantined': 'Rows in quarantine.',
  'rows.deduplicated': 'Rows removed as duplicates.',
  'rows.filtered': 'Rows filtered out.',
  score: 'The quality score, 0 to 1; empty if nothing was measured.',
  duration: 'How long the run took so far.',
  warnings: 'Why the run completed in part, one sentence each.',
  report: 'Where the report is.',
  command: 'The command that continues the run, or shows it where nothing is left to continue.',
  'run.id': 'The id of the run.',
  'run.started_at': 'When the run started.',
  ds: 'The logical date.',
  ds_nodash: 'The same in digits.',
  ts: 'The logical time.',
  'pipeline.id': 'The id of the pipeline.',
  'pipeline.name': 'The name of the pipeline.',
} as const

export type MessageFact = keyof typeof MESSAGE_FACTS

export type MessageFacts = { readonly [Fact in MessageFact]: Json }

export const isMessageFact = (name: string): name is MessageFact => Object.hasOwn(MESSAGE_FACTS, name)

/** `{name}`, and nothing that is part of a longer bracket. */
const PLACEHOLDER = /(?<![{$])\{([a-z][a-z0-9_]*)\}(?!\})/g
const REFERENCE = /\{\{\s*([^{}]*?)\s*\}\}/g

/** The fact that a placeholder with one bracket reads; undefined if there is none. */
export function factOfPlaceholder(name: string): MessageFact | undefined {
  return [name, name.replace('_', '.')].find(isMessageFact)
}

/** The placeholders with one bracket in a text, with their offsets. */
export const placeholdersOf = (text: string): readonly { readonly name: string; readonly start: number }[] =>
  [...text.matchAll(PLACEHOLDER)].map((match) => ({ name: match[1] ?? '', start: match.index }))

/** A text with its values; `asValue` is applied to each value, not to the text around it. Null is an empty text. */
export function renderMessage(
  given: MessageText | string,
  facts: MessageFacts,
  asValue: (value: string) => string = (value) => value,
): string {
  const { template, parameters } = typeof given === 'string' ? { template: given, parameters: {} } : given
  const shown = (value: Json) => asValue(value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value))
  const valueNamed = (name: string, otherwise: string) =>
    Object.hasOwn(parameters, name) ? shown(entryOf(parameters, name) ?? null) : isMessageFact(name) ? shown(facts[name]) : otherwise
  // one pass, so that a value with brackets is not read as a name
  return template.replace(
    new RegExp(`${REFERENCE.source}|${PLACEHOLDER.source}`, 'g'),
    (whole, reference?: string, placeholder?: string) =>
      reference === undefined ? valueNamed(factOfPlaceholder(placeholder ?? '') ?? '', whole) : valueNamed(reference, whole),
  )
}

/** A value as text in HTML. */
export const escapeHtml = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;')
