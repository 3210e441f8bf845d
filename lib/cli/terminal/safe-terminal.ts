/**
 * The last safeguard before a terminal. Text from definitions and data is escaped where messages are built; anything missed there is
 * escaped here, so that only the console's own colors and lines control a terminal.
 */
import type { Terminal } from './terminal.ts'

const ESCAPE = '\u001b'
/** Sequences of the console itself: colors, redrawing the status line, the cursor. */
const OURS = new RegExp(`${ESCAPE}\\[(?:\\d{1,3}(?:;\\d{1,3})*m|2K|\\?25[lh])|\r${ESCAPE}\\[2K`, 'g')
// controls except line breaks and tabs, and characters that reverse the writing direction
const ACTING = /(?![\n\t])[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** Escaped as in JSON, so that JSON stays JSON. */
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

export function withoutControls(text: string): string {
  let at = 0
  let safe = ''
  for (const { 0: ours, index } of text.matchAll(OURS)) {
    safe += text.slice(at, index).replace(ACTING, escaped) + ours
    at = index + ours.length
  }
  return safe + text.slice(at).replace(ACTING, escaped)
}

/** A terminal that receives only safe text. */
export const safeTerminal = (terminal: Terminal): Terminal => ({
  ...terminal,
  out: (text) => terminal.out(withoutControls(text)),
  err: (text) => terminal.err(withoutControls(text)),
})
