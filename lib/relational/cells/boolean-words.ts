/** The words for yes and no in the languages data comes in, in pairs. A column must have both words of a pair. */

export const ANSWERS: readonly (readonly [yes: string, no: string])[] = [
  ['true', 'false'],
  ['yes', 'no'],
  ['y', 'n'],
  ['t', 'f'],
  ['on', 'off'],
  // German, Dutch, Swedish and Danish, Norwegian
  ['ja', 'nein'],
  ['ja', 'nee'],
  ['ja', 'nej'],
  ['ja', 'nei'],
  ['j', 'n'],
  ['wahr', 'falsch'],
  ['waar', 'onwaar'],
  ['sant', 'falskt'],
  ['sand', 'falsk'],
  // French
  ['oui', 'non'],
  ['vrai', 'faux'],
  // Spanish, Italian, Portuguese
  ['sí', 'no'],
  ['sì', 'no'],
  ['si', 'no'],
  ['sim', 'não'],
  ['sim', 'nao'],
  ['verdadero', 'falso'],
  ['verdadeiro', 'falso'],
  ['vero', 'falso'],
  // Polish, Czech and Slovak, Hungarian, Romanian, Croatian and Slovene
  ['tak', 'nie'],
  ['prawda', 'fałsz'],
  ['ano', 'ne'],
  ['áno', 'nie'],
  ['igen', 'nem'],
  ['igaz', 'hamis'],
  ['da', 'nu'],
  ['da', 'ne'],
  // Finnish, Estonian, Turkish, Greek, Russian, Ukrainian, Bulgarian
  ['kyllä', 'ei'],
  ['jah', 'ei'],
  ['evet', 'hayır'],
  ['ναι', 'όχι'],
  ['да', 'нет'],
  ['да', 'не'],
  ['так', 'ні'],
]

const unique = (words: readonly string[]): readonly string[] => [...new Set(words)]

export const TRUE_WORDS = unique(ANSWERS.map(([yes]) => yes))
export const FALSE_WORDS = unique(ANSWERS.map(([, no]) => no))

/** The English words, which need no note. */
export const ENGLISH: ReadonlySet<string> = new Set(ANSWERS.slice(0, 5).flat())
