/** A live terminal: permanent lines, and below them one status line, redrawn at most ten times a second. */
import type { Terminal } from './terminal.ts'

export interface Live {
  /** Prints a permanent line. */
  print(line: string): void
  /** Removes the status line and shows the cursor again; may be called again. */
  close(): void
}

const ERASE = '\r\u001b[2K'
const HIDE = '\u001b[?25l'
const SHOW = '\u001b[?25h'
const INTERVAL = 100

/** `status` returns the status line for each frame; an empty one is not shown. */
export function openLive(terminal: Pick<Terminal, 'out' | 'columns'>, status: (frame: number) => string): Live {
  let frame = 0
  let drawn = false
  let closed = false
  terminal.out(HIDE)

  function draw(): void {
    const text = fitted(status(frame++), terminal.columns() - 1)
    if (text === '' && !drawn) return
    terminal.out(`${drawn ? ERASE : ''}${text}`)
    drawn = text !== ''
  }

  const timer = setInterval(draw, INTERVAL)
  timer.unref()
  return {
    print(line) {
      terminal.out(`${drawn ? ERASE : ''}${line}\n`)
      drawn = false
    },
    close() {
      if (closed) return
      closed = true
      clearInterval(timer)
      terminal.out(`${drawn ? ERASE : ''}${SHOW}`)
    },
  }
}

/** A line that wraps could not be erased. */
function fitted(text: string, width: number): string {
  const characters = [...text]
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`
}
