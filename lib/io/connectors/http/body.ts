/** The body of an answer: decoded, and checked to be whole. A decoder that is lenient with a body that is cut off is not used. */
import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { TaskError } from '#core/errors/errors.ts'
import { cutOff } from './errors.ts'
import type { Answer } from './request.ts'

const DECODERS: ReadonlyMap<string, () => NodeJS.ReadWriteStream & Readable> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

/** The encodings of the body, the last first. */
export const encodingsOf = ({ headers }: Pick<Answer, 'headers'>): readonly string[] =>
  (headers['content-encoding'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
    .reverse()

export const lengthOf = ({ headers }: Pick<Answer, 'headers'>): number | undefined => {
  const length = headers['content-length']
  return length === undefined || !/^\d+$/.test(length) ? undefined : Number(length)
}

/** Whether the server says where the body ends, so that one that is cut off is known. */
export const saysItsEnd = (answer: Pick<Answer, 'headers'>) =>
  lengthOf(answer) !== undefined || /chunked/i.test(answer.headers['transfer-encoding'] ?? '') || encodingsOf(answer).length > 0

/**
 * The decoded parts of the body. Transient.Unavailable when the connection ends before the body does; Data.Unreadable for an encoding that is
 * unknown or damaged.
 */
export async function* partsOf(answer: Answer, doing: string): AsyncGenerator<Buffer> {
  const { body } = answer
  const length = lengthOf(answer)
  let got = 0
  body.on('data', (part: Buffer) => {
    got += part.length
  })
  body.pause()
  let stream: Readable = body
  const noError = () => {}
  for (const name of encodingsOf(answer)) {
    const decoder = DECODERS.get(name)
    if (decoder === undefined) {
      body.destroy()
      throw new TaskError('Data.Unreadable', `${doing}: the server sends the content encoding ${name}, which is not supported`, {
        hint: `allowed: ${[...DECODERS.keys()].join(', ')}`,
      })
    }
    // the reader of the last stream gets every error
    stream = pipeline(stream, decoder(), noError) as unknown as Readable
  }
  try {
    for await (const part of stream) yield part as Buffer
  } catch (error) {
    if (error instanceof TaskError) throw error
    // of a body that is cut off the error is that of the connection
    if (error instanceof Error && 'code' in error && /^(Z_|ERR_BROTLI|ERR__ERROR|ERR_PADDING)/.test(String(error.code)))
      throw new TaskError('Data.Unreadable', `${doing}: the body is not whole ${encodingsOf(answer).join(', ')}: ${error.message}`, {
        cause: error,
        hint: 'the server sends a damaged answer: check the file there',
      })
    throw cutOff(doing, got, length, error)
  } finally {
    body.destroy()
  }
  if (!body.complete || (length !== undefined && got !== length)) throw cutOff(doing, got, length)
}

/** The decoded body as a whole. `most`: the bytes that it may have, and the error for more. `onStart` sees the first part before any other is read. */
export async function bodyOf(
  answer: Answer,
  doing: string,
  most: { readonly bytes: number; tooLarge(): TaskError },
  onStart: (part: Buffer) => void = () => {},
): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of partsOf(answer, doing)) {
    if (bytes === 0) onStart(part)
    bytes += part.length
    if (bytes > most.bytes) throw most.tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts)
}
