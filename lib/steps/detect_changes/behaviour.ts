/** What detect_changes does: filters by the mark of earlier runs, and finds the next one in the facts. */
import { named } from '#core/text/lookup.ts'
import { TaskError } from '#core/errors/errors.ts'
import { count } from '#core/text/numbers.ts'
import type { Facts } from '#relational/measures/facts.ts'
import { nameInExpression } from '#relational/operations/expressions.ts'
import type { Op } from '#relational/operations/ops.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { type Column, isNumeric } from '#relational/types/types.ts'
import type { RowsBehaviour } from '#steps/kind/behaviour.ts'
import { boundExpression } from '#steps/kind/bound-expression.ts'
import { toSeconds } from '#steps/kind/fields.ts'
import type { LowerContext } from '#steps/kind/lower-context.ts'
import { config } from './config.ts'

/** A day in seconds: dates know nothing finer. */
const DAY = 86_400

type Mark = string | number | null

export const detectChangesBehaviour: RowsBehaviour = {
  lower: (settings, context) => {
    const { column: given, lookback, late, since: wanted, keys } = config.parse(settings)
    const column = existingColumn(given, context)
    const name = nameInExpression(column.name)
    const reached = (context.remembered ?? null) as Mark
    const mark = earlier(reached, sinceOf(wanted, column, context))
    const seconds = secondsBack(column, toSeconds(lookback), context)
    const check = (rule: string, expression: string, reason: string): Op => {
      const bound = boundExpression({ expression, parameters: {} }, context, { condition: true })
      const test = { is: 'violation' as const, ...bound }
      return { op: 'check', origin: { step: context.step, rule }, column: column.name, test, fate: 'quarantine', reason }
    }
    const missing = check('no_value', `${name} IS NULL`, `${column.name} is missing: whether the row is new is unknown`)
    const newest: readonly Op[] =
      keys === undefined
        ? []
        : [
            {
              op: 'deduplicate',
              origin: { step: context.step, rule: 'changed_again' },
              key_set: context.keySet({ columns: keys, keep: 'last' }),
            },
          ]
    if (mark === null) return [missing, ...newest]
    const since = literal(column, mark, context)
    const from = seconds === 0 ? since : `${since} - INTERVAL '${seconds} seconds'`
    const kept = boundExpression({ expression: `${name} > ${from}`, parameters: {} }, context, { condition: true })
    const filter: Op = { op: 'filter', origin: { step: context.step, rule: 'already_processed' }, ...kept }
    if (late === 'include' || seconds === 0) return [missing, filter, ...newest]
    const tooLate = check('late', `${name} <= ${since}`, `${column.name} is not after ${mark}, which an earlier run has reached`)
    return [missing, filter, tooLate, ...newest]
  },
  summarize: (settings, { step, columns_before, rows_out, filtered, quarantined, deduplicated, facts, remembered = null }) => {
    const { name } = existingColumn(config.parse(settings).column, { step, columns: columns_before })
    const since = remembered as Mark
    const until = later(since, maximumOf(name, facts))
    const left = [
      ...(filtered > 0 ? [`${filtered.toLocaleString('en')} already processed`] : []),
      ...(deduplicated > 0 ? [`${deduplicated.toLocaleString('en')} changed again later`] : []),
      ...(quarantined > 0 ? [`${quarantined.toLocaleString('en')} to quarantine`] : []),
    ]
    const when = since === null ? 'in the first run' : `since ${since}`
    return {
      result: { count: rows_out, since, until },
      remember: until,
      report: {
        level: quarantined > 0 ? 'warning' : 'ok',
        message: `Found ${count(rows_out, 'new row')} ${when}${left.length === 0 ? '' : ` (${left.join(', ')})`}`,
        lines: [],
      },
    }
  },
}

/** The largest value of the column among all rows that were read, those that are not new included. */
const maximumOf = (name: string, facts: Facts | undefined) => (named(facts?.columns, name)?.maximum ?? null) as Mark

const earlier = (a: Mark, b: Mark): Mark => (a === null ? b : b === null ? a : b < a ? b : a)

/** `since` as the column writes its values. Definition.InvalidSetting for what is none of them. */
function sinceOf(given: string | number | null | undefined, { name, type }: Column, { step }: LowerContext): Mark {
  if (given === undefined || given === null) return null
  const problem = (hint: string) =>
    new TaskError('Definition.InvalidSetting', `since is '${given}', and ${name} is ${type}`, { step, hint, path: 'with.since' })
  if (isNumeric(type)) {
    if (String(given).trim() !== '' && Number.isFinite(Number(given))) return Number(given)
    throw problem('give a number')
  }
  // a time zone is that of the text: columns hold times in UTC
  const text = String(given)
  const isZoned = /(Z|[+-]\d\d:?\d\d)$/.test(text)
  const moment = Date.parse(isZoned || !text.includes(':') ? text : `${text.replace(' ', 'T')}Z`)
  if (Number.isNaN(moment)) throw problem('give a date or a timestamp: 2026-01-31 or 2026-01-31 08:00:00')
  const iso = new Date(moment).toISOString()
  return type === 'date' ? iso.slice(0, 10) : iso.slice(0, -1).replace('T', ' ')
}

/** The mark never moves back: files of before may be gone. */
const later = (a: Mark, b: Mark): Mark => (a === null ? b : b === null ? a : b > a ? b : a)

/** A mark as it stands in an expression. */
function literal({ name, type }: Column, mark: Exclude<Mark, null>, { step }: LowerContext): string {
  const isNumber = isNumeric(type)
  if (isNumber !== (typeof mark === 'number')) {
    throw new TaskError('Data.SchemaMismatch', `${name} is ${type}, and earlier runs of the pipeline have reached ${mark}`, {
      step,
      hint: 'give the column its type in the discover step (types), or give the step another id to begin anew',
    })
  }
  if (isNumber) return String(mark)
  return type === 'date' ? `DATE '${String(mark).slice(0, 10)}'` : `TIMESTAMP '${mark}'`
}

/** How far back rows are read again. Definition.InvalidSetting, Data.SchemaMismatch for what has no meaning with the column. */
function secondsBack({ name, type }: Column, seconds: number, { step, facts }: LowerContext): number {
  if (type === 'text' || type === 'boolean') {
    // a column whose cells are all missing has no type yet
    if (maximumOf(name, facts) === null && facts?.rows === 0) return 0
    throw new TaskError('Data.SchemaMismatch', `${name} is ${type}, and has no order that separates new rows from old ones`, {
      step,
      hint: 'name a column of dates, timestamps or numbers, or give the column its type in the discover step (types)',
    })
  }
  const isNumber = isNumeric(type)
  if (seconds === 0 || (type === 'date' ? seconds % DAY === 0 : !isNumber)) return seconds
  throw new TaskError('Definition.InvalidSetting', `lookback has no meaning with ${name}, a column of type ${type}`, {
    step,
    hint: type === 'date' ? 'give whole days, such as 1d' : 'remove it: it is for dates and timestamps',
    path: 'with.lookback',
  })
}
