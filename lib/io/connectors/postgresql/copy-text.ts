/** The text form of COPY: a line a row, tabs between the cells, `\N` for NULL. Source: https://www.postgresql.org/docs/current/sql-copy.html */
import { TaskError } from '#core/errors/errors.ts'

const UNESCAPED: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
])

function cellOf(text: string): string | null {
  if (text === '\\N') return null
  return text.includes('\\') ? text.replace(/\\(.)/gs, (_, sign: string) => UNESCAPED.get(sign) ?? sign) : text
}

const NEW_LINE = 10

/** The rows of blocks of bytes, as many at a time as a block ends. Data.Unreadable for bytes that are not UTF-8. */
export async function* rowsOf(blocks: AsyncIterable<Buffer>, uri: string): AsyncIterable<(string | null)[][]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let parts: Buffer[] = []
  for await (const block of blocks) {
    const end = block.lastIndexOf(NEW_LINE)
    if (end < 0) {
      parts.push(block)
      continue
    }
    const bytes = Buffer.concat([...parts, block.subarray(0, end)])
    parts = [block.subarray(end + 1)]
    yield decodedText(decoder, bytes, uri)
      .split('\n')
      .map((line) => line.split('\t').map(cellOf))
  }
}

function decodedText(decoder: InstanceType<typeof TextDecoder>, bytes: Buffer, uri: string): string {
  try {
    return decoder.decode(bytes)
  } catch (error) {
    throw new TaskError('Data.Unreadable', `${uri}: a text cannot be read: the bytes are not UTF-8`, {
      cause: error,
      hint: "the database has the encoding SQL_ASCII, which allows any bytes: fix these cells, or read encode(column::bytea, 'hex') with a query",
    })
  }
}

/** A cell that was no NULL, for COPY. */
export const escaped = (text: string) => (/[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (sign) => ESCAPES.get(sign) ?? sign) : text)

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
])
