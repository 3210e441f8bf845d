/** Words we do not use, and what to write instead: in code, comments, messages, help and docs. */
import { describe, expect, it } from 'vitest'
import { filesBelow, isGenerated, textOf } from './sources.ts'

const RETIRED: readonly (readonly [word: RegExp, instead: string])[] = [
  [/\bmend(s|ed|ing|able)?\b/i, 'fix'],
  [/\btold\b/i, 'reported, printed, passed'],
  [/\btells?\b/i, 'shows, says, prints, reports'],
  [/null[_ -]words?\b/i, 'null values'],
  [/\bsets? (them |it |rows |the rows )?aside\b/i, 'quarantine'],
  [/unless (said|told) otherwise/i, '(default: …)'],
  [/\bpass(ed|es) over\b/i, 'skipped'],
  [/(?<!\bon )\bdemand(s|ed|ing)?\b/i, 'require, expect, assert'],
  [/\bjudg(e|es|ed|ing|ement|ements)\b/i, 'evaluate, check'],
  [/\bverdicts?\b/i, 'result'],
  [/\bblam(e|es|ed|ing)\b/i, 'attribute'],
  [/\b(hears?|heard)\b/i, 'parse, receive'],
  [/\bnarrat(e|es|or|ors|ion)\b/i, 'reporter'],
  [/\bstor(y|ies)\b/i, 'events'],
  [/\bretell(s|ing)?\b/i, 'replay'],
  [/\brehears(e|es|ed|al|als|ing)\b/i, 'simulate'],
  [/\bstand-ins?\b/i, 'simulated'],
  [/\bfaults?\b/i, 'problem (a value), error (thrown)'],
  [/\b(MOST|LONGEST|LEAST)_/, 'MAX_, MIN_'],
  [/\bgone on with\b/i, 'continued'],
  [/\b(what|every|each|any|another|this|that|some|which) sorts? of\b/i, 'kind of'],
]

const FILES = [
  ...['lib', 'lambdas', 'scripts', 'bin'].flatMap((folder) => [...filesBelow(folder, '.ts'), ...filesBelow(folder, '.js')]),
  ...filesBelow('docs', '.md'),
  ...filesBelow('examples', 'README.md'),
  'README.md',
  'CONTRIBUTING.md',
].filter((file) => !isGenerated(file))

/** Each use of a retired word, as `file:line: word → instead`. */
function usesIn(file: string): string[] {
  const text = textOf(file)
  const used = RETIRED.filter(([word]) => word.test(text))
  if (used.length === 0) return []
  return text.split('\n').flatMap((line, at) =>
    used.flatMap(([word, instead]) => {
      const [found] = word.exec(line) ?? []
      return found === undefined ? [] : [`${file}:${at + 1}: ${found} → ${instead}`]
    }),
  )
}

describe('retired words', () => {
  it('stand in no file: write what the table says', () => {
    expect(FILES.length).toBeGreaterThan(500)
    expect(FILES.flatMap(usesIn)).toEqual([])
  })
})
