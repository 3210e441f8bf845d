/** What kind of data a source holds: by its content first, by its name only where the content leaves it open. */
import { TaskError } from '#core/errors/errors.ts'
import type { SourceFormat } from './source.ts'

/** Binary formats by their first bytes. */
const BINARY: readonly { readonly magic: string; readonly what: string; readonly hint: string }[] = [
  { magic: 'd0cf11e0', what: 'an old Excel or Word file', hint: 'save the sheet as CSV' },
  { magic: '25504446', what: 'a PDF', hint: 'name the data it was made from' },
  { magic: '89504e47', what: 'an image', hint: 'name a file that holds data' },
  { magic: 'ffd8ff', what: 'an image', hint: 'name a file that holds data' },
  { magic: '47494638', what: 'an image', hint: 'name a file that holds data' },
  { magic: '7f454c46', what: 'a program', hint: 'name a file that holds data' },
  { magic: '53514c69746520666f726d61', what: 'an SQLite database', hint: 'export the table as CSV' },
  { magic: '4f626a01', what: 'an Avro file', hint: 'convert it to Parquet' },
  { magic: '4f5243', what: 'an ORC file', hint: 'convert it to Parquet' },
  { magic: '4152524f5731', what: 'an Arrow file', hint: 'convert it to Parquet' },
]

/** By the magic bytes at both ends; PARE is Parquet with an encrypted footer. */
export function isParquet(head: Uint8Array, tail: Uint8Array): boolean {
  const start = Buffer.from(head.subarray(0, 4)).toString('latin1')
  const end = Buffer.from(tail.subarray(-4)).toString('latin1')
  return start === 'PARE' || (start === 'PAR1' && (end === 'PAR1' || head.includes(0)))
}

/** Data.UnsupportedFormat when the bytes are no text. `delimiter` may be a control character. */
export function refuseBinary(head: Uint8Array, uri: string, delimiter: string | undefined): void {
  const start = Buffer.from(head.subarray(0, 12)).toString('hex')
  const known = BINARY.find(({ magic }) => start.startsWith(magic) && (magic !== '4f5243' || head.includes(0)))
  if (known !== undefined)
    throw new TaskError('Data.UnsupportedFormat', `${uri} is ${known.what}, which cannot be read`, { hint: known.hint })
  let controls = 0
  for (const byte of head)
    if (byte < 32 && (byte < 9 || byte > 13) && byte !== 26 && byte !== 27 && byte !== delimiter?.charCodeAt(0)) controls++
  if (controls > 8 && controls > head.length / 20) {
    throw new TaskError(
      'Data.UnsupportedFormat',
      `${uri} is neither text nor Parquet: ${controls} of its first ${head.length} bytes are control characters`,
      {
        hint: 'CSV and its kin, JSON, NDJSON and Parquet can be read; set encoding if this is text in UTF-16',
      },
    )
  }
}

/** The format of a text by its first characters. Data.UnsupportedFormat for markup. */
export function detectTextFormat(head: string, uri: string): Exclude<SourceFormat, 'parquet'> {
  const text = head.trimStart()
  const name = uri.toLowerCase().replace(/\.gz$/, '')
  if (/^<(!doctype html|html|head|body|\?xml)[\s>]/i.test(text)) {
    throw new TaskError('Data.UnsupportedFormat', `${uri} is ${/^<\?xml/i.test(text) ? 'XML' : 'a web page'}, not a table`, {
      hint: 'was an error page or a log-in page saved instead of the data? name a file with the data as CSV, JSON or Parquet',
    })
  }
  if (/^\[\s*[[{\]]/.test(text)) return 'json'
  if (/^\[/.test(text) && name.endsWith('.json')) return 'json'
  if (!/^\{\s*["}]/.test(text) && !(text.startsWith('{') && /\.(json|ndjson|jsonl)$/.test(name)))
    return /\.(ndjson|jsonl)$/.test(name) ? 'ndjson' : 'csv'
  // objects: one on each line, or each over many lines; the last line may be cut off
  const lines = text.split('\n', 50).filter((line) => line.trim() !== '')
  if (lines.length === 1) return 'ndjson'
  const whole = isObject(lines.at(-1) ?? '') ? lines : lines.slice(0, -1)
  return whole.filter(isObject).length * 2 >= whole.length ? 'ndjson' : 'json'
}

function isObject(line: string): boolean {
  try {
    return line.trimStart().startsWith('{') && JSON.parse(line) !== null
  } catch {
    return false
  }
}
