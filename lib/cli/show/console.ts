/** The console of a run: events as lines, live on a terminal, plain when piped, JSON with --json. */
import type { RunEvent } from '#run/local/events.ts'
import { seconds } from '#core/text/numbers.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import { type Ending, endingLines } from './ending.ts'
import { type Live, openLive } from '#cli/terminal/live.ts'
import type { Outline } from './outline.ts'
import { ASCII, COLOURS, NO_PAINT, type Paint, PAINT_OF, type Symbols, SYMBOLS } from '#cli/terminal/symbols.ts'
import { type LogLine, startEventLines } from './event-lines.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

export interface ConsoleOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly ascii: boolean
  readonly color: boolean
  /** Platform of the run; this machine if absent. */
  readonly engine?: string
}

export interface Console {
  onEvent(event: RunEvent): void
  /** Prints a note to the user. */
  note(text: string): void
  /** The last lines. For a failed or interrupted run they go to standard error. */
  end(ending: Omit<Ending, 'seconds' | 'failedStep'>): void
  /** Restores the terminal; may be called again. */
  close(): void
}

const RULE = 52
/** Column of the subtitle. */
const REMARK = 62

export function openConsole(outline: Outline, options: ConsoleOptions, terminal: Terminal): Console {
  if (options.json) return jsonConsole(outline, options, terminal)
  const { out, err } = terminal
  const signs = options.ascii ? ASCII : SYMBOLS
  const paint = options.color && terminal.isTTY ? COLOURS : NO_PAINT
  const eventLines = startEventLines(outline)
  const watched = terminal.isTTY && !options.quiet && terminal.env['TERM'] !== 'dumb'
  let began = terminal.now()
  let took = 0
  const live: Live | null = watched ? openLive(terminal, (frame) => statusLine(frame)) : null
  const print = (line: string) => (live === null ? out(`${line}\n`) : live.print(line))

  function statusLine(frame: number): string {
    const working = eventLines.working()
    const [first] = working
    if (first === undefined) return ''
    const names = working.map(({ step, done, total }) => (total > 1 ? `${step} ${done}/${total}` : step)).join(', ')
    return `${signs.spinner[frame % signs.spinner.length]} ${names} (${seconds((terminal.now().getTime() - Date.parse(first.since)) / 1000)})`
  }

  return {
    onEvent(event) {
      if (event.event === 'run_started') {
        began = new Date(event.at)
        if (!options.quiet)
          for (const line of titleLines(outline.name, subtitleOf(options.engine, event), signs, paint, terminal)) print(line)
      }
      if (event.event === 'run_finished') took = (Date.parse(event.at) - began.getTime()) / 1000
      for (const line of eventLines.lines(event))
        if (!options.quiet && (!line.extra || options.verbose)) print(lineText(line, signs, paint))
    },
    note: (text) => {
      if (!options.quiet) print(paint.dim(text))
    },
    end(ending) {
      live?.close()
      const failed = !['succeeded', 'partial'].includes(ending.record.status)
      const lines = endingLines(
        { ...ending, seconds: took, failedStep: eventLines.failedStep() },
        signs,
        failed && !terminal.errIsTTY ? NO_PAINT : paint,
      )
      const write = failed ? err : out
      write(`${options.quiet ? '' : '\n'}${lines.join('\n')}\n`)
    },
    close: () => live?.close(),
  }
}

/** For programs: events on standard output, messages on standard error. */
function jsonConsole(outline: Outline, options: ConsoleOptions, { out, err }: Terminal): Console {
  const eventLines = startEventLines(outline)
  return {
    onEvent(event) {
      eventLines.lines(event)
      out(`${JSON.stringify(event)}\n`)
    },
    note: () => {},
    end(ending) {
      if (ending.record.status === 'succeeded' || ending.record.status === 'partial') return
      const lines = endingLines(
        { ...ending, seconds: 'seconds' in ending.record ? ending.record.seconds : 0, failedStep: eventLines.failedStep() },
        options.ascii ? ASCII : SYMBOLS,
        NO_PAINT,
      )
      err(`${lines.join('\n')}\n`)
    },
    close: () => {},
  }
}

const subtitleOf = (engine = 'local, offline', { run, resumed }: Extract<RunEvent, { event: 'run_started' }>) =>
  `(engine: ${engine}${resumed ? `; ${run} resumed` : ''})`

function titleLines(name: string, subtitle: string, signs: Symbols, paint: Paint, { columns, isTTY }: Terminal): readonly string[] {
  const title = escapeControls(name)
  const wide = !isTTY || columns() >= REMARK + subtitle.length
  const gap = wide ? Math.max(2, REMARK - [...`${signs.title}${title}`].length - (signs.title === '' ? 0 : 1)) : 2
  return [
    `${signs.title}${paint.bold(title)}${' '.repeat(gap)}${paint.dim(subtitle)}`,
    paint.dim(signs.rule.repeat(isTTY ? Math.min(RULE, columns()) : RULE)),
  ]
}

function lineText({ sign, nested, text, time }: LogLine, signs: Symbols, paint: Paint): string {
  const mark = PAINT_OF[sign](paint)(signs.step[sign])
  return `${nested ? '  ' : ''}${mark} ${escapeControls(text, 500)}${time === null ? '' : ` ${paint.dim(`(${time})`)}`}`
}
