/** The standard output and error: what happens when nothing can be written to them any more. */
import { systemMessage } from '#core/errors/system-error.ts'

/** The part of a stream that is used. */
interface Stream {
  write(text: string): unknown
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
}

export interface Streams {
  out(text: string): void
  err(text: string): void
  /** Whether something that was to be told did not arrive: the command has not done all it was to do. */
  isIncomplete(): boolean
}

/**
 * A stream that takes nothing more does not end what the command does: a run goes on, and its record is in its store. It is said once, on
 * the standard error. A reader that has seen enough (`| head`) is no failure.
 */
export function openStreams(stdout: Stream, stderr: Stream): Streams {
  const over = new Set<Stream>()
  let incomplete = false
  const write = (stream: Stream, text: string) => {
    if (!over.has(stream)) stream.write(text)
  }
  for (const [stream, name] of [[stdout, 'output'] as const, [stderr, 'error'] as const]) {
    stream.on('error', (error) => {
      if (over.has(stream)) return
      over.add(stream)
      if (error.code === 'EPIPE') return
      incomplete = true
      write(
        stderr,
        `siftstep: the standard ${name} cannot be written to: ${systemMessage(error)}; the command goes on without it\n  hint: give it room or another place; what a run did is shown by siftstep show last\n`,
      )
    })
  }
  return { out: (text) => write(stdout, text), err: (text) => write(stderr, text), isIncomplete: () => incomplete }
}
