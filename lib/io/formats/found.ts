/** What an inspection finds of a text. */
import { LAYOUTS } from './layouts.ts'
import type { PhysicalLayout } from './source.ts'
import type { Inspection, Sample } from './source.ts'

/** The part of an inspection that is about the text as read. */
type Facts = Omit<
  Inspection,
  'uri' | 'bytes' | 'fingerprint' | 'compression' | 'staged' | 'text_bytes' | 'format' | 'layout' | 'part' | 'rows'
>

export interface Found {
  readonly facts: Facts
  readonly sample: Sample
}

export const NOTHING = 'the source has no records'

/** What is known of a source without records. */
export function noRecords(layout: PhysicalLayout, bytes: number): Found {
  return {
    sample: { threshold: 2 ** 32, numbers: [], ends: [], text: new Uint8Array() },
    facts: {
      encoding: 'utf-8',
      dialect: LAYOUTS[layout].dialect,
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
