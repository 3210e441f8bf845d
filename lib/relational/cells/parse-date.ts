/**
 * parse_date: converts text to a date or a timestamp, by the formats found in the column. A character or two selects which format to try,
 * because each failed attempt costs as much as reading ten columns.
 */
import { allOf, anyOf, type Once, repeat, text } from '#relational/types/sql.ts'
import type { ColumnType } from '#relational/types/types.ts'
import { isWorded, wordedSql } from '#relational/types/worded-dates.ts'
import { defineCell } from './cell.ts'

/** `formats` are strptime formats (`%Y-%m-%d`), `words:` and a language, `serial`, `epoch_s` or `epoch_ms`, the most frequent first. */
export type DateOptions = { readonly to: 'date' | 'timestamp'; readonly formats: readonly string[] }

const isIso = (format: string) => (format.startsWith('%Y-') || format.startsWith('%Y/')) && !format.includes('%I')
const isWord = (format: string) => /^%[abAB]/.test(format)
const isEpoch = (format: string) => format.startsWith('epoch') || format === 'serial'

/** Days since 1899-12-30, as spreadsheets count them from March 1900 on, with the time as a fraction. */
const isSerial = (cell: string) => `regexp_full_match(${cell}, '[1-9][0-9]{1,5}(\\.[0-9]+)?')`
const serial = (cell: string) =>
  `(TIMESTAMP '1899-12-30' + to_days(CAST(split_part(${cell}, '.', 1) AS INTEGER)) + to_milliseconds(CAST(round((TRY_CAST(${cell} AS DOUBLE) - CAST(split_part(${cell}, '.', 1) AS INTEGER)) * 86400000) AS BIGINT)))`

function chain(cell: string, formats: readonly string[]): string {
  // two-digit years first: '%Y' would accept them as the year 20
  const ordered = [...formats].sort((a, b) => Number(b.includes('%y')) - Number(a.includes('%y')))
  const attempts = ordered.map((format) => {
    const attempt = `try_strptime(${cell}, ${text(format)})`
    // with a zone it is a moment, expressed in UTC like everywhere in a session
    return format.includes('%z') ? `CAST(${attempt} AS TIMESTAMP)` : attempt
  })
  return attempts.length === 1 ? (attempts[0] as string) : `COALESCE(${attempts.join(', ')})`
}

/** Parses an ISO cell. DuckDB silently drops an offset or time that was not asked for; such a cell does not have this column's format. */
function iso(cell: string, to: 'date' | 'timestamp', zoned: boolean): string {
  if (to === 'date') return `CASE WHEN strlen(${cell}) <= 10 THEN TRY_CAST(${cell} AS TIMESTAMP) END`
  if (zoned) return `(TRY_CAST(replace(replace(${cell}, ' +', '+'), ' -', '-') AS TIMESTAMPTZ) AT TIME ZONE 'UTC')`
  const second = `substr(${cell}, 17, 1) = ':'`
  const end = anyOf([
    `strlen(${cell}) = 19`,
    allOf([`strlen(${cell}) = 20`, `ends_with(${cell}, 'Z')`]),
    `NOT regexp_matches(substr(${cell}, 20), '[+-]')`,
  ])
  return `CASE WHEN ${anyOf([`strlen(${cell}) <= 16`, allOf([second, end])])} THEN TRY_CAST(${cell} AS TIMESTAMP) END`
}

function parse(cell: string, options: DateOptions, once: Once = repeat): string {
  const worded = options.formats.filter(isWorded)
  if (worded.length === 0) return parseFormats(cell, options, once)
  const formats = options.formats.filter((format) => !isWorded(format))
  const inWords = options.to === 'date' ? `CAST(${wordedSql(cell, worded)} AS DATE)` : wordedSql(cell, worded)
  return formats.length === 0 ? inWords : `COALESCE(${parseFormats(cell, { ...options, formats }, once)}, ${inWords})`
}

function parseFormats(cell: string, { to, formats }: DateOptions, once: Once): string {
  const arms: string[] = []
  const isoFormats = formats.filter(isIso)
  // both separators: the fifth character of 1/12/2024 is one, too, and DuckDB reads 1/12/24 as a day of the year 1
  const isIsoCell = anyOf(
    [...new Set(isoFormats.map((format) => format.charAt(2)))].flatMap((separator) =>
      ['__', '_'].map((month) => `${cell} LIKE '____${separator}${month}${separator}%'`),
    ),
  )
  if (isoFormats.length > 0) {
    const zoned = isoFormats.some((format) => format.includes('%z'))
    const clocks = formats.filter((format) => format.startsWith('%Y') && format.includes('%I'))
    const read = iso(cell, to, zoned)
    arms.push(`WHEN ${isIsoCell} THEN ${clocks.length === 0 ? read : `COALESCE(${read}, ${chain(cell, clocks)})`}`)
  }
  const monthFormats = formats.filter(isWord)
  const rest = formats.filter((format) => !isIso(format) && !isWord(format) && !isEpoch(format))
  // strptime reads the words epoch and infinity, and -infinity, as 1900-01-01, whatever the format
  if (monthFormats.length > 0)
    arms.push(
      `WHEN ${cell} >= 'A' THEN CASE WHEN ${cell} NOT ILIKE 'epoch%' AND ${cell} NOT ILIKE 'infinity%' THEN ${chain(cell, monthFormats)} END`,
    )
  else if (rest.length > 0) arms.push(`WHEN ${cell} >= 'A' THEN NULL::TIMESTAMP`)
  if (monthFormats.length + rest.length > 0) arms.push(`WHEN prefix(${cell}, '-') THEN NULL::TIMESTAMP`)
  const epoch = `TRY_CAST(${cell} AS BIGINT)`
  // a cast would round a fraction
  const isEpochOf = (length: number) => allOf([`strlen(${cell}) = ${length}`, `regexp_full_match(${cell}, '[0-9]+')`])
  if (formats.includes('serial')) arms.push(`WHEN ${isSerial(cell)} THEN ${serial(cell)}`)
  if (formats.includes('epoch_s')) arms.push(`WHEN ${isEpochOf(10)} THEN make_timestamp(${epoch} * 1000000)`)
  if (formats.includes('epoch_ms')) arms.push(`WHEN ${isEpochOf(13)} THEN make_timestamp(${epoch} * 1000)`)
  const otherwise = rest.length > 0 ? chain(cell, rest) : 'NULL::TIMESTAMP'
  const timestamp = arms.length > 0 ? `CASE ${arms.join(' ')} ELSE ${otherwise} END` : otherwise
  // a four-digit year read from two digits would be before the year 100
  const sane =
    monthFormats.length + rest.length === 0
      ? timestamp
      : once(timestamp, (value) => `CASE WHEN ${anyOf([`year(${value}) >= 100`, isIsoCell])} THEN ${value} END`)
  return to === 'date' ? `CAST(${sane} AS DATE)` : sane
}

export const parseDate = defineCell<DateOptions>({
  name: 'parse_date',
  summary: 'Converts text to a date or a timestamp (in UTC); anything else becomes missing.',
  type: (_before, { to }): ColumnType => to,
  sql: (cell, options, _before, once) => parse(cell, options, once),
  changes: (cell, options) =>
    options.formats.every((format) => format.startsWith('%Y-'))
      ? 'FALSE'
      : allOf([`substr(${cell}, 5, 1) <> '-'`, `${parse(cell, options)} IS NOT NULL`]),
})
