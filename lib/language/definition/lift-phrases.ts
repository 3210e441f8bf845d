/**
 * Makes `<AUTO>…</AUTO>` phrases readable for a YAML parser. A phrase is prose, and prose has characters that YAML would take for its own:
 * `clean data: handle missing values`, or a list with dashes. They are replaced by as many private characters before the text is parsed, so
 * that every place stays where it is, and put back in the values.
 */
import type { Json } from '#core/json.ts'
import { isMapping } from './build-values.ts'

const PHRASE = /<AUTO>[\s\S]*?<\/AUTO>/g
/** What the parser would not take for prose, and what stands for it meanwhile. Quotes are prose inside a plain text. */
const LIFTED: readonly (readonly [character: string, meanwhile: string])[] = [':', '#', '{', '}', '[', ']', ','].map((character, at) => [
  character,
  String.fromCharCode(0xe000 + at),
])
/** A dash that begins a line: the parser joins lines, and without it the items of a list would become one. */
const DASH = '\uE010'
const PRIVATE = /[\uE000-\uE010]/

/** The text with its phrases lifted; the same length, line by line. A text that has private characters of its own stays as it is. */
export const liftPhrases = (text: string): string => (PRIVATE.test(text) ? text : text.replace(PHRASE, lifted))

const lifted = (phrase: string): string =>
  LIFTED.reduce((text, [character, meanwhile]) => text.replaceAll(character, meanwhile), phrase).replace(
    /(\n[ \t]*)-/g,
    (_, indent: string) => `${indent}${DASH}`,
  )

/** The values with the characters of their phrases back; items of a list begin lines again. `given` is the text before it was lifted. */
export function withPhrases(tree: Json, given: string): Json {
  if (!given.includes('<AUTO>') || PRIVATE.test(given)) return tree
  const restored = (text: string) =>
    LIFTED.reduce((all, [character, meanwhile]) => all.replaceAll(meanwhile, character), text)
      .replace(/ ?\uE010/g, '\n-')
      .replace('<AUTO>\n-', '<AUTO>-')
  const walk = (value: Json): Json => {
    if (typeof value === 'string') return PRIVATE.test(value) ? restored(value) : value
    if (Array.isArray(value)) return (value as readonly Json[]).map(walk)
    return isMapping(value) ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, walk(entry)])) : value
  }
  return walk(tree)
}
