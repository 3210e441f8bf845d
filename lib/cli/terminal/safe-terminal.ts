/**
 * The last border before a terminal. Texts of authors and of data are made visible where they are put into sentences; what is missed
 * there is caught here, so that nothing but the console's own colours and lines acts on a terminal.
 */
import type { Terminal } from './terminal.ts'

const ESCAPE = '\u001b'
/** What the console itself writes: colours, the line that is drawn anew, the cursor. */
const OURS = new RegExp(`${ESCAPE}\\[(?:\\d{1,3}(?:;\\d{1,3})*m|2K|\\?25[lh])|\r${ESCAPE}\\[2K`, 'g')
// controls but line breaks and tabs, and marks that reverse the direction of writing
const ACTING = /(?![\n\t])[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** As JSON escapes them, so that JSON stays JSON. */
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

/** The terminal, to which nothing unsafe can be written. */
export const safeTerminal = (terminal: Terminal): Terminal => ({
  ...terminal,
  out: (text) => terminal.out(withoutControls(text)),
  err: (text) => terminal.err(withoutControls(text)),
})
