/** Functions over dates and timestamps. A timestamp has no zone; text with an offset is converted to UTC. */
import { arg, attempt, type CallParts, type FunctionParameter, parsedBy, type RowFunction } from '../function.ts'
import { isDayUnit, UNIT_NAMES } from '../moments.ts'
import type { ValueType } from '../types.ts'
import { entryOf } from '#core/text/record.ts'

const MOMENT: FunctionParameter = { name: 'moment', kind: 'moment' }
const UNIT: FunctionParameter = { name: 'unit', kind: 'word', choices: UNIT_NAMES }

const part = (name: string, sql: string, doc: string, example: RowFunction['example'], aliases: readonly string[] = []): RowFunction => ({
  name,
  aliases,
  parameters: [MOMENT],
  result: 'integer',
  doc,
  example,
  sql: (call) => attempt(`${sql}(${arg(call, 0)})`),
})

const wordPart = (name: string, sql: string, doc: string, example: RowFunction['example']): RowFunction => ({
  ...part(name, sql, doc, example),
  result: 'text',
})

const timestamp = (call: CallParts, position: number) =>
  call.types[position] === 'date' ? `TRY_CAST(${arg(call, position)} AS TIMESTAMP)` : arg(call, position)
const date = (sql: string) => `TRY_CAST(${sql} AS DATE)`

/** How to build an interval without overflow: DuckDB's constructor, its unit factor, and its argument type. */
const STEPS: Readonly<Record<string, readonly [make: string, factor: number, type: 'INTEGER' | 'BIGINT']>> = {
  year: ['to_months', 12, 'INTEGER'],
  quarter: ['to_months', 3, 'INTEGER'],
  month: ['to_months', 1, 'INTEGER'],
  week: ['to_days', 7, 'INTEGER'],
  day: ['to_days', 1, 'INTEGER'],
  hour: ['to_microseconds', 3_600_000_000, 'BIGINT'],
  minute: ['to_microseconds', 60_000_000, 'BIGINT'],
  second: ['to_microseconds', 1_000_000, 'BIGINT'],
}

function added(call: CallParts): string {
  const unit = call.texts[0] ?? ''
  const [make, factor, type] = entryOf(STEPS, unit) ?? []
  const step = `${make}(TRY_CAST(CAST(${arg(call, 1)} AS HUGEINT) * ${factor} AS ${type}))`
  const sum = attempt(`${arg(call, 2)} + ${step}`)
  return call.types[2] === 'date' && isDayUnit(unit) ? date(sum) : `TRY_CAST(${sum} AS TIMESTAMP)`
}

const addedType = (types: readonly ValueType[], texts: readonly (string | undefined)[]): ValueType => {
  const type = types[2]
  if (type === 'unknown') return isDayUnit(texts[0] ?? '') ? 'unknown' : 'timestamp'
  return type === 'date' && isDayUnit(texts[0] ?? '') ? 'date' : 'timestamp'
}

/** The number of unit boundaries between two moments. DuckDB's own count of weeks misses the step from Sunday to Monday. */
function boundaries(call: CallParts): string {
  const unit = call.texts[0] ?? ''
  const [start, end] = [timestamp(call, 1), timestamp(call, 2)]
  if (unit !== 'week') return attempt(`date_diff('${unit}', ${start}, ${end})`)
  const monday = (moment: string) => attempt(`date_trunc('week', ${moment})`)
  return `(${attempt(`date_diff('day', ${monday(start)}, ${monday(end)})`)} // 7)`
}

/**
 * Full years between two days, by calendar month and day. DuckDB's own count treats 28 February as the end of a year that began on the 29th
 * in some years and not in others. Before the birth, years are counted backwards as negative numbers.
 */
function fullYears(call: CallParts): string {
  const monthAndDay = (moment: string) => `(month(${moment}) * 100 + day(${moment}))`
  return call.once(date(timestamp(call, 0)), (birth) =>
    call.once(date(timestamp(call, 1)), (on) => {
      const years = `year(${on}) - year(${birth})`
      const early = `CASE WHEN ${monthAndDay(on)} < ${monthAndDay(birth)} THEN 1 ELSE 0 END`
      const late = `CASE WHEN ${monthAndDay(on)} > ${monthAndDay(birth)} THEN 1 ELSE 0 END`
      return `CASE WHEN isfinite(${birth}) AND isfinite(${on}) THEN CASE WHEN ${on} >= ${birth} THEN ${years} - ${early} ELSE ${years} + ${late} END END`
    }),
  )
}

const START_AND_END: readonly FunctionParameter[] = [
  { ...MOMENT, name: 'start' },
  { ...MOMENT, name: 'end' },
]

export const DATE_FUNCTIONS: readonly RowFunction[] = [
  {
    name: 'date',
    aliases: [],
    parameters: [{ name: 'value', kind: 'date' }],
    result: 'date',
    doc: 'The date of a timestamp, or text such as 2024-05-17 (a time may follow) as a date; use to_date for other formats.',
    example: { expression: "date('2024-05-17')", result: '2024-05-17' },
    sql: (call) => arg(call, 0),
  },
  {
    name: 'timestamp',
    aliases: ['datetime'],
    parameters: [{ name: 'value', kind: 'timestamp' }],
    result: 'timestamp',
    doc: 'A date at midnight, or ISO 8601 text as a timestamp; an offset such as +02:00 is converted to UTC.',
    example: { expression: "timestamp('2024-05-17T10:30:00+02:00')", result: '2024-05-17 08:30:00' },
    sql: (call) => arg(call, 0),
  },
  {
    name: 'to_date',
    aliases: [],
    parameters: [
      { name: 'text', kind: 'text' },
      { name: 'format', kind: 'format' },
    ],
    result: 'date',
    doc: 'Parses text as a date in the given format; missing if it does not match.',
    example: { expression: "to_date('17.05.2024', '%d.%m.%Y')", result: '2024-05-17' },
    sql: (call) => date(parsedBy(call)),
  },
  {
    name: 'to_timestamp',
    aliases: [],
    parameters: [
      { name: 'text', kind: 'text' },
      { name: 'format', kind: 'format' },
    ],
    result: 'timestamp',
    doc: 'Parses text as a timestamp in the given format; missing if it does not match.',
    example: { expression: "to_timestamp('05/17/2024 3:07 PM', '%m/%d/%Y %-I:%M %p')", result: '2024-05-17 15:07:00' },
    sql: (call) => `TRY_CAST(${parsedBy(call)} AS TIMESTAMP)`,
  },
  {
    name: 'strftime',
    aliases: ['date_format'],
    parameters: [MOMENT, { name: 'format', kind: 'format' }],
    result: 'text',
    doc: 'Formats a date or timestamp as text.',
    example: { expression: "strftime(DATE '2024-05-17', '%d.%m.%Y')", result: '17.05.2024' },
    sql: (call) => attempt(`strftime(${arg(call, 0)}, ${arg(call, 1)})`),
  },
  {
    name: 'make_date',
    aliases: [],
    parameters: [
      { name: 'year', kind: 'integer' },
      { name: 'month', kind: 'integer' },
      { name: 'day', kind: 'integer' },
    ],
    result: 'date',
    doc: 'The date of a year, month and day; missing if it does not exist.',
    example: { expression: 'make_date(2024, 2, 29)', result: '2024-02-29' },
    sql: ({ args }) => attempt(`make_date(${args.join(', ')})`),
  },
  part('year', 'year', 'The year.', { expression: "year(DATE '2024-05-17')", result: 2024 }),
  part('quarter', 'quarter', 'The quarter, 1 to 4.', { expression: "quarter(DATE '2024-05-17')", result: 2 }),
  part('month', 'month', 'The month, 1 to 12.', { expression: "month(DATE '2024-05-17')", result: 5 }),
  part('week', 'week', 'The week of ISO 8601, 1 to 53.', { expression: "week(DATE '2024-05-17')", result: 20 }),
  part('day', 'day', 'The day of the month.', { expression: "day(DATE '2024-05-17')", result: 17 }),
  part('day_of_year', 'dayofyear', 'The day of the year, 1 to 366.', { expression: "day_of_year(DATE '2024-05-17')", result: 138 }),
  part('weekday', 'isodow', 'The day of the week: 1 is Monday, 7 is Sunday.', { expression: "weekday(DATE '2024-05-17')", result: 5 }, [
    'day_of_week',
  ]),
  part('hour', 'hour', 'The hour, 0 to 23.', { expression: "hour(TIMESTAMP '2024-05-17 15:07:30')", result: 15 }),
  part('minute', 'minute', 'The minute, 0 to 59.', { expression: "minute(TIMESTAMP '2024-05-17 15:07:30')", result: 7 }),
  part('second', 'second', 'The second, 0 to 59.', { expression: "second(TIMESTAMP '2024-05-17 15:07:30')", result: 30 }),
  wordPart('day_name', 'dayname', 'The English name of the weekday.', { expression: "day_name(DATE '2024-05-17')", result: 'Friday' }),
  wordPart('month_name', 'monthname', 'The English name of the month.', { expression: "month_name(DATE '2024-05-17')", result: 'May' }),
  {
    name: 'date_trunc',
    aliases: [],
    parameters: [UNIT, MOMENT],
    result: (types) => (types[1] === 'date' || types[1] === 'unknown' ? types[1] : 'timestamp'),
    doc: 'The start of the unit (year, quarter, month, week, day, hour, minute, second) that contains the moment.',
    example: { expression: "date_trunc('month', DATE '2024-05-17')", result: '2024-05-01' },
    sql: (call) => {
      const start = attempt(`date_trunc('${call.texts[0]}', ${arg(call, 1)})`)
      return call.types[1] === 'date' ? date(start) : `TRY_CAST(${start} AS TIMESTAMP)`
    },
  },
  {
    name: 'last_day',
    aliases: [],
    parameters: [MOMENT],
    result: 'date',
    doc: 'The last day of the month.',
    example: { expression: "last_day(DATE '2024-02-10')", result: '2024-02-29' },
    sql: (call) => date(attempt(`last_day(${arg(call, 0)})`)),
  },
  {
    name: 'date_add',
    aliases: ['dateadd'],
    parameters: [UNIT, { name: 'count', kind: 'integer' }, MOMENT],
    result: addedType,
    doc: 'Adds a number of units to a date or timestamp; the 31st becomes the last day of a shorter month.',
    example: { expression: "date_add('month', 1, DATE '2024-01-31')", result: '2024-02-29' },
    sql: added,
  },
  {
    name: 'date_diff',
    aliases: ['datediff'],
    parameters: [UNIT, ...START_AND_END],
    result: 'integer',
    doc: 'The number of unit boundaries between two moments; negative if the end is earlier.',
    example: { expression: "date_diff('day', DATE '2024-02-28', DATE '2024-03-01')", result: 2 },
    sql: boundaries,
  },
  {
    name: 'age_years',
    aliases: [],
    parameters: [
      { ...MOMENT, name: 'birth' },
      { ...MOMENT, name: 'on' },
    ],
    result: 'integer',
    doc: 'Full years between two days, such as a birth date and {{ ds }}; a birthday on 29 February counts on 1 March in other years. There is no "today": a repeated run gives the same result.',
    example: { expression: "age_years(DATE '2000-06-15', DATE '2024-06-14')", result: 23 },
    sql: fullYears,
  },
  {
    name: 'epoch',
    aliases: [],
    parameters: [MOMENT],
    result: 'integer',
    doc: 'Whole seconds since 1970-01-01 00:00 UTC.',
    example: { expression: "epoch(TIMESTAMP '1970-01-02 00:00:00')", result: 86400 },
    // not epoch(), a DOUBLE, in which the microseconds of distant years are lost and their second is rounded up
    sql: (call) => `(epoch_us(${attempt(`date_trunc('second', ${timestamp(call, 0)})`)}) // 1000000)`,
  },
  {
    name: 'from_epoch',
    aliases: [],
    parameters: [{ name: 'seconds', kind: 'float' }],
    result: 'timestamp',
    doc: 'The timestamp a number of seconds after 1970-01-01 00:00 UTC.',
    example: { expression: 'from_epoch(86400)', result: '1970-01-02 00:00:00' },
    sql: (call) => attempt(`make_timestamp(TRY_CAST(round(${arg(call, 0)} * 1e6) AS BIGINT))`),
  },
]
