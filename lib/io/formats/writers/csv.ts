/** CSV files: commas, double quotes where needed, a header. */
import { text } from '#relational/types/sql.ts'
import { type BlockCounter, compressedAs, countBlocks, TEXT_COMPRESSIONS, textExtension } from './text.ts'
import type { WriterKind } from './writer.ts'

export const csvWriter: WriterKind = {
  name: 'csv',
  summary: 'Commas, double quotes where needed, and a header.',
  compressions: TEXT_COMPRESSIONS,
  extension: textExtension('csv'),
  copyOptions: (compression) => `FORMAT csv, HEADER true, COMPRESSION ${text(compression)}`,
  // a missing cell would be a blank line, which many readers skip; an empty text is written as ""
  singleColumn: (rows) => `SELECT COALESCE(CAST(COLUMNS(*) AS VARCHAR), '') FROM (${rows})`,
  countsMissing: false,
  relation: (path, compression) =>
    `read_csv(${text(path)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', ${compressedAs(compression)}, max_line_size = 16000000, buffer_size = 32000000)`,
  load: async () => countBlocks(lineCounter),
}

const [QUOTE, LF] = [34, 10]

/** Line ends outside quotes, but for the header's: a quote within quotes is doubled, so it changes nothing. */
function lineCounter(): BlockCounter {
  let lines = 0
  let quoted = false
  return {
    add: (block) => {
      for (const byte of block) {
        if (byte === QUOTE) quoted = !quoted
        else if (byte === LF && !quoted) lines++
      }
    },
    rows: () => lines - 1,
  }
}
