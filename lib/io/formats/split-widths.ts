/** Rewrites fixed-width text as delimited text, line by line: the lines of both have the same numbers. */
import { isUtf8 } from 'node:buffer'
import * as z from 'zod'
import { TaskError } from '#core/errors/errors.ts'
import { blocksOf } from '#io/bytes/copy.ts'
import type { ByteSink } from '#io/bytes/file.ts'
import { csvLine, WRITTEN } from './csv-text.ts'
import { encoding, header, quarantine_rows, skip_lines } from './options.ts'
import type { Rewrite } from './kinds/format.ts'
import type { ByteSource } from './source.ts'

export const fixedWidthOptions = z.strictObject({
  widths: z.array(z.int().min(1)).min(1).optional().describe('The characters of each field of fixed-width text, in order.'),
  header,
  skip_lines,
  quarantine_rows,
  encoding,
})

/** A line that is longer is no line of fields. */
const MAX_LINE_BYTES = 1 << 20

/**
 * A line that ends before its last field begins has fewer fields than there are widths, one with text behind its last field has one more:
 * both are bad records. A header is read only where a setting says so.
 */
export const splitWidths: Rewrite = async (from, to, { uri, settings, bom }) => {
  const { widths } = fixedWidthOptions.pick({ widths: true }).parse(settings['widths'] === undefined ? {} : { widths: settings['widths'] })
  if (widths === undefined) {
    throw new TaskError('Definition.InvalidSetting', `${uri} is read as fixed_width, which needs widths`, {
      hint: 'give the characters of each field, such as widths: [8, 20, 10]',
    })
  }
  for await (const lines of linesOf(from, bom, uri)) await write(lines, widths, to)
  const { header = false, skip_lines: skipped = 0, quarantine_rows: odd = [] } = settings
  return { notes: [], doubts: [], read: { ...WRITTEN, header, skip_lines: skipped, quarantine_rows: odd } }
}

async function write(lines: readonly Buffer[], widths: readonly number[], to: ByteSink): Promise<void> {
  const written = lines.map((line) => {
    // what is no UTF-8 stays as it is, and is found to be a bad record
    if (!isUtf8(line)) return Buffer.concat([line, Buffer.from('\n')])
    return Buffer.from(line.length === 0 ? '\n' : csvLine(fieldsOf(line.toString('utf8'), widths)))
  })
  await to.write(Buffer.concat(written))
}

function fieldsOf(line: string, widths: readonly number[]): string[] {
  const characters = [...line]
  const fields: string[] = []
  let at = 0
  for (const width of widths) {
    if (at >= characters.length) break
    fields.push(trimmed(characters.slice(at, at + width).join('')))
    at += width
  }
  const rest = trimmed(characters.slice(at).join(''))
  return rest === '' ? fields : [...fields, rest]
}

const trimmed = (field: string) => field.replace(/^ +| +$/g, '')

/** The lines behind the mark without their ends, a block's worth at a time. Data.Unreadable for a line that never ends. */
async function* linesOf(source: ByteSource, bom: number, uri: string): AsyncGenerator<readonly Buffer[]> {
  let rest: Buffer = Buffer.alloc(0)
  let number = 0
  for await (const block of blocksOf(source, bom)) {
    const bytes = Buffer.concat([rest, block])
    const lines: Buffer[] = []
    let from = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      lines.push(withoutReturn(bytes.subarray(from, end)))
      from = end + 1
    }
    rest = Buffer.from(bytes.subarray(from))
    number += lines.length
    if (rest.length > MAX_LINE_BYTES) {
      throw new TaskError(
        'Data.Unreadable',
        `${uri}: line ${number + 1} has more than ${MAX_LINE_BYTES} bytes, which no line of fields has`,
        {
          hint: 'does the file end its lines by a line feed? set format to what the file is',
        },
      )
    }
    yield lines
  }
  if (rest.length > 0) yield [withoutReturn(rest)]
}

const withoutReturn = (line: Buffer) => (line.at(-1) === 13 ? line.subarray(0, -1) : line)
