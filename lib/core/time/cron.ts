/**
 * Parses Unix cron with five fields into sets of values. Source: crontab(5). Rejects what schedulers interpret differently (both a day of
 * the month and a day of the week), and dates that never occur.
 */
import { entryOf } from '#core/text/record.ts'

export interface Cron {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  /** Days of the month; null: any. */
  readonly days: readonly number[] | null
  readonly months: readonly number[]
  /** Days of the week, 0 is Sunday; null: any. */
  readonly weekdays: readonly number[] | null
}

export interface CronProblem {
  /** Position of the problem in the text. */
  readonly offset: number
  readonly what: string
  readonly hint: string
}

export type CronResult = { readonly ok: true; readonly cron: Cron } | { readonly ok: false; readonly problem: CronProblem }

interface Field {
  readonly name: string
  readonly low: number
  readonly high: number
  /** Names of the values, from the lowest. */
  readonly names?: readonly string[]
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ')
const WEEKDAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ')

const FIELDS = {
  minutes: { name: 'minute', low: 0, high: 59 },
  hours: { name: 'hour', low: 0, high: 23 },
  days: { name: 'day of the month', low: 1, high: 31 },
  months: { name: 'month', low: 1, high: 12, names: MONTHS },
  // 7 is also Sunday
  weekdays: { name: 'day of the week', low: 0, high: 7, names: WEEKDAYS },
} as const satisfies Record<string, Field>

const ORDER = Object.keys(FIELDS) as (keyof typeof FIELDS)[]
const FORM = 'five fields: minute, hour, day of the month, month, day of the week, as in `0 8 * * 1-5` (8:00 from Monday to Friday)'

/** Macros for whole expressions, as used elsewhere. */
const MACROS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

/** The longest each month can be. */
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

export function parseCron(text: string): CronResult {
  const whole = wholeProblem(text)
  if (whole !== undefined) return { ok: false, problem: whole }
  const found = [...text.matchAll(/\S+/g)]
  const sets: Partial<Record<keyof typeof FIELDS, readonly number[] | null>> = {}
  for (const [at, key] of ORDER.entries()) {
    const { 0: word = '', index = 0 } = found[at] ?? {}
    const set = parseField(word, FIELDS[key], index)
    if ('problem' in set) return { ok: false, problem: set.problem }
    sets[key] = word === '*' && (key === 'days' || key === 'weekdays') ? null : set.values
  }
  const cron = { ...sets, weekdays: sets.weekdays && [...new Set(sets.weekdays.map((day) => day % 7))].sort((a, b) => a - b) } as Cron
  const problem = daysProblem(cron, found[2]?.index ?? 0, found[4]?.index ?? 0)
  return problem === undefined ? { ok: true, cron } : { ok: false, problem }
}

/** Problems that concern the whole text. */
function wholeProblem(text: string): CronProblem | undefined {
  const trimmed = text.trim()
  const macro = entryOf(MACROS, trimmed.toLowerCase())
  if (macro !== undefined) return { offset: 0, what: `\`${trimmed}\` is not a cron expression of five fields`, hint: `write \`${macro}\`` }
  if (/^(cron|rate)\s*\(/i.test(trimmed)) {
    return { offset: 0, what: 'this is an expression of EventBridge', hint: `write ${FORM}; \`every: 1h\` is for rates` }
  }
  const count = trimmed === '' ? 0 : trimmed.split(/\s+/).length
  if (count === 5) return undefined
  const more = count === 6 ? '; seconds and years are not supported' : ''
  return { offset: 0, what: `the cron expression has ${count} ${count === 1 ? 'field' : 'fields'}`, hint: `write ${FORM}${more}` }
}

function parseField(word: string, field: Field, start: number): { readonly values: readonly number[] } | { readonly problem: CronProblem } {
  const values = new Set<number>()
  let offset = start
  for (const part of word.split(',')) {
    const range = rangeOf(part, field)
    if ('what' in range) return { problem: { offset, ...range } }
    for (let value = range.from; value <= range.to; value += range.step) values.add(value)
    offset += part.length + 1
  }
  return { values: [...values].sort((a, b) => a - b) }
}

function rangeOf(part: string, field: Field): { from: number; to: number; step: number } | Omit<CronProblem, 'offset'> {
  const allowed = `the ${field.name} is ${field.low} to ${field.high}${field.names === undefined ? '' : ` or ${field.names[0]} to ${field.names.at(-1)}`}, \`*\`, a range \`a-b\`, a step \`*/n\`, or a list of these with commas`
  const no = (what: string) => ({ what, hint: allowed })
  const [, star, low = '', high, step] = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part) ?? []
  if (star === undefined && low === '') return no(`\`${part}\` is not a valid ${field.name}`)
  const every = step === undefined ? 1 : Number(step)
  if (every < 1) return no(`the step of \`${part}\` is 0`)
  if (every > field.high) return no(`the step of \`${part}\` is larger than the maximum, ${field.high}`)
  if (star !== undefined) return { from: field.low, to: field.name === FIELDS.weekdays.name ? 6 : field.high, step: every }
  const from = numberOf(low, field)
  const to = high === undefined ? (step === undefined ? from : field.name === FIELDS.weekdays.name ? 6 : field.high) : numberOf(high, field)
  const stray = from === undefined ? low : to === undefined ? high : undefined
  if (stray !== undefined || from === undefined || to === undefined) return no(`\`${stray}\` is not a valid ${field.name}`)
  if (from > to) return no(`the range \`${part}\` ends before it begins`)
  return { from, to, step: every }
}

function numberOf(word: string, { low, high, names }: Field): number | undefined {
  const named = names?.indexOf(word.toUpperCase()) ?? -1
  if (named >= 0) return named + low
  if (!/^\d{1,2}$/.test(word)) return undefined
  const value = Number(word)
  return value >= low && value <= high ? value : undefined
}

function daysProblem({ days, months, weekdays }: Cron, dayOffset: number, weekdayOffset: number): CronProblem | undefined {
  if (days !== null && weekdays !== null) {
    return {
      offset: weekdayOffset,
      what: 'both a day of the month and a day of the week are given',
      hint: 'set one of them to `*`: cron runs on either day, which EventBridge cannot express',
    }
  }
  if (days === null || months.some((month) => (days[0] ?? 1) <= (LENGTHS[month - 1] ?? 31))) return undefined
  return {
    offset: dayOffset,
    what: 'none of its months has this day, so it would never start a run',
    hint: 'correct the day or the month',
  }
}
