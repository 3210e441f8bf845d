/** Makes text from data and file names safe to print: no control characters, no changes of writing direction, limited length. */
import { entryOf } from './record.ts'

// control characters, line and paragraph separators, direction marks, zero-width characters, lone surrogates
const UNSHOWABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|\p{Cs}/gu

const NAMED: { readonly [character: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * Escapes invisible characters as in program code: `two
 * lines`, `a\u{1b}[31m` instead of colours.
 */
export function escapeControls(text: string, most = 120): string {
  const shown = text.replace(UNSHOWABLE, (one) => entryOf(NAMED, one) ?? `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`)
  const characters = [...shown]
  return characters.length <= most ? shown : `${characters.slice(0, most - 1).join('')}…`
}

/** Escapes each line of a text. */
export const visibleLines = (text: string, most = 2000): string =>
  text
    .split('\n')
    .map((line) => escapeControls(line, most))
    .join('\n')
