/** Lists of names within a sentence, and texts of any length. */

/** The text, or its beginning and `…`: at most `most` UTF-16 units. */
export const beginning = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

/** `a, b, c and 4 more`: the first `most` items, and the number of the rest. */
export const preview = (items: readonly string[], most = 10): string =>
  items.slice(0, most).join(', ') + (items.length > most ? ` and ${items.length - most} more` : '')

/** `a, b and c`, or with another word before the last. */
export const enumeration = (items: readonly string[], word: 'and' | 'or' = 'and'): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`
