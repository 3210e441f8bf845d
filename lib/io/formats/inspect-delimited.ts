/** Inspects delimited text: its layout from its head, everything else from one pass over it. */
import { type Found, NOTHING } from './found.ts'
import type { Layout } from './layout.ts'
import { type LayoutRequest, readLayout } from './read-layout.ts'
import { WRITTEN } from './csv-text.ts'
import { isForeignDialect, rewriteDelimited } from './rewrite-delimited.ts'
import { findTotals } from './find-totals.ts'
import type { SampleLimits } from './sample.ts'
import type { NewLine } from './source.ts'
import type { Staging } from './staging.ts'
import { type Survey, survey } from './survey.ts'
import { unifyNewlines } from './unify-newlines.ts'

export interface FoundDelimited extends Found {
  /** Whether more records are invalid UTF-8 than contain valid non-ASCII UTF-8: the text is probably not UTF-8. */
  readonly isForeign: boolean
}

export interface DelimitedText extends LayoutRequest {
  readonly uri: string
}

/** The text is rewritten when its lines end in more than one way. */
export async function inspectDelimited(
  described: DelimitedText,
  staging: Staging,
  limits: { readonly chunk_rows: number; readonly sample: SampleLimits },
): Promise<FoundDelimited> {
  const { uri } = described
  const layout = await readLayout(staging.current(), described)
  if (isForeignDialect(layout.dialect)) return inspectRewritten(described, layout, staging, limits)
  const fields = Math.max(1, layout.columns.length)
  const kernel = { dialect: layout.dialect, fields, chunk_rows: limits.chunk_rows }
  const kinds = new Set(described.settings.quarantine_rows)
  const context = { header: layout.header_cells, fields }
  const odd = kinds.size === 0 ? null : { kinds, ...context, second_header: layout.second_header }
  const read = (start: number, new_line: NewLine): Promise<Survey> => {
    const source = staging.current()
    return survey(
      source,
      uri,
      { start, end: source.size, line: layout.line, records_before: 0 },
      { ...kernel, sample: limits.sample, new_line, odd },
    )
  }
  let found = await read(layout.start, layout.header_end ?? '\n')
  const isMixed = found.mixed
  if (isMixed) found = await read(await staging.rewrite((from, to) => unifyNewlines(from, to, layout.start, layout.line, kernel)), '\n')

  const { totals, bad, cuts, chunks, new_line, sample } = found
  const end = kinds.has('total') ? null : await findTotals(staging.current(), found, layout.dialect, context, described.rows)
  const doubts = [...layout.doubts, ...(end === null ? [] : [end])]
  const isUniform = isMixed || layout.header_end === null || layout.header_end === new_line
  return {
    sample,
    isForeign: totals.broken > totals.foreign,
    facts: {
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
      ...(doubts.length > 0 ? { doubts } : {}),
      notes: [
        ...layout.notes,
        ...(end === null ? [] : [end]),
        ...(isMixed ? ['lines end in more than one way; all line endings outside quotes are read as LF'] : []),
        ...(totals.nuls > 0 ? ['the text contains NUL bytes'] : []),
        ...(totals.records === 0 ? [layout.dialect.header ? 'the source has a header but no records' : NOTHING] : []),
      ],
    },
  }
}

/** Inspects a text that the parser cannot read in its own dialect, once it is rewritten. */
async function inspectRewritten(
  described: DelimitedText,
  { dialect, notes }: Layout,
  staging: Staging,
  limits: Parameters<typeof inspectDelimited>[2],
): Promise<FoundDelimited> {
  await staging.rewrite((from, to) => rewriteDelimited(from, to, described.bom, dialect))
  const { delimiter: _, quote: _quote, escape: _escape, ...settings } = described.settings
  const skip_lines = settings.skip_lines ?? (dialect.skip_lines > 0 ? dialect.skip_lines : undefined)
  const found = await inspectDelimited(
    {
      ...described,
      bom: 0,
      settings: { ...settings, ...WRITTEN, comment: dialect.comment, ...(skip_lines === undefined ? {} : { skip_lines }) },
    },
    staging,
    limits,
  )
  const how =
    dialect.delimiter.length > 1
      ? `fields are delimited by ${JSON.stringify(dialect.delimiter)}`
      : `a delimiter within a field is escaped with ${dialect.escape}`
  return {
    ...found,
    facts: {
      ...found.facts,
      source_delimiter: dialect.delimiter,
      notes: [how, ...found.facts.notes, ...notes.filter((note) => note.startsWith('the first '))],
    },
  }
}
