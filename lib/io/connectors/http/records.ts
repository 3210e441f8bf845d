/** Records of an API: the lists of all its pages, one record a line, as they are written there. */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { TaskError } from '#core/errors/errors.ts'
import { systemError } from '#core/errors/system-error.ts'
import { count } from '#core/text/numbers.ts'
import { ndjson } from '#io/formats/kinds/json.ts'
import { findJsonProblem } from '#io/formats/json-problem.ts'
import type { Downloaded, Options } from '../connector.ts'
import { placeOf, withKey } from './address.ts'
import { limitsOf, ownHeaders } from './authorize.ts'
import { bodyOf } from './body.ts'
import { refusalOf } from './errors.ts'
import { assertData } from './file.ts'
import { described, itemsOf, pathOf, pathText, valueAt } from './json-path.ts'
import { DEFAULT_MAX_PAGES, doubtOf, firstPage, nextPage, type Page, type Pagination } from './paging.ts'
import { send } from './request.ts'
import { retried } from './retry.ts'

/** A page is in memory as a whole. */
const MAX_PAGE_BYTES = 128 << 20

/** Whether the settings of a source ask for records, and not for a file. */
export const asksRecords = ({ records, pagination }: Options) => records !== undefined || pagination !== undefined

/** How many records the first page has. */
export async function recordsOfFirstPage(uri: string, options: Options): Promise<number> {
  const { url: base } = placeOf(uri, options)
  const doing = `reading page 1 of ${uri}`
  const { text } = await (await pages(base, uri, options))(firstPage(base, options['pagination'] as Pagination | undefined), doing)
  return recordsIn(text, String(options['records'] ?? '$'), doing).length
}

/** Writes the records of all pages to `path`. Each page is there once, or this fails. */
export async function fetchRecords(uri: string, path: string, options: Options): Promise<Downloaded> {
  const { url: base } = placeOf(uri, options)
  const pagination = options['pagination'] as Pagination | undefined
  const max = pagination?.max_pages ?? DEFAULT_MAX_PAGES
  const size = pagination !== undefined && 'size' in pagination ? pagination.size : undefined
  const ask = await pages(base, uri, options)
  const file = await open(path, 'w').catch((error: unknown) => {
    throw systemError(error, `writing ${path}`)
  })
  const known = new Map<string, number>()
  let [total, isFullSize] = [0, false]
  try {
    let url = firstPage(base, pagination)
    for (let number = 1; ; number++) {
      const doing = `reading page ${number} of ${uri}`
      if (number > max)
        throw new TaskError('Data.Unreadable', `${doing}: there are more than ${max} pages`, {
          hint: 'raise `max_pages` of the pagination',
        })
      const { text, link } = await ask(url, doing)
      const records = recordsIn(text, String(options['records'] ?? '$'), doing)
      const lines = records.map((record) => `${record.replace(/[\r\n]+/g, ' ')}\n`).join('')
      if (records.length > 0) assertNew(lines, number, known, doing)
      await file.appendFile(lines).catch((error: unknown) => {
        throw systemError(error, `writing ${path}`)
      })
      total += records.length
      isFullSize ||= records.length === size
      const page: Page = { number, text, link, records: records.length, total, isFullSize }
      const next: URL | undefined | string = nextPage(base, pagination, page, url)
      if (typeof next === 'string')
        throw new TaskError('Data.Unreadable', `${doing}: ${next}`, { hint: 'check `pagination` of the source' })
      if (next?.href === url.href)
        throw new TaskError('Data.Unreadable', `${doing}: it names itself as the next page`, { hint: 'check `pagination` of the source' })
      if (next === undefined) {
        const doubt = doubtOf(pagination, page)
        const doubts =
          doubt === undefined
            ? []
            : [`the first page of ${uri} names no other, and was read as the only one: ${doubt}; check \`pagination\` of the source`]
        const notes = pagination === undefined ? [] : [`${count(total, 'record')} on ${count(number, 'page')}`]
        return { notes: [...notes, ...doubts], doubts, read: { format: ndjson.name } }
      }
      url = withKey(next, base, options)
    }
  } finally {
    await file.close()
  }
}

/** Asks for one page, again where that may help; its JSON. */
async function pages(base: URL, uri: string, options: Options) {
  const limits = limitsOf(options)
  const own = await ownHeaders(options)
  const headers = { accept: 'application/json', 'accept-encoding': 'gzip' }
  return (url: URL, doing: string) =>
    retried<{ readonly text: string; readonly link: string | undefined }>(limits.retries, async () => {
      const answer = await send({ method: 'GET', url, headers, own: url.origin === base.origin ? own : {}, doing, limits })
      if (answer.status !== 200) {
        answer.body.destroy()
        return refusalOf(answer.status, answer.headers, doing)
      }
      const tooLarge = () =>
        new TaskError('Data.Unreadable', `${doing}: it has more than ${MAX_PAGE_BYTES} bytes`, { hint: 'ask for smaller pages' })
      const body = await bodyOf(answer, doing, { bytes: MAX_PAGE_BYTES, tooLarge }, (part) => assertData(answer, part, uri))
      const { link } = answer.headers
      return { text: decoded(body, doing), link: Array.isArray(link) ? link.join(', ') : link }
    })
}

function decoded(bytes: Buffer, doing: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new TaskError('Data.Unreadable', `${doing}: the answer is not UTF-8`, { cause: error, hint: 'JSON is UTF-8: check the address' })
  }
}

/** The records of a page. Data.Unreadable for what is no JSON, and for a path where there is no list. */
function recordsIn(text: string, records: string, doing: string): readonly string[] {
  try {
    JSON.parse(text)
  } catch {
    const { what = 'unreadable', at = 0 } = findJsonProblem(text) ?? {}
    throw new TaskError('Data.Unreadable', `${doing}: the answer is not valid JSON: ${what}, at character ${at + 1}`, {
      hint: 'is the address that of the data, and was the answer cut off? a file of another format is read without `records` and `pagination`',
    })
  }
  const path = pathOf(records) ?? []
  const found = valueAt(text, path)
  if ('text' in found && found.text.startsWith('[')) return itemsOf(found.text)
  throw new TaskError(
    'Data.Unreadable',
    `${doing}: there is no list at ${records}: ${'text' in found ? described(found.text, pathText(path)) : found.missing}`,
    { hint: 'give the path of the list in `records`, such as data.items; $ is the whole answer' },
  )
}

function assertNew(lines: string, number: number, known: Map<string, number>, doing: string): void {
  const hash = createHash('sha256').update(lines).digest('base64')
  const before = known.get(hash)
  if (before !== undefined)
    throw new TaskError('Data.Unreadable', `${doing}: it has the same records as page ${before}`, {
      hint: 'does the server know the parameters of the pagination? check their names in `pagination` of the source',
    })
  known.set(hash, number)
}
