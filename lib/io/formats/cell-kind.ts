/** Classifies a cell for detecting dialects and headers. Types for the data are inferred elsewhere. */
import { trimmedText } from '#core/text/white-space.ts'

export type CellKind = 'empty' | 'null' | 'number' | 'date' | 'address' | 'words' | 'other'

const NULLS = /^(na|n\/a|nan|null|none|nil|\\n|-|--|\?|\.)$/i
const NUMBER = /^[-+(]?\s?[$€£¥]?\s?[-+]?(\d{1,3}([,. '\u00a0]\d{3})+([.,]\d+)?|\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?\s?[%€$£¥]?\)?$/
const TIME = String.raw`\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s?([ap]\.?m\.?)?\s?(z|utc|gmt|[-+]\d{2}:?\d{2})?`
const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*'
const DATE = new RegExp(
  `^((\\d{1,4}[-/.]\\d{1,2}[-/.]\\d{1,4}|\\d{1,2}[-/ .]${MONTH}[-/ .,]+\\d{2,4}|${MONTH}\\.? \\d{1,2},? \\d{4}|\\d{8}(?=t))([ t]+${TIME})?|${TIME})$`,
  'i',
)
const ADDRESS = /^([\w.+-]+@[\w-]+(\.[\w-]+)+|[a-z][a-z0-9+.-]*:\/\/\S+|(www\.)\S+|\d{1,3}(\.\d{1,3}){3})$/i
/** Text as people write it in one cell: without delimiters or quotes. */
const WORDS = /^[^\s,;|"'\\{}<>][^\s,;|"\\{}<>]*( [^\s,;|"\\{}<>]+)*$/

const MAX_LENGTH = 200

/** The kinds of cells seen before: detection asks for every cell of a head several times, and files of a source are alike. */
const known = new Map<string, CellKind>()
const MAX_KNOWN = 10_000

export function cellKind(cell: string): CellKind {
  const before = known.get(cell)
  if (before !== undefined) return before
  const kind = kindOf(trimmedText(cell))
  if (cell.length > MAX_LENGTH) return kind
  if (known.size >= MAX_KNOWN) known.clear()
  // a copy: a part of a text would keep all of it in memory
  known.set(Buffer.from(cell, 'utf16le').toString('utf16le'), kind)
  return kind
}

function kindOf(text: string): CellKind {
  if (text === '') return 'empty'
  if (text.length > MAX_LENGTH) return 'other'
  if (NULLS.test(text)) return 'null'
  if (NUMBER.test(text)) return 'number'
  if (DATE.test(text)) return 'date'
  if (ADDRESS.test(text)) return 'address'
  return WORDS.test(text) ? 'words' : 'other'
}
