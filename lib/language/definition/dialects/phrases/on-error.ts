/** What to do about errors, from a phrase: `quarantine bad records and continue`, `wait and retry with exponential backoff`. */
import type { JsonObject } from '#core/json.ts'

interface Effect {
  readonly pattern: RegExp
  /** Settings of a step; empty for what every step does. */
  readonly settings: JsonObject
}

const EFFECTS: readonly Effect[] = [
  { pattern: /\bcontinue|\bskip|\bgo on/i, settings: { on_error: { continue_on_error: true } } },
  { pattern: /\bretry|\bbackoff/i, settings: { retry: { errors: ['SourceUnavailable', 'Transient'], backoff_rate: 2 } } },
  // rows that break a rule are quarantined, listed and counted by every step
  { pattern: /\b(?:log|quarantine|list|record|report|keep|collect)/i, settings: {} },
  { pattern: /^wait$/i, settings: {} },
]

/** What `fallback_value` does; a phrase alone does not name the format. */
const OTHER_FORMAT = /alternative format|other format|fall ?back|switch .*format/i

export interface OnError {
  /** Settings of the step, under `on_error` and `retry`. */
  readonly settings: JsonObject
  /** The parts of the phrase that say something no step can do. */
  readonly ignored: readonly string[]
}

/** `fallback`: whether a format to publish in instead is given. */
export function onErrorOf(phrase: string, fallback: boolean): OnError {
  const clauses = phrase
    .replace(/\s+/g, ' ')
    .split(/,| or | and /i)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '')
  const effects = clauses.map((clause) => EFFECTS.filter(({ pattern }) => pattern.test(clause)))
  const settings = effects.flat().map((effect) => effect.settings)
  const merged = (key: string): JsonObject => Object.assign({}, ...settings.map((one) => one[key] ?? {})) as JsonObject
  const [on_error, retry] = [merged('on_error'), merged('retry')]
  return {
    settings: {
      ...(Object.keys(on_error).length === 0 ? {} : { on_error }),
      ...(Object.keys(retry).length === 0 ? {} : { retry }),
    },
    ignored: clauses.filter((clause, at) => effects[at]?.length === 0 && !(fallback && OTHER_FORMAT.test(clause))),
  }
}
