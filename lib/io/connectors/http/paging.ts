/** Where the next page is: by number, by offset, by a cursor in the answer, or by a link. */
import * as z from 'zod'
import { pathOf, valueAt } from './json-path.ts'

const jsonPath = z
  .string()
  .min(1)
  .refine((text) => pathOf(text) !== undefined, 'write a path such as data.items, or $ for the whole answer')
const name = z.string().min(1)
const size = z.int().min(1)
const maxPages = z.int().min(1).max(1_000_000).optional().describe('More pages are an error (default: 1000).')

export const paginationSettings = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('page').describe('Pages by number, up to an empty one, or one that is shorter than full pages before.'),
    parameter: name.optional().describe('The parameter with the number (default: page).'),
    start: z.int().min(0).optional().describe('The number of the first page (default: 1).'),
    size: size.optional().describe('The records of a page that are asked for.'),
    size_parameter: name.optional().describe('The parameter with the size (default: page_size).'),
    max_pages: maxPages,
  }),
  z.strictObject({
    type: z
      .literal('offset')
      .describe('By the number of records before, up to an empty page, or one that is shorter than full pages before.'),
    parameter: name.optional().describe('The parameter with the offset (default: offset).'),
    size: size.describe('The records of a page that are asked for.'),
    size_parameter: name.optional().describe('The parameter with the size (default: limit).'),
    max_pages: maxPages,
  }),
  z.strictObject({
    type: z.literal('cursor').describe('By a value that each answer names, up to one that names none.'),
    parameter: name.optional().describe('The parameter with the value (default: cursor).'),
    next: jsonPath.describe('Where the value is in the answer, such as meta.next_cursor.'),
    max_pages: maxPages,
  }),
  z.strictObject({
    type: z.literal('link').describe('By the address of the next page, up to an answer that names none.'),
    next: jsonPath.optional().describe('Where the address is in the answer (default: the header `Link` with rel="next").'),
    max_pages: maxPages,
  }),
])

export const recordsPath = jsonPath

export type Pagination = z.infer<typeof paginationSettings>

export const DEFAULT_MAX_PAGES = 1000

export interface Page {
  /** Its number, from 1. */
  readonly number: number
  /** The JSON of the answer. */
  readonly text: string
  readonly link: string | undefined
  readonly records: number
  /** The records of all pages so far. */
  readonly total: number
  /** Whether a page so far had the size that is asked for: then the server keeps to it. */
  readonly isFullSize: boolean
}

/** The address of the first page. */
export function firstPage(base: URL, pagination: Pagination | undefined): URL {
  if (pagination === undefined || pagination.type === 'cursor' || pagination.type === 'link') return base
  return atPage(base, pagination, pagination.type === 'page' ? (pagination.start ?? 1) : 0)
}

function atPage(base: URL, pagination: Extract<Pagination, { type: 'page' | 'offset' }>, value: number): URL {
  const { type, parameter = type, size: asked, size_parameter = type === 'page' ? 'page_size' : 'limit' } = pagination
  return withParameters(base, [[parameter, String(value)], ...(asked === undefined ? [] : [[size_parameter, String(asked)] as const])])
}

/** Replaces parameters, and leaves the others as they are written. */
function withParameters(base: URL, given: readonly (readonly [name: string, value: string])[]): URL {
  const url = new URL(base)
  const names = new Set(given.map(([one]) => one))
  const others = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !names.has(new URLSearchParams(part).keys().next().value ?? ''))
  url.search = [...others, ...given.map(([one, value]) => `${encodeURIComponent(one)}=${encodeURIComponent(value)}`)].join('&')
  return url
}

/** The address of the page behind this one; undefined behind the last. A text says why the answer does not name it. */
export function nextPage(base: URL, pagination: Pagination | undefined, page: Page, at: URL): URL | undefined | string {
  if (pagination === undefined) return undefined
  switch (pagination.type) {
    case 'page':
    case 'offset': {
      const { size: asked = 0 } = pagination
      if (page.records === 0 || (page.isFullSize && page.records < asked)) return undefined
      return atPage(base, pagination, pagination.type === 'page' ? (pagination.start ?? 1) + page.number : page.total)
    }
    case 'cursor': {
      const cursor = textAt(page.text, pagination.next)
      if (cursor === undefined || typeof cursor === 'object') return cursor?.wrong
      return withParameters(base, [[pagination.parameter ?? 'cursor', cursor]])
    }
    case 'link': {
      const link = pagination.next === undefined ? linkIn(page.link) : textAt(page.text, pagination.next)
      if (link === undefined || typeof link === 'object') return link?.wrong
      return URL.canParse(link, at.href) && /^https?:$/.test(new URL(link, at).protocol)
        ? new URL(link, at)
        : 'the link to the next page is no address'
    }
  }
}

/**
 * Why the first page may not be the only one, though it names no other: what should name it is not there, as with a misspelt path. Undefined
 * where a server says that there is no other page, such as by null.
 */
export function doubtOf(pagination: Pagination | undefined, { number, records, text, link }: Page): string | undefined {
  if (number > 1 || records === 0 || (pagination?.type !== 'cursor' && pagination?.type !== 'link')) return undefined
  const { next } = pagination
  if (next === undefined) return link === undefined ? 'the answer has no header `Link`' : undefined
  const found = valueAt(text, pathOf(next) ?? [])
  return 'text' in found ? undefined : `there is nothing at ${next}: ${found.missing}`
}

/** A text or number in the answer; undefined for null, false, an empty text and what is not there. */
function textAt(text: string, path: string): string | undefined | { readonly wrong: string } {
  const found = valueAt(text, pathOf(path) ?? [])
  if (!('text' in found) || /^(null|false|"")$/.test(found.text)) return undefined
  if (found.text.startsWith('"')) return JSON.parse(found.text) as string
  return /^[-\d]/.test(found.text) ? found.text : { wrong: `\`next\` of the pagination is ${path}, and there is no text or number` }
}

/** The target of rel="next". Source: RFC 8288, section 3. */
function linkIn(header: string | undefined): string | undefined {
  for (const [, target, parameters = ''] of (header ?? '').matchAll(/<([^>]*)>((?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:"[^"]*"|[^\s";,]*))?)*)/g))
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=\s*(?:;|$)))/i.test(parameters)) return target
  return undefined
}
