/** siftstep schedule show */
import { folderStore } from '#io/store/folder.ts'
import type { Definition, Schedule } from '#language/definition/definition.ts'
import { EXIT } from '#run/local/events.ts'
import { anchorOf } from '#run/starts/anchor.ts'
import { type ScheduledChange, scheduledChanges } from '#run/starts/clock-changes.ts'
import { scheduleExpression } from '#run/starts/schedule-expression.ts'
import { scheduleText } from '#run/starts/schedule-text.ts'
import { nextStarts } from '#run/starts/start-times.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { countOf, dayOrTime } from '#cli/arguments/moments.ts'
import { allPipelines } from '#cli/arguments/pipelines.ts'
import { compiledHere, printProblems, readOptions, readOverlay } from '#cli/arguments/read-definition.ts'
import { storeFolder } from '#cli/runs/on-store.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

/** How far ahead changes of the clocks are looked for. */
const YEAR = 366 * 24 * 3600_000
const MOST = 1000

interface Shown {
  readonly pipeline: string
  readonly schedule: string | null
  readonly timezone?: string
  readonly start_date?: string
  /** The expression on AWS. */
  readonly eventbridge?: string
  readonly next?: readonly string[]
  readonly clock_changes?: readonly ScheduledChange[]
}

export async function showSchedule(args: Args, terminal: Terminal): Promise<number> {
  const [action = '', ...files] = args.positionals
  if (action !== 'show') {
    throw new UsageError(`unknown action ${action}`, 'write siftstep schedule show FILE', 'schedule')
  }
  if (files.length === 0) throw new UsageError('FILE is missing', 'Definitions (YAML files).', 'schedule')
  const count = countOf(args.value('count') ?? '5', '--count', MOST, 'schedule')
  const given = args.value('after')
  const after = given === undefined ? terminal.now() : new Date(dayOrTime(given, '--after', 'schedule'))
  const store = folderStore(storeFolder(args, terminal))
  const shown: Shown[] = []
  let valid = true
  for (const file of files) {
    const options = await readOptions(file, await readOverlay(args, terminal), terminal)
    for (const { text } of await allPipelines(file, args, terminal)) {
      const { compiled } = compiledHere(text, options, terminal)
      if (compiled.ok) {
        const { definition } = compiled
        const { schedule } = definition
        const anchor = schedule === undefined ? undefined : await anchorOf(definition.id, schedule, store)
        shown.push(facts(definition, after, count, anchor))
      } else {
        printProblems(compiled.problems, terminal)
        valid = false
      }
    }
  }
  if (!valid) return EXIT.definition
  terminal.out(args.has('json') ? `${JSON.stringify(shown, null, 2)}\n` : shown.map(textOf).join('\n'))
  return EXIT.ok
}

function facts({ id, schedule }: Pick<Definition, 'id' | 'schedule'>, after: Date, count: number, anchor: Date | undefined): Shown {
  if (schedule === undefined) return { pipeline: id, schedule: null }
  return {
    pipeline: id,
    schedule: scheduleText(schedule),
    timezone: schedule.timezone,
    ...startDateOf(schedule),
    eventbridge: scheduleExpression(schedule),
    next: nextStarts(schedule, after, count, anchor),
    clock_changes: scheduledChanges(schedule, after, new Date(after.getTime() + YEAR)),
  }
}

const startDateOf = ({ start_date }: Schedule) => (start_date === undefined ? {} : { start_date })

function textOf({ pipeline, schedule, eventbridge, start_date, next = [], clock_changes: changes = [] }: Shown): string {
  if (schedule === null) return `${pipeline}  no schedule\n`
  const since = start_date === undefined ? '' : `  from ${start_date}`
  const none = next.length === 0 ? ['counted from the moment that siftstep serve or siftstep deploy first has it'] : []
  const lines = [...none, ...next.map(timeText), ...changes.map(changeText)]
  return [`${pipeline}  ${schedule}${since}  on AWS: ${eventbridge}`, ...lines.map((line) => `  ${line}`), ''].join('\n')
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const weekday = (date: string) => WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()]

/** `Sat 2026-11-21 08:00 +01:00`; seconds only where there are some. */
function timeText(iso: string): string {
  const [, date = '', clock = '', seconds = '', offset = ''] = /^(\S{10})T(\d\d:\d\d):(\d\d)(\S+)$/.exec(iso) ?? []
  return `${weekday(date)} ${date} ${clock}${seconds === '00' ? '' : `:${seconds}`} ${offset === 'Z' ? 'UTC' : offset}`
}

function changeText({ date, from, to, skipped, twice }: ScheduledChange): string {
  const effect =
    skipped.length > 0
      ? `no run at ${listed(skipped)}, which ${skipped.length === 1 ? 'does' : 'do'} not exist`
      : twice.length > 0
        ? `one run at ${listed(twice)}, which ${twice.length === 1 ? 'occurs' : 'occur'} twice`
        : 'no effect on the number of runs'
  return `clocks change ${weekday(date)} ${date} ${from} → ${to}: ${effect}`
}

const listed = (times: readonly string[]) =>
  times.length > 4 ? `${times.slice(0, 3).join(', ')} and ${times.length - 3} other times` : times.join(', ')
