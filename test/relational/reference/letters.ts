/** Letters of the reference engine: characters are code points, and each letter has at most one counterpart in the other case. */

export const characters = (text: string): readonly string[] => [...text]

/** Letters whose counterpart in JavaScript is several characters, but that have a counterpart of one. */
const SINGLE: ReadonlyMap<string, string> = new Map([
  ['İ', 'i'],
  ['ß', 'ẞ'],
])

const one = (letter: string, other: string) => (characters(other).length === 1 ? other : (SINGLE.get(letter) ?? letter))

export const lowered = (text: string): string =>
  characters(text)
    .map((letter) => one(letter, letter.toLowerCase()))
    .join('')
export const raised = (text: string): string =>
  characters(text)
    .map((letter) => one(letter, letter.toUpperCase()))
    .join('')

const clusters = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** The characters in reverse order; marks stay behind their letters. */
export const reversed = (text: string): string =>
  [...clusters.segment(text)]
    .map(({ segment }) => segment)
    .reverse()
    .join('')
