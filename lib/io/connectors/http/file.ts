/** One file over HTTP: what is known of it before it is read, and its bytes, whole or not at all. */
import { type FileHandle, open } from 'node:fs/promises'
import { TaskError } from '#core/errors/errors.ts'
import { systemError } from '#core/errors/system-error.ts'
import { count } from '#core/text/numbers.ts'
import type { Downloaded, ListedDownload, Options } from '../connector.ts'
import { type Place, placeOf } from './address.ts'
import { limitsOf, ownHeaders } from './authorize.ts'
import { encodingsOf, lengthOf, partsOf, saysItsEnd } from './body.ts'
import { type Refusal, refusalOf } from './errors.ts'
import { type Answer, send } from './request.ts'
import { retried } from './retry.ts'

/** The bytes as they lie there: encoded for the way they would have no length of their own. */
const PLAIN = { accept: '*/*', 'accept-encoding': 'identity' }

/** Size and version as the server states them. Asks by HEAD; where that is refused, by a GET whose body is not read. */
export async function listFile(uri: string, options: Options): Promise<ListedDownload> {
  const { limits, ask } = await asking(placeOf(uri, options), options)
  const head = await retried(limits.retries, async () => {
    const asked = await ask('HEAD', {})
    const answer = asked.status === 200 ? asked : await ask('GET', {})
    answer.body.destroy()
    return answer.status === 200 ? answer : refused(answer, uri)
  })
  const { etag, 'last-modified': modified } = head.headers
  const version = etag ?? modified
  return {
    uri,
    bytes: encodingsOf(head).length > 0 ? 0 : (lengthOf(head) ?? 0),
    ...(version === undefined ? {} : { version }),
  }
}

/**
 * Writes the file to `path`. A transfer that is cut off goes on where it ended if the server has named the file by a strong ETag, and begins
 * again otherwise.
 */
export async function fetchFile(uri: string, path: string, options: Options): Promise<Downloaded> {
  const { limits, ask } = await asking(placeOf(uri, options), options)
  const file = await open(path, 'w').catch((error: unknown) => {
    throw systemError(error, `writing ${path}`)
  })
  const notes = new Set<string>()
  let have = 0
  let validator: string | undefined
  try {
    await retried(limits.retries, async () => {
      const range: { readonly [name: string]: string } =
        validator === undefined || have === 0 ? {} : { range: `bytes=${have}-`, 'if-range': validator }
      const answer = await ask('GET', range)
      const goesOn = answer.status === 206 && startOf(answer) === have && answer.headers.etag === validator
      if (!goesOn && answer.status !== 200) {
        answer.body.destroy()
        // the next attempt begins again
        const isRange = validator !== undefined && (answer.status === 206 || answer.status === 416)
        validator = undefined
        return isRange
          ? { error: new TaskError('Transient.Unavailable', `reading ${uri}: the server did not continue the file`), wanted: 0 }
          : refused(answer, uri)
      }
      if (!goesOn) {
        have = 0
        await file.truncate(0)
        validator = encodingsOf(answer).length > 0 ? undefined : strongTag(answer)
      } else notes.add(`the transfer was cut off after ${count(have, 'byte')} and continued`)
      for await (const part of partsOf(answer, `reading ${uri}`)) {
        if (have === 0) assertData(answer, part, uri)
        await written(file, part, have, path)
        have += part.length
      }
      if (!saysItsEnd(answer)) notes.add('the server does not say how long the file is: one that is cut off there would not be noticed')
      return true
    })
  } finally {
    await file.close()
  }
  return { notes: [...notes], doubts: [] }
}

async function asking({ uri, url }: Place, options: Options) {
  const limits = limitsOf(options)
  const own = await ownHeaders(options)
  const ask = (method: 'GET' | 'HEAD', range: { readonly [name: string]: string }) =>
    send({ method, url, headers: { ...PLAIN, ...range }, own, doing: `reading ${uri}`, limits })
  return { limits, ask }
}

const refused = ({ status, headers }: Answer, uri: string): Refusal => refusalOf(status, headers, `reading ${uri}`)

/** The ETag that names these very bytes. Source: RFC 9110, section 8.8.1. */
const strongTag = ({ headers: { etag } }: Answer) => (etag === undefined || etag.startsWith('W/') ? undefined : etag)

const startOf = ({ headers }: Answer) => Number(/^bytes (\d+)-/i.exec(headers['content-range'] ?? '')?.[1] ?? Number.NaN)

async function written(file: FileHandle, part: Buffer, at: number, path: string): Promise<void> {
  try {
    for (let done = 0; done < part.length; ) done += (await file.write(part, done, part.length - done, at + done)).bytesWritten
  } catch (error) {
    throw systemError(error, `writing ${path}`)
  }
}

/** Data.Unreadable for the page of a login or an error in place of the data. */
export function assertData({ headers, url }: Answer, start: Buffer, uri: string): void {
  const type = headers['content-type'] ?? ''
  if (
    !/html/i.test(type) ||
    !/^\s*</.test(
      start
        .subarray(0, 1024)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    )
  )
    return
  const from = uri.startsWith(url.origin) ? '' : `, after a redirect to ${url.origin}`
  throw new TaskError('Data.Unreadable', `${uri} answers with a web page (${type})${from}, not with data`, {
    hint: 'is it the page of a login or an error? use the address of the data itself, and a connection with its login',
  })
}
