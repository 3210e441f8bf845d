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

export function cellKind(cell: string): CellKind {
  const text = trimmedText(cell)
  if (text === '') return 'empty'
  if (text.length > 200) return 'other'
  if (NULLS.test(text)) return 'null'
  if (NUMBER.test(text)) return 'number'
  if (DATE.test(text)) return 'date'
  if (ADDRESS.test(text)) return 'address'
  return WORDS.test(text) ? 'words' : 'other'
}
