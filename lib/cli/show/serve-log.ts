/** The log of siftstep serve: one line for each thing that happened, as text or as JSON. */
import { escapeControls } from '#core/text/escape-controls.ts'
import type { Log } from '#run/starts/start.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

/** Errors of the log go to standard output, too: it is one log. */
export function serveLog(json: boolean, { out, now }: Pick<Terminal, 'out' | 'now'>): Log {
  const line = (level: string, message: string, more: { readonly [key: string]: unknown }) => {
    const at = now().toISOString()
    const facts = Object.fromEntries(Object.entries(more).map(([key, value]) => [key, value instanceof Error ? value.message : value]))
    if (json) out(`${JSON.stringify({ at, level, message, ...facts })}\n`)
    else {
      const words = Object.entries(facts).map(
        ([key, value]) => `${key}=${typeof value === 'string' ? textOf(value) : JSON.stringify(value)}`,
      )
      out(`${at.slice(0, 19).replace('T', ' ')}  ${[level === 'error' ? `error: ${message}` : message, ...words].join('  ')}\n`)
    }
  }
  return { info: (message, more) => line('info', message, more), error: (message, more) => line('error', message, more) }
}

const textOf = (value: string) => {
  const shown = escapeControls(value, 2000)
  return /\s|^$/.test(shown) ? JSON.stringify(shown) : shown
}
