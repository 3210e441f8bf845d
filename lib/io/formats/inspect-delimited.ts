/** Inspects delimited text: its layout from its head, everything else from one pass over it. */
import { TaskError } from '#core/errors/errors.ts'
import { type Found, HEAD_BYTES, NOTHING } from './found.ts'
import { type Layout, planLayout } from './layout.ts'
import type { SampleLimits } from './sample.ts'
import type { ByteSource, NewLine, ReadSettings } from './source.ts'
import type { Staging } from './staging.ts'
import { type Survey, survey } from './survey.ts'
import { unifyNewlines } from './unify-newlines.ts'

export interface FoundDelimited extends Found {
  /** Whether more records are invalid UTF-8 than contain valid non-ASCII UTF-8: the text is probably not UTF-8. */
  readonly isForeign: boolean
}

/** The text is UTF-8 after a mark of `bom` bytes. It is rewritten if its lines end in more than one way. */
export async function inspectDelimited(
  uri: string,
  settings: ReadSettings,
  bom: number,
  notes: readonly string[],
  staging: Staging,
  limits: { readonly chunk_rows: number; readonly sample: SampleLimits },
): Promise<FoundDelimited> {
  const layout = await layoutOf(staging.current(), bom, settings, uri)
  const kernel = { dialect: layout.dialect, fields: Math.max(1, layout.columns.length), chunk_rows: limits.chunk_rows }
  const read = (start: number, new_line: NewLine): Promise<Survey> => {
    const source = staging.current()
    return survey(
      source,
      uri,
      { start, end: source.size, line: layout.line, records_before: 0 },
      { ...kernel, sample: limits.sample, new_line },
    )
  }
  let found = await read(layout.start, layout.header_end ?? '\n')
  const isMixed = found.mixed
  if (isMixed) found = await read(await staging.rewrite((from, to) => unifyNewlines(from, to, layout.start, layout.line, kernel)), '\n')

  const { totals, bad, cuts, chunks, new_line, sample } = found
  const isUniform = isMixed || layout.header_end === null || layout.header_end === new_line
  return {
    sample,
    isForeign: totals.broken > totals.foreign,
    facts: {
      format: 'csv',
      encoding: 'utf-8',
      dialect: layout.dialect,
      new_line,
      columns: layout.columns,
      records: totals.records,
      bad,
      cuts,
      chunks,
      longest_record: totals.longest_record,
      direct: layout.direct && isUniform && bad.length === 0 && cuts.length === 0 && totals.records > 0,
      one_piece: totals.gaps > 0 || totals.blank_crlf > 0,
      ...(layout.doubts.length > 0 ? { doubts: layout.doubts } : {}),
      notes: [
        ...notes,
        ...layout.notes,
        ...(isMixed ? ['lines end in more than one way; all line endings outside quotes are read as LF'] : []),
        ...(totals.nuls > 0 ? ['the text contains NUL bytes'] : []),
        ...(totals.records === 0 ? [layout.dialect.header ? 'the source has a header but no records' : NOTHING] : []),
      ],
    },
  }
}

/** The maximum length of the head while looking for a whole record. */
const MAX_HEAD_BYTES = 1 << 26

/** Plans the layout from as much of the head as contains a record. */
async function layoutOf(source: ByteSource, bom: number, settings: ReadSettings, uri: string): Promise<Layout> {
  for (let length = HEAD_BYTES; ; length *= 8) {
    const whole = length >= source.size || length > MAX_HEAD_BYTES
    const layout = planLayout(await source.read(0, length), whole, bom, settings, uri)
    if (layout !== null) return layout
    if (whole) throw new TaskError('Engine.Bug', `${uri}: no layout found in ${length} bytes`)
  }
}
