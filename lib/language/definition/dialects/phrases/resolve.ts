/**
 * Resolves a phrase to a step: deterministic, without a model and without a network. The confidence is the share of the words of the phrase
 * that phrases with this meaning have; it is halved if the phrase has none of the words that the meaning is recognised by.
 */
import type { JsonObject } from '#core/json.ts'
import { beginning } from '#core/text/preview.ts'
import type { Meaning, Phrase } from './meaning.ts'
import { MEANINGS } from './meanings.ts'
import { contentOf } from './words.ts'

/** Changes whenever a phrase could be resolved differently. */
export const RESOLVER = 1
/** With less, a phrase is an error. */
const ENOUGH = 0.6

export interface Resolved {
  readonly type: string
  readonly with: JsonObject
  /** 0 to 1, with two digits. */
  readonly confidence: number
  /** Words of the phrase that ask for what the step does not do. */
  readonly beyond: readonly string[]
}

export interface Unclear {
  readonly what: string
  readonly hint: string
}

export function resolve(phrase: Phrase): Resolved | Unclear {
  // the items of a list are settings: what the phrase is about stands before them
  const words = contentOf(phrase.text.split('\n-')[0] ?? '')
  const ranked = MEANINGS.map((meaning) => ({ meaning, confidence: confidenceOf(words, meaning) })).sort(
    (a, b) => b.confidence - a.confidence,
  )
  const [best] = ranked
  if (best === undefined || best.confidence < ENOUGH) {
    const nearest = ranked.slice(0, 3).map(({ meaning, confidence }) => `${meaning.type} (${meaning.does}; ${confidence.toFixed(2)})`)
    return {
      what: `the phrase is not clear enough: ${shortened(phrase.text)}`,
      hint: `nearest: ${nearest.join(', ')}; ${ENOUGH} is required: use the words of one of them, or write the step with \`type\` and \`with\``,
    }
  }
  const settings = best.meaning.settings(phrase)
  if ('missing' in settings) {
    const { missing, hint } = settings
    return { what: `the phrase reads as ${best.meaning.type}, but ${missing}: ${shortened(phrase.text)}`, hint }
  }
  return {
    type: best.meaning.type,
    with: settings.with,
    confidence: best.confidence,
    beyond: best.meaning.beyond.flatMap((one) => one.exec(phrase.text)?.[0] ?? []),
  }
}

function confidenceOf(words: readonly string[], { heads, words: known }: Meaning): number {
  if (words.length === 0) return 0
  const share = words.filter((word) => known.has(word)).length / words.length
  return Math.round(share * (words.some((word) => heads.has(word)) ? 1 : 0.5) * 100) / 100
}

const LONGEST = 80
const shortened = (text: string) => `"${beginning(text.replace(/\s+/g, ' ').trim(), LONGEST)}"`
