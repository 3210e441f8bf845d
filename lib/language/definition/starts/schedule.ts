/** Checks the schedule of a definition: cron expression, time zone and inputs. */
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

/** Undefined if there is none, or it has problems. `defaults` may have `depends_on_past` for it. */
export function readSchedule(
  given: ScheduleFields | undefined,
  defaults: Defaults,
  declared: Declared,
  context: CheckContext,
): Schedule | undefined {
  const past = dependsOnPast(given, defaults, context)
  if (given === undefined) return undefined
  const bare = typeof given === 'string'
  const { cron, every, timezone, start_date, catchup, inputs } = bare
    ? { cron: given, every: undefined, timezone: 'UTC', start_date: undefined, catchup: false, inputs: {} }
    : given
  if ((cron === undefined) === (every === undefined)) {
    const what = cron === undefined ? 'the schedule has neither `cron` nor `every`' : 'the schedule has both `cron` and `every`'
    report(
      context,
      'choose-one',
      cron === undefined ? PATH : [...PATH, 'every'],
      { what, hint: 'use exactly one of them' },
      { at: cron === undefined ? 'value' : 'key' },
    )
  }
  if (cron !== undefined) checkCron(cron, bare ? PATH : [...PATH, 'cron'], context)
  checkZone(timezone, context)
  if (start_date !== undefined) checkDate(start_date, [...PATH, 'start_date'], context)
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
    ...(past === undefined ? {} : { depends_on_past: past }),
    inputs: readStartInputs(inputs, place, declared, context).inputs,
  }
  if (cron !== undefined) return { ...shared, cron: cron.trim().replace(/\s+/g, ' ') }
  return every === undefined ? undefined : { ...shared, every: toSeconds(every) }
}

interface Defaults {
  readonly depends_on_past?: boolean | undefined
}

/** The path of the key that says it; undefined if none does, or it is false. */
function dependsOnPast(given: ScheduleFields | undefined, defaults: Defaults, context: CheckContext): Schedule['depends_on_past'] {
  const own = typeof given === 'object' ? given.depends_on_past : undefined
  if (own !== undefined) {
    if (defaults.depends_on_past !== undefined)
      report(context, 'invalid-value', [...PATH, 'depends_on_past'], {
        what: '`depends_on_past` stands in `schedule` and in `defaults`',
        hint: 'keep one of them; both are of the schedule',
      })
    return own ? 'schedule.depends_on_past' : undefined
  }
  if (defaults.depends_on_past !== true) return undefined
  if (given === undefined)
    report(context, 'invalid-value', ['defaults', 'depends_on_past'], {
      what: '`depends_on_past` is of scheduled runs, and there is no `schedule`',
      hint: 'add a `schedule`, or remove the key',
    })
  return 'defaults.depends_on_past'
}

function checkCron(text: string, path: Path, context: CheckContext): void {
  if (isOpaque(path, context)) return
  const parsed = parseCron(text)
  if (!parsed.ok) reportInText(context, 'invalid-cron', path, parsed.problem.offset, parsed.problem)
}

function checkZone(zone: string, context: CheckContext): void {
  const path = [...PATH, 'timezone']
  const problem = isOpaque(path, context) ? undefined : zoneProblem(zone)
  if (problem !== undefined) report(context, 'unknown-timezone', path, problem)
}

/** Checks that the calendar has the day: 2026-02-30 does not exist. */
function checkDate(text: string, path: Path, context: CheckContext): void {
  const day = new Date(`${text}T00:00:00Z`)
  if (!Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)) return
  report(context, 'invalid-value', path, { what: `the date ${text} does not exist`, hint: 'use a date such as 2026-11-21' })
}
