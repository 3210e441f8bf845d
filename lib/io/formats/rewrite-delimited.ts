/**
 * Rewrites delimited text that the parser cannot read, because its delimiter has two characters or is escaped without quotes, in the usual
 * dialect. Lines keep their numbers, and what cannot be read stays a bad record.
 */
import type { ByteSink } from '#io/bytes/file.ts'
import { blocksOf } from '#io/bytes/copy.ts'
import { MAX_RECORD_BYTES } from './record-limit.ts'
import { csvLine } from './csv-text.ts'
import { readRecords, type TextRecord } from './record-text.ts'
import type { ByteSource, Dialect } from './source.ts'

type Grammar = Pick<Dialect, 'delimiter' | 'quote' | 'escape' | 'comment'>

/** Whether the parser cannot read a dialect. */
export const isForeignDialect = ({ delimiter, quote, escape: escaper }: Grammar) => delimiter.length > 1 || (quote === '' && escaper !== '')

/** An open quote proves nothing within so many characters; one that is open for longer is a broken record. */
const MAX_RECORD = 1 << 24

/** Copies the text from `start`; what is above is left out. */
export async function rewriteDelimited(from: ByteSource, to: ByteSink, start: number, grammar: Grammar): Promise<void> {
  let rest = ''
  let inLong = false
  for await (const block of blocksOf(from, start)) {
    // one character per byte: a character may be cut
    let text = rest + Buffer.from(block.buffer, block.byteOffset, block.length).toString('latin1')
    if (inLong) {
      const end = text.search(/[\r\n]/)
      await to.write(asField(end < 0 ? text : text.slice(0, end)))
      rest = ''
      if (end < 0) continue
      await to.write(Buffer.from('"'))
      inLong = false
      text = text.slice(end)
    }
    rest = await write(text, grammar, to, false)
    // a line that is too long is not collected: it goes on as one field, and is a bad record by its length
    if (rest.length <= MAX_RECORD_BYTES) continue
    await to.write(Buffer.from('"'))
    await to.write(asField(rest))
    rest = ''
    inLong = true
  }
  if (inLong) await to.write(Buffer.from('"\n'))
  await write(rest, grammar, to, true)
}

/** What stands between quotes. */
const asField = (text: string) => Buffer.from(text.replaceAll('"', '""'), 'latin1')

/** Writes the records of a text, and returns the rest that may be cut. */
async function write(text: string, grammar: Grammar, to: ByteSink, isLast: boolean): Promise<string> {
  const lines: string[] = []
  let done = 0
  for (const record of readRecords(text, grammar)) {
    const isCut = record.end >= text.length || (record.bad === 'unclosed' && text.length - record.start < MAX_RECORD)
    if (!isLast && isCut) break
    lines.push(lineOf(record, text))
    done = record.end
  }
  await to.write(Buffer.from(lines.join(''), 'latin1'))
  return text.slice(done)
}

function lineOf({ kind, bad, cells, start, end }: TextRecord, text: string): string {
  const raw = text.slice(start, end)
  if (kind !== 'record') return /[\r\n]$/.test(raw) ? raw : `${raw}\n`
  // as one field it has too few
  return csvLine(bad === null ? cells : [raw.replace(/[\r\n]+$/, '')])
}
