/** The contract of a meaning: what a phrase can ask for. */
import type { JsonObject } from '#core/json.ts'

export interface Phrase {
  /** Without the tags. The items of a list are lines that begin with a dash. */
  readonly text: string
  /** The names of the inputs of the definition. */
  readonly inputs: ReadonlySet<string>
}

/** The settings, or what the phrase would have to say for them. */
export type Settings = { readonly with: JsonObject } | { readonly missing: string; readonly hint: string }

export interface Meaning {
  readonly type: string
  /** What a step of this kind does, for messages. */
  readonly does: string
  /** Words of which a phrase has at least one: what is done, and to what. */
  readonly heads: ReadonlySet<string>
  /** Words that such phrases have besides. */
  readonly words: ReadonlySet<string>
  settings(phrase: Phrase): Settings
  /** What phrases with this meaning ask for that the step does not do. */
  readonly beyond: readonly RegExp[]
}
