/** The grammar of delimited text over strings: for detection, samples and messages. docs/reader.md describes it. */
import type { Dialect } from './source.ts'

export interface TextRecord {
  readonly cells: readonly string[]
  /** How many of them are quoted. */
  readonly quoted: number
  /** The range in the text, including the newline. */
  readonly start: number
  readonly end: number
  /** Why its quotes make it unreadable; `end` is then the end of its first line. */
  readonly bad: 'stray' | 'unclosed' | null
  readonly kind: 'record' | 'blank' | 'comment'
}

type Grammar = Pick<Dialect, 'delimiter' | 'quote' | 'escape' | 'comment'>

/** Every record, blank line and comment line of the text from `from`, which must be the start of one. */
export function* readRecords(text: string, grammar: Grammar, from = 0): Generator<TextRecord> {
  let at = from
  while (at < text.length) {
    const record = readRecord(text, grammar, at)
    yield record
    at = record.end
  }
}

/**
 * The cells of one record as the parser returns them; an empty cell is what the parser calls NULL. `raw` may end in its newline. For a
 * record with invalid quotes: the cells before the error, and the rest as one cell.
 */
export function cells(raw: string, dialect: Grammar): readonly string[] {
  return readRecord(raw, { ...dialect, comment: '' }, 0).cells
}

function readRecord(text: string, grammar: Grammar, start: number): TextRecord {
  const { delimiter, quote, comment } = grammar
  const first = newlineAt(text, start)
  if (first > 0) return { cells: [''], quoted: 0, start, end: start + first, bad: null, kind: 'blank' }
  if (comment !== '' && text[start] === comment)
    return { cells: [], quoted: 0, start, end: lineEnd(text, start), bad: null, kind: 'comment' }
  const found: string[] = []
  let quoted = 0
  let at = start
  while (true) {
    const opens = quote !== '' && (text[at] === quote || (delimiter !== ' ' && text[at] === ' ' && text[at + 1] === quote))
    if (opens) {
      const field = readQuoted(text, grammar, text[at] === quote ? at + 1 : at + 2)
      if (field.bad !== null) {
        const rest = text.slice(at, lineEnd(text, at)).replace(/\r?\n$|\r$/, '')
        return { cells: [...found, rest], quoted, start, end: lineEnd(text, start), bad: field.bad, kind: 'record' }
      }
      found.push(field.value)
      quoted++
      at = field.end
    } else {
      const end = plainEnd(text, grammar, at)
      const field = text.slice(at, end)
      found.push(quote === '' && grammar.escape !== '' ? unescaped(field, grammar) : field)
      at = end
    }
    if (at >= text.length || !text.startsWith(delimiter, at)) break
    at += delimiter.length
  }
  return { cells: found, quoted, start, end: at + newlineAt(text, at), bad: null, kind: 'record' }
}

/** Where a field without quotes ends. Without a quote character an escape makes the next character part of the field. */
function plainEnd(text: string, { delimiter, quote, escape: escaper }: Grammar, from: number): number {
  const stop = delimiter.charCodeAt(0)
  const isPair = delimiter.length > 1
  const skip = quote === '' && escaper !== '' ? escaper.charCodeAt(0) : -1
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === skip) at++
    else if (code === 10 || code === 13 || (code === stop && (!isPair || text.startsWith(delimiter, at)))) break
    at++
  }
  return Math.min(at, text.length)
}

/** An escape is only removed before what it escapes: `\\N` and the paths of Windows stay as they are. */
function unescaped(field: string, { delimiter, escape: escaper }: Grammar): string {
  if (!field.includes(escaper)) return field
  let value = ''
  for (let at = 0; at < field.length; at++) {
    const next = field[at + 1] ?? ''
    const isEscape = field[at] === escaper && (next === escaper || next === delimiter[0] || next === '\n' || next === '\r')
    if (isEscape) at++
    value += field[at]
  }
  return value
}

interface Field {
  readonly value: string
  readonly end: number
  readonly bad: TextRecord['bad']
}

/** Reads a field from after its opening quote to the delimiter or newline after it. */
function readQuoted(text: string, { delimiter, quote, escape: escaper }: Grammar, from: number): Field {
  let value = ''
  let at = from
  let done = from
  while (true) {
    const character = text[at]
    if (character === undefined) return { value: '', end: at, bad: 'unclosed' }
    if (character === quote) {
      if (escaper !== quote || text[at + 1] !== quote) break
      value += text.slice(done, at + 1)
      at += 2
      done = at
    } else if (character === escaper && at + 1 < text.length) {
      // the parser drops the escape, whatever follows it
      value += text.slice(done, at)
      done = at + 1
      at += 2
    } else at++
  }
  value += text.slice(done, at)
  at++
  while (delimiter !== ' ' && text[at] === ' ') at++
  const closed = at >= text.length || text.startsWith(delimiter, at) || newlineAt(text, at) > 0
  return { value, end: at, bad: closed ? null : 'stray' }
}

/** The length of the newline at this position, 0 if there is none. */
function newlineAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code === 10) return 1
  if (code !== 13) return 0
  return text.charCodeAt(at + 1) === 10 ? 2 : 1
}

/** The offset after the physical line that contains `at`. */
export function lineEnd(text: string, at: number): number {
  let end = at
  while (end < text.length) {
    const length = newlineAt(text, end)
    if (length > 0) return end + length
    end++
  }
  return end
}
