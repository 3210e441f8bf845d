/** Standard output and error, and what happens when they can no longer be written to. */
import { systemMessage } from '#core/errors/system-error.ts'

/** The part of a stream that is used. */
interface Stream {
  write(text: string): unknown
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
}

export interface Streams {
  out(text: string): void
  err(text: string): void
  /** Whether output was lost: then the command did not do everything. */
  isIncomplete(): boolean
}

/**
 * A stream that accepts no more output does not end the command: a run continues, and its record is in the store. Reported once, on
 * standard error. A reader that closes early (`| head`) is not an error.
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
        `siftstep: cannot write to standard ${name}: ${systemMessage(error)}; the command continues without it\n  hint: free space or redirect the output; siftstep show last shows what a run did\n`,
      )
    })
  }
  return { out: (text) => write(stdout, text), err: (text) => write(stderr, text), isIncomplete: () => incomplete }
}
