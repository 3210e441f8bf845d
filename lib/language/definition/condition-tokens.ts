/** The tokens of a condition. */
import type { ProblemText } from './problem.ts'
import type { ProblemCode } from './problems.ts'
import { entryOf } from '#core/text/record.ts'
import { partsOf } from './template.ts'

export type Token =
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string; readonly start: number }
  | { readonly kind: 'reference'; readonly inner: string; readonly start: number }
  | { readonly kind: 'sign'; readonly sign: string; readonly start: number }

export interface ConditionProblem extends ProblemText {
  readonly code: ProblemCode
  /** The place in the text of the condition. */
  readonly offset: number
}

const TOKEN = /\s*(?:(\{\{[\s\S]*?\}\})|('[^']*'|"[^"]*")|(-?\d+(?:\.\d+)?)(?![\w.])|([A-Za-z_][\w.]*)|(==|!=|<=|>=|&&|\|\||[<>!()]))/y
const LITERALS: Readonly<Record<string, null | boolean>> = { true: true, false: false, null: null }
const SIGN_WORDS: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!' }
/** Operators and keywords of other languages, with the fix. */
const SLIPS: Readonly<Record<string, string>> = { '=': 'write `==` to compare', '&': 'write `&&`', '|': 'write `||`' }

const WORD_SLIPS: Readonly<Record<string, string>> = {
  in: "write {{ x }} == 'a' || {{ x }} == 'b'",
  true: 'write true',
  false: 'write false',
  null: 'write null',
  none: 'write null',
}

/** Splits a condition into tokens; the first unknown text becomes a problem. */
export function tokensOf(text: string, problems: ConditionProblem[]): Token[] {
  const tokens: Token[] = []
  let at = 0
  const fail = (offset: number, what: string, hint: string) => problems.push({ code: 'invalid-condition', offset, what, hint })
  while (text.slice(at).trim() !== '') {
    const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0)
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (match === null) {
      const sign = text[start] ?? ''
      if (text.startsWith('{{', start)) fail(start, '`{{` is not closed', 'write {{ name }}')
      else if (sign === "'" || sign === '"') fail(start, `the quote ${sign} is not closed`, `end the text with ${sign}`)
      else
        fail(
          start,
          `unknown character \`${sign}\` in a condition`,
          SLIPS[sign] ?? "compare references with values: {{ x }} == 'a' && {{ y }} > 0",
        )
      return tokens
    }
    const [, reference, quoted, number, word, sign] = match
    if (reference !== undefined) tokens.push({ kind: 'reference', inner: referenceText(reference), start })
    else if (quoted !== undefined) tokens.push({ kind: 'literal', value: quoted.slice(1, -1), start })
    else if (number !== undefined) tokens.push({ kind: 'literal', value: Number(number), start })
    else if (sign !== undefined) tokens.push({ kind: 'sign', sign, start })
    else if (word !== undefined && Object.hasOwn(LITERALS, word)) tokens.push({ kind: 'literal', value: LITERALS[word] ?? null, start })
    else if (word !== undefined && Object.hasOwn(SIGN_WORDS, word)) tokens.push({ kind: 'sign', sign: SIGN_WORDS[word] ?? '', start })
    else {
      const slip = entryOf(WORD_SLIPS, String(word).toLowerCase()) ?? `write {{ ${word} }} for a name, or '${word}' for a text`
      fail(start, `\`${word}\` is neither a reference nor a quoted text`, slip)
      return tokens
    }
    at = TOKEN.lastIndex
  }
  if (tokens.length === 0) fail(0, 'the condition is empty', "write one, such as {{ x }} == 'a', or remove the key")
  return tokens
}

function referenceText(text: string): string {
  const [part] = partsOf(text)
  return part !== undefined && 'inner' in part ? part.inner : ''
}
