/** What an inspection finds out about a text. */
import type { Inspection, Sample } from './source.ts'

/** The part of an inspection that concerns the text as read. */
type Facts = Omit<Inspection, 'uri' | 'bytes' | 'fingerprint' | 'compression' | 'staged' | 'text_bytes'>

export interface Found {
  readonly facts: Facts
  readonly sample: Sample
}

/** The number of bytes that detection examines. */
export const HEAD_BYTES = 1 << 18

export const NOTHING = 'the source has no records'

/** The facts of a source without records. */
export function noRecords(format: Inspection['format'], bytes: number): Found {
  return {
    sample: { threshold: 2 ** 32, numbers: [], ends: [], text: new Uint8Array() },
    facts: {
      format,
      encoding: 'utf-8',
      dialect: format === 'csv' ? { delimiter: ',', quote: '"', escape: '"', header: false, skip_lines: 0, comment: '' } : null,
      new_line: '\n',
      columns: [],
      records: 0,
      bad: [],
      cuts: [],
      chunks: [],
      longest_record: 0,
      direct: false,
      one_piece: false,
      notes: [bytes === 0 ? 'the source is empty' : 'the source contains only white space'],
    },
  }
}
