/** The schedule of a definition: its cron expression, time zone and inputs checked. */
import { toSeconds } from '#steps/kind/fields.ts'
import { parseCron } from '#core/time/cron.ts'
import { zoneProblem } from '#core/time/zone.ts'
import type { CheckContext } from '../check-shape.ts'
import { isOpaque, reportInText } from '../compile-value.ts'
import type { Schedule } from '../definition.ts'
import { type Path, report } from '../parse-context.ts'
import type { ScheduleFields } from '../starts-schema.ts'
import { OF_SCHEDULE } from './readable.ts'
import { type Declared, readStartInputs } from './start-inputs.ts'

const PATH: Path = ['schedule']

/** Undefined when there is none, or it has problems. */
export function readSchedule(given: ScheduleFields | undefined, declared: Declared, checking: CheckContext): Schedule | undefined {
  if (given === undefined) return undefined
  const bare = typeof given === 'string'
  const { cron, every, timezone, start_date, catchup, inputs } = bare
    ? { cron: given, every: undefined, timezone: 'UTC', start_date: undefined, catchup: false, inputs: {} }
    : given
  const { reading } = checking
  if ((cron === undefined) === (every === undefined)) {
    const what = cron === undefined ? 'the schedule has neither `cron` nor `every`' : 'the schedule has both `cron` and `every`'
    report(
      reading,
      'choose-one',
      cron === undefined ? PATH : [...PATH, 'every'],
      { what, hint: 'say either at which times, or how often' },
      { at: cron === undefined ? 'value' : 'key' },
    )
  }
  if (cron !== undefined) checkCron(cron, bare ? PATH : [...PATH, 'cron'], checking)
  checkZone(timezone, checking)
  if (start_date !== undefined) checkDate(start_date, [...PATH, 'start_date'], checking)
  const place = {
    path: bare || Object.keys(inputs).length === 0 ? PATH : [...PATH, 'inputs'],
    subject: 'the schedule',
    readable: OF_SCHEDULE,
    collecting: false,
  }
  const shared = {
    timezone,
    ...(start_date === undefined ? {} : { start_date }),
    catchup,
    inputs: readStartInputs(inputs, place, declared, checking).inputs,
  }
  if (cron !== undefined) return { ...shared, cron: cron.trim().replace(/\s+/g, ' ') }
  return every === undefined ? undefined : { ...shared, every: toSeconds(every) }
}

function checkCron(text: string, path: Path, checking: CheckContext): void {
  if (isOpaque(path, checking)) return
  const parsed = parseCron(text)
  if (!parsed.ok) reportInText(checking, 'invalid-cron', path, parsed.problem.offset, parsed.problem)
}

function checkZone(zone: string, checking: CheckContext): void {
  const path = [...PATH, 'timezone']
  const problem = isOpaque(path, checking) ? undefined : zoneProblem(zone)
  if (problem !== undefined) report(checking.reading, 'unknown-timezone', path, problem)
}

/** A day that the calendar has: 2026-02-30 is none. */
function checkDate(text: string, path: Path, checking: CheckContext): void {
  const day = new Date(`${text}T00:00:00Z`)
  if (!Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)) return
  report(checking.reading, 'invalid-value', path, { what: `the calendar has no ${text}`, hint: 'write a day as 2026-11-21' })
}
