/** Text from data and file names, made fit to be shown: no control characters, nothing that turns the direction of writing, not too long. */
import { entryOf } from './record.ts'

// controls, line and paragraph separators, marks that reverse the direction of text, characters without width, halves of pairs
const UNSHOWABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|\p{Cs}/gu

const NAMED: { readonly [character: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** What cannot be seen is written as programmers write it: `two\nlines`, `a\u{1b}[31m` instead of colours. */
export function escapeControls(text: string, most = 120): string {
  const shown = text.replace(UNSHOWABLE, (one) => entryOf(NAMED, one) ?? `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`)
  const characters = [...shown]
  return characters.length <= most ? shown : `${characters.slice(0, most - 1).join('')}…`
}

/** Several lines, each made fit to be shown. */
export const visibleLines = (text: string, most = 2000): string =>
  text
    .split('\n')
    .map((line) => escapeControls(line, most))
    .join('\n')
