/**
 * Detects delimiter, quote and escape of a delimited text: those for which the records agree best on their number of fields and the cells
 * look most like cells. The two factors are from van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type
 * patterns" (Data Mining and Knowledge Discovery, 2019).
 */
import { cellKind } from './cell-kind.ts'
import { isHalf, isSpaced, isSpaceTable, possibleDelimiters } from './rare-delimiters.ts'
import { readRecords, type TextRecord } from './record-text.ts'
import type { Dialect, ReadSettings } from './source.ts'

export type Writing = Pick<Dialect, 'delimiter' | 'quote' | 'escape' | 'comment'>

export interface DetectedDialect {
  readonly writing: Writing
  readonly notes: readonly string[]
}

const DELIMITERS = [',', '\t', ';', '|'] as const
const MAX_RECORDS = 1000
const MAX_CELLS = 10_000
/** With a lower score the records do not agree on any delimiter: the text has one column. */
const MIN_SCORE = 0.1
/** How much the name of a source suggests a delimiter. */
const HINTS: readonly { readonly name: RegExp; readonly delimiter: string }[] = [
  { name: /\.(tsv|tab)(\.gz)?$/i, delimiter: '\t' },
  { name: /\.psv(\.gz)?$/i, delimiter: '|' },
]
const HINT = 1.1

/** `text` is the head of the source; `whole`: whether it is all of it. Settings override detection. */
export function detectDialect(text: string, whole: boolean, settings: ReadSettings, uri: string): DetectedDialect {
  const comment = settings.comment ?? ''
  const hinted = HINTS.find(({ name }) => name.test(uri))?.delimiter
  let best: { readonly writing: Writing; readonly score: number } | undefined
  const delimiters = settings.delimiter === undefined ? delimitersToTry(text, whole) : [settings.delimiter]
  for (const delimiter of delimiters) {
    const possible = quotings(text, settings, delimiter).filter(({ quote }) => quote !== delimiter)
    const ways = possible.length > 0 ? possible : [{ quote: '', escape: '' }]
    const scored = ways.map((quoting) => {
      const writing = { delimiter, ...quoting, comment }
      return { writing, ...scoreOf(text, whole, writing) }
    })
    const [first, ...others] = scored
    if (first === undefined) continue
    // quoting styles are compared by agreement only: the number of fields would favour no quoting
    const { writing, agreement, breadth } = others.reduce((a, b) => (b.agreement > a.agreement + marginOf(b.writing) ? b : a), first)
    const score = agreement * breadth * (delimiter === hinted ? HINT : 1)
    if (best === undefined || score > best.score) best = { writing, score }
  }
  const writing = best?.writing ?? { delimiter: ',', quote: '"', escape: '"', comment }
  if (settings.delimiter !== undefined || (best !== undefined && best.score >= MIN_SCORE)) return { writing, notes: notesOn(writing) }
  if (isSpaceTable(recordsIn(text, whole, { ...writing, delimiter: ' ' }))) {
    const spaced = { ...writing, delimiter: ' ' }
    return { writing: spaced, notes: ['fields are delimited by spaces', ...notesOn(spaced)] }
  }
  // one column: a delimiter that does not occur in the head, and is unlikely to occur later
  const delimiter = ['\t', '|', ';', ','].find((one) => !text.includes(one)) ?? '\t'
  return {
    writing: { ...writing, ...bestQuoting(text, whole, delimiter, settings), delimiter },
    notes: ['no delimiter found; the text is read as one column'],
  }
}

/** The usual delimiters, and rare ones that the text gives reason to try; of a doubled one only the pair. */
function delimitersToTry(text: string, whole: boolean): readonly string[] {
  const all = possibleDelimiters(text, DELIMITERS)
  const recordsBy = (delimiter: string) => recordsIn(text, whole, { delimiter, quote: '"', escape: '"', comment: '' })
  return all
    .filter((one) => !(all.includes(one + one) && isHalf(recordsBy(one))))
    .map((one) => (isSpaced(one, text, recordsBy) ? `${one} ` : one))
}

/** At most 1,000 records from the beginning of a text. */
function recordsIn(text: string, whole: boolean, writing: Writing): readonly TextRecord[] {
  const found: TextRecord[] = []
  for (const record of completeRecords(text, whole, writing)) {
    if (record.kind === 'record') found.push(record)
    if (found.length === MAX_RECORDS) break
  }
  return found
}

/** A broken quote among many records is an error in the text, not a sign that quotes have no meaning; tab-separated text needs none. */
const marginOf = ({ quote, delimiter }: Writing) => (quote === '' && delimiter !== '\t' ? 0.05 : 0)

function bestQuoting(text: string, whole: boolean, delimiter: string, settings: ReadSettings): Pick<Writing, 'quote' | 'escape'> {
  const candidates = quotings(text, settings).map((quoting) => ({
    quoting,
    bad: badShare(text, whole, { delimiter, ...quoting, comment: settings.comment ?? '' }),
  }))
  return candidates.reduce((a, b) => (b.bad < a.bad ? b : a)).quoting
}

function notesOn({ quote, escape: escaper }: Writing): string[] {
  const notes: string[] = []
  if (quote === '' && escaper !== '') notes.push(`a delimiter within a field is escaped with ${escaper}`)
  else if (quote === '') notes.push('quotes are read as plain characters, because they do not enclose fields')
  else if (quote !== '"') notes.push(`fields are quoted with ${quote}`)
  if (quote !== '' && escaper !== quote) notes.push(`a quote inside quotes is escaped with ${escaper}`)
  return notes
}

/** Ways of quoting worth trying, the usual one first: it wins if the text is not conclusive. */
function quotings(text: string, settings: ReadSettings, delimiter = ''): { readonly quote: string; readonly escape: string }[] {
  const quotes = settings.quote !== undefined ? [settings.quote] : ['"']
  if (settings.quote === undefined && /(^|[,;\t|\n])'/.test(text) && /'([,;\t|\r\n]|$)/.test(text)) quotes.push("'")
  const isEscaped = settings.escape === undefined && delimiter !== '' && text.includes(`\\${delimiter}`)
  if (settings.quote === undefined && (text.includes('"') || isEscaped)) quotes.push('')
  return quotes.flatMap((quote) => {
    if (quote === '') return [{ quote, escape: settings.escape ?? '' }, ...(isEscaped ? [{ quote, escape: '\\' }] : [])]
    if (settings.escape !== undefined) return [{ quote, escape: settings.escape === '' ? quote : settings.escape }]
    const doubled = { quote, escape: quote }
    return text.includes(`\\${quote}`) ? [doubled, { quote, escape: '\\' }] : [doubled]
  })
}

/**
 * How far records agree on their number of fields, times the share of cells that look like cells; and how much of a table
 * it makes of the text, from 0 for one column towards 1 for many.
 */
function scoreOf(text: string, whole: boolean, writing: Writing): { readonly agreement: number; readonly breadth: number } {
  const counts = new Map<number, number>()
  let records = 0
  let cells = 0
  let typed = 0
  for (const record of completeRecords(text, whole, writing)) {
    if (record.kind !== 'record') continue
    records++
    if (record.bad === null) {
      counts.set(record.cells.length, (counts.get(record.cells.length) ?? 0) + 1)
      // quoted text is a cell, whatever it contains
      let unlike = 0
      for (const cell of record.cells) if (cellKind(cell) === 'other') unlike++
      cells += record.cells.length
      typed += record.cells.length - Math.max(0, unlike - record.quoted)
    }
    if (records === MAX_RECORDS || cells > MAX_CELLS) break
  }
  let agreement = 0
  let breadth = 0
  for (const [length, count] of counts) {
    const weight = (count / records) ** 2
    agreement += weight
    breadth += weight * ((length - 1) / length)
  }
  if (agreement === 0) return { agreement, breadth }
  return { agreement: (agreement * (typed + 1)) / (cells + 1), breadth: breadth / agreement }
}

function badShare(text: string, whole: boolean, writing: Writing): number {
  let records = 0
  let bad = 0
  for (const record of completeRecords(text, whole, writing)) {
    if (++records > MAX_RECORDS) break
    if (record.bad !== null) bad++
  }
  return records === 0 ? 0 : bad / records
}

/** The number of bytes at the end of a cut text in which an open quote proves nothing. */
const CUT = 65536

/** The records of a text, except the one that its end may have cut. */
export function* completeRecords(text: string, whole: boolean, writing: Writing): ReturnType<typeof readRecords> {
  for (const record of readRecords(text, writing)) {
    if (!whole && (record.end >= text.length || (record.bad === 'unclosed' && record.start >= text.length - CUT))) return
    yield record
  }
}
