/** The words of a phrase, in a form in which `validated`, `validates` and `validating` are one. */

/** Words that say nothing about what is to be done. */
const EMPTY = new Set(
  'a all an and any are as at be both by can each every for from if in including into is it its of on or our per such than that the their them then these this to up using via when while with you your please also'.split(
    ' ',
  ),
)

/** `{{ name }}`. */
export const REFERENCE = /\{\{\s*[^{}]+?\s*\}\}/g

/** English endings, cut off one after the other. Not linguistics: it has to give the same for the forms of one word. */
function stemOf(word: string): string {
  const singular = word
    .replace(/ies$/, 'y')
    .replace(/(ss|sh|ch|x)es$/, '$1')
    .replace(/([^s])s$/, '$1')
  const bare = singular.replace(/(?:ing|ed)$/, '')
  const stem = bare.length >= 3 ? bare : singular
  return stem.replace(/([b-df-hj-np-tv-z])\1$/, '$1').replace(/e$/, '')
}

/** The stems of the words that say something. References and paths are none. */
export function contentOf(phrase: string): readonly string[] {
  const words = phrase
    .replace(REFERENCE, ' ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}_./*:-]+/u)
    .filter((word) => /^[\p{L}][\p{L}-]*[.:]?$/u.test(word))
    .flatMap((word) => word.replace(/[.:]$/, '').split('-'))
  return words.filter((word) => word !== '' && !EMPTY.has(word)).map(stemOf)
}

export const stems = (words: string): ReadonlySet<string> => new Set(words.split(' ').map(stemOf))
