/** Detects the format of a source: by its content, and by its name only if the content is ambiguous. */
import { TaskError } from '#core/errors/errors.ts'
import type { SourceFormat } from './source.ts'

/** Binary formats by their first bytes. */
const BINARY: readonly { readonly magic: string; readonly what: string; readonly hint: string }[] = [
  { magic: 'd0cf11e0', what: 'an old Excel or Word file', hint: 'save the sheet as CSV' },
  { magic: '25504446', what: 'a PDF', hint: 'use the data it was created from' },
  { magic: '89504e47', what: 'an image', hint: 'use a file that contains data' },
  { magic: 'ffd8ff', what: 'an image', hint: 'use a file that contains data' },
  { magic: '47494638', what: 'an image', hint: 'use a file that contains data' },
  { magic: '7f454c46', what: 'a program', hint: 'use a file that contains data' },
  { magic: '53514c69746520666f726d61', what: 'an SQLite database', hint: 'export the table as CSV' },
  { magic: '4f626a01', what: 'an Avro file', hint: 'convert it to Parquet' },
  { magic: '4f5243', what: 'an ORC file', hint: 'convert it to Parquet' },
  { magic: '4152524f5731', what: 'an Arrow file', hint: 'convert it to Parquet' },
]

/** Detects Parquet by the magic bytes at both ends; PARE is Parquet with an encrypted footer. */
export function isParquet(head: Uint8Array, tail: Uint8Array): boolean {
  const start = Buffer.from(head.subarray(0, 4)).toString('latin1')
  const end = Buffer.from(tail.subarray(-4)).toString('latin1')
  return start === 'PARE' || (start === 'PAR1' && (end === 'PAR1' || head.includes(0)))
}

/** Throws Data.UnsupportedFormat if the bytes are not text. `delimiter` may be a control character. */
export function refuseBinary(head: Uint8Array, uri: string, delimiter: string | undefined): void {
  const start = Buffer.from(head.subarray(0, 12)).toString('hex')
  const known = BINARY.find(({ magic }) => start.startsWith(magic) && (magic !== '4f5243' || head.includes(0)))
  if (known !== undefined)
    throw new TaskError('Data.UnsupportedFormat', `${uri} is ${known.what}, which is not supported`, { hint: known.hint })
  let controls = 0
  for (const byte of head)
    if (byte < 32 && (byte < 9 || byte > 13) && byte !== 26 && byte !== 27 && byte !== delimiter?.charCodeAt(0)) controls++
  if (controls > 8 && controls > head.length / 20) {
    throw new TaskError(
      'Data.UnsupportedFormat',
      `${uri} is neither text nor Parquet: ${controls} of its first ${head.length} bytes are control characters`,
      {
        hint: 'supported formats are delimited text such as CSV, JSON, NDJSON and Parquet; set encoding if this is text in UTF-16',
      },
    )
  }
}

/** The format of a text by its first characters. Throws Data.UnsupportedFormat for markup. */
export function detectTextFormat(head: string, uri: string): Exclude<SourceFormat, 'parquet'> {
  const text = head.trimStart()
  const name = uri.toLowerCase().replace(/\.gz$/, '')
  if (/^<(!doctype html|html|head|body|\?xml)[\s>]/i.test(text)) {
    throw new TaskError('Data.UnsupportedFormat', `${uri} is ${/^<\?xml/i.test(text) ? 'XML' : 'a web page'}, not a table`, {
      hint: 'check whether an error page or login page was saved instead of the data; use a file with the data as CSV, JSON or Parquet',
    })
  }
  if (/^\[\s*[[{\]]/.test(text)) return 'json'
  if (/^\[/.test(text) && name.endsWith('.json')) return 'json'
  if (!/^\{\s*["}]/.test(text) && !(text.startsWith('{') && /\.(json|ndjson|jsonl)$/.test(name)))
    return /\.(ndjson|jsonl)$/.test(name) ? 'ndjson' : 'csv'
  // objects: one per line, or each over several lines; the last line may be cut off
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
