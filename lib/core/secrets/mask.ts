/**
 * Masks secrets: replaces each known value by its name, in every form in which a library or service may quote it. Applied where text leaves
 * a task or a run: errors, logs, events, the history, the run record.
 */
import type { Json } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'

export interface Mask {
  text(text: string): string
  /** Masks every string in a JSON value, and every key that is not a plain word. */
  json<Value>(value: Value): Value
  /** An error and its causes: message, hint and stack. */
  error<Failure>(error: Failure): Failure
}

/** Shorter values are replaced only where no letter or digit is next to them: `main` is part of other words. */
const SHORT = 6
/** Shorter values are not masked: they occur in nearly every text and are not secrets. */
const MIN_LENGTH = 4
/** Keys like those of siftstep's own records. */
const FIELD = /^[A-Za-z_]{1,30}$/

/** Builds a mask from secrets by name. */
export function maskOf(secrets: Iterable<readonly [name: string, value: string]>): Mask {
  const forms = new Map<string, string>()
  for (const [name, value] of secrets) for (const form of formsOf(value)) if (!forms.has(form)) forms.set(form, `[secret ${name}]`)
  // the longest first: one form may contain another
  const found = [...forms.keys()].sort((a, b) => b.length - a.length)
  if (found.length === 0) return NOTHING
  const pattern = new RegExp(found.map(patternOf).join('|'), 'gu')
  const text = (given: string) => given.replace(pattern, (form) => forms.get(form) ?? '[secret]')
  return { text, json: (value) => masked(value as Json, text) as typeof value, error: (error) => maskedError(error, text) as typeof error }
}

/** Masks nothing. */
export const NOTHING: Mask = { text: (text) => text, json: (value) => value, error: (error) => error }

/** The forms in which a value may occur in a text: unchanged, its lines, within JSON (and JSON within that), a URL, HTML, base64. */
function formsOf(value: string): ReadonlySet<string> {
  const forms = new Set<string>()
  const lines = value.split(/[\r\n]+/).map((line) => line.trim())
  const plain = [value, value.trim(), lines.join(' '), ...(lines.length > 1 ? lines.filter((line) => line.length >= SHORT) : [])]
  for (const one of plain) {
    if (one.trim().length < MIN_LENGTH) continue
    forms.add(one)
    for (const form of [escaped(one), escaped(escaped(one)), escaped(escaped(escaped(one)))]) forms.add(form)
    for (const form of percentForms(one)) forms.add(form)
    for (const form of htmlForms(one)) forms.add(form)
    for (const form of base64Forms(one)) forms.add(form)
    if (one.length >= SHORT) forms.add(Buffer.from(one).toString('hex'))
  }
  return forms
}

const escaped = (text: string) => JSON.stringify(text).slice(1, -1)

function percentForms(text: string): readonly string[] {
  // a lone surrogate has no such form
  if (/\p{Surrogate}/u.test(text)) return []
  const upper = encodeURIComponent(text)
  const strict = upper.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  const form = new URLSearchParams({ '': text }).toString().slice(1)
  const forms = [upper, strict, form, encodeURI(text), upper.replaceAll('%20', '+'), strict.replaceAll('%20', '+')]
  return forms.flatMap((one) => [one, one.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())])
}

function htmlForms(text: string): readonly string[] {
  const basic = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  return [basic, basic.replace(/"/g, '&quot;').replace(/'/g, '&#39;'), basic.replace(/"/g, '&#34;').replace(/'/g, '&#x27;')]
}

/** Base64 of the value alone, and the part common to every text that contains it, such as `user:value` of an HTTP header. */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  const forms = [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // these digits also depend on the bytes before and after
    const first = before === 0 ? 0 : before + 1
    const last = (before + bytes.length) % 3 === 0 ? whole.length : whole.length - 1
    return [whole.slice(first, last), ...(before === 0 ? [bytes.toString('base64'), whole] : [])]
  })
  return forms.filter((form) => form.length >= SHORT).flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}

function patternOf(form: string): string {
  const literal = form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return form.length < SHORT ? `(?<![\\p{L}\\p{N}\\\\])${literal}(?![\\p{L}\\p{N}])` : literal
}

function masked(value: Json, text: (text: string) => string): Json {
  if (typeof value === 'string') return maskedText(value, text)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((one: Json) => masked(one, text))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [FIELD.test(key) ? key : text(key), masked(one as Json, text)]))
}

/** Masks a text. A text that is JSON, such as a payload in a history, stays valid JSON even if a secret is `true`. */
function maskedText(value: string, text: (text: string) => string): string {
  const replaced = text(value)
  if (replaced === value || !/^[[{]/.test(value)) return replaced
  try {
    return JSON.stringify(masked(JSON.parse(value) as Json, text))
  } catch {
    // text that happens to begin with a bracket
    return replaced
  }
}

function maskedError(error: unknown, text: (text: string) => string, depth = 0): unknown {
  if (typeof error === 'string') return text(error)
  // deeper causes are of no use, and causes can form a cycle
  if (!(error instanceof Error)) return undefined
  const cause = depth < 5 && error.cause !== undefined ? { cause: maskedError(error.cause, text, depth + 1) } : {}
  const message = text(error.message)
  const copy =
    error instanceof TaskError
      ? new TaskError(error.name, message, {
          ...cause,
          hint: error.hint === undefined ? undefined : text(error.hint),
          step: error.step,
          path: error.path,
        })
      : Object.assign(new Error(message, cause), { name: error.name })
  if (error.stack !== undefined) copy.stack = text(error.stack)
  return copy
}
