/** siftstep backfill */
import { availableParallelism } from 'node:os'
import { isoIn } from '#core/time/zone.ts'
import type { JsonObject } from '#core/json.ts'
import { folderStore } from '#io/store/folder.ts'
import type { Compiled } from '#language/compiler/compile.ts'
import { resolveInputs } from '#language/definition/inputs.ts'
import type { Schedule } from '#language/definition/definition.ts'
import { backfill, type Done } from '#run/backfill/backfill.ts'
import { backfillDates, EACH_DAY } from '#run/backfill/dates.ts'
import { type BackfillItem, itemsOf } from '#run/backfill/items.ts'
import { EXIT } from '#run/local/events.ts'
import { listRuns } from '#run/runs/list.ts'
import type { KnownRuns } from '#run/runs/past.ts'
import { unrecordedStarts } from '#run/serve/queue.ts'
import type { NewRun } from '#run/runs/start.ts'
import { anchorOf } from '#run/starts/anchor.ts'
import { fillInputs } from '#run/starts/fill.ts'
import type { StartEvent } from '#run/starts/kind.ts'
import { scheduledEvent } from '#run/starts/kinds/schedule.ts'
import { startSettingsOf } from '#run/starts/settings.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { keepLock } from '#cli/arguments/keep-lock.ts'
import { countOf, dayOrTime } from '#cli/arguments/moments.ts'
import { onePipeline } from '#cli/arguments/pipelines.ts'
import { checkedHere, printProblems, readGivenInputs, readOptions, readOverlay } from '#cli/arguments/read-definition.ts'
import { storeFolder } from '#cli/runs/on-store.ts'
import { backfillTable, exitCodeOfAll, planTable, summaryOf, toJson } from '#cli/show/backfill-text.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

/** Runs at a time; each has processes of its own. */
const MOST = 64

export async function runBackfill(args: Args, terminal: Terminal): Promise<number> {
  const [file = ''] = args.positionals
  const most = countOf(args.value('max-parallel') ?? '1', '--max-parallel', MOST, 'backfill')
  const workers = args.value('workers')
  const processes =
    workers === undefined ? Math.max(1, Math.floor(availableParallelism() / most)) : countOf(workers, '--workers', 9999, 'backfill')
  const store = storeFolder(args, terminal)
  const written = await onePipeline(file, args, terminal)
  const overlay = await readOverlay(args, terminal)
  const given = await readGivenInputs(args, terminal)
  const { compiled, text } = await checkedHere(written, await readOptions(file, overlay, terminal), terminal)
  if (!compiled.ok) {
    printProblems(compiled.problems, terminal)
    return EXIT.definition
  }
  const schedule = compiled.definition.schedule ?? EACH_DAY
  const dependsOnPast = schedule.depends_on_past !== undefined
  if (dependsOnPast && most > 1)
    throw new UsageError(
      `--max-parallel ${most}: runs that depend on the past go one at a time`,
      'leave --max-parallel out, or remove `depends_on_past` from the schedule',
      'backfill',
    )
  if (args.has('ignore-past') && !dependsOnPast)
    throw new UsageError('--ignore-past: the schedule has no `depends_on_past`', 'leave it out', 'backfill')
  const { items, known } = await itemsIn(compiled, schedule, store, args, terminal)
  const eventOf = (date: Date) => scheduledEvent(date, schedule, startSettingsOf(compiled.definition))
  const inputsOf = (event: StartEvent) => resolveInputs(compiled.definition, { ...fillInputs(event.inputs, event.values), ...given })
  const [first] = items
  const tried = first === undefined ? undefined : inputsOf(eventOf(first.date))
  if (tried?.ok === false) {
    printProblems(tried.problems, terminal)
    return EXIT.definition
  }
  const json = args.has('json')
  const zone = schedule.timezone
  if (args.has('plan')) {
    terminal.out(
      json
        ? `${JSON.stringify(
            items.map((item) => toJson(item, zone)),
            null,
            2,
          )}\n`
        : planTable(items, most, zone),
    )
    return EXIT.ok
  }
  await keepLock(compiled.lock, terminal)
  const runOf = (event: StartEvent): NewRun => {
    const resolved = inputsOf(event)
    if (!resolved.ok) throw new UsageError(resolved.problems.map(({ what }) => what).join('; '), 'correct the inputs', 'backfill')
    const { logical_date } = event
    const start: JsonObject = { ...event.cause, type: 'backfill' }
    return { compiled, text, file, overlay, inputs: resolved.inputs, logical_date, start, folder: terminal.cwd() }
  }
  const stop = new AbortController()
  const listenNoLonger = terminal.onStop(() => {
    if (stop.signal.aborted) terminal.die()
    terminal.err('Stopping the runs that are going on. Press again to kill them at once\n')
    stop.abort()
  })
  const say = (line: string) => terminal.err(`${line}\n`)
  try {
    const done = await backfill(
      {
        pipeline: compiled.definition.id,
        items,
        most,
        eventOf,
        runOf,
        ...(dependsOnPast ? { past: args.has('ignore-past') ? {} : { known } } : {}),
        onBegin: ({ date, todo }) => (json ? undefined : say(`${isoIn(date, zone)} ${todo === 'resume' ? 'resuming' : 'running'}`)),
        onEnd: (one) => (json ? terminal.out(`${JSON.stringify(endedJson(one, zone))}\n`) : say(endedLine(one, zone))),
      },
      {
        store,
        worker: terminal.program.worker,
        version: terminal.program.version,
        processes,
        env: terminal.env,
        now: terminal.now,
        signal: stop.signal,
      },
    )
    if (json) terminal.out(`${JSON.stringify({ event: 'backfill_finished', ...summaryOf(done) })}\n`)
    else terminal.out(backfillTable(done, zone))
    return exitCodeOfAll(done)
  } finally {
    listenNoLonger()
  }
}

async function itemsIn(
  { definition: { id } }: Compiled,
  schedule: Schedule,
  folder: string,
  args: Args,
  terminal: Terminal,
): Promise<{ readonly items: readonly BackfillItem[]; readonly known: KnownRuns }> {
  const from = args.value('from') ?? schedule.start_date
  if (from === undefined)
    throw new UsageError(
      '--from is missing',
      'give the first day: --from 2026-09-01; it is the default if the schedule has a start_date',
      'backfill',
    )
  const now = terminal.now()
  const wanted = {
    schedule,
    from: dayOrTime(from, '--from', 'backfill'),
    to: dayOrTime(args.value('to') ?? now.toISOString(), '--to', 'backfill'),
    anchor: await anchorOf(id, schedule, folderStore(folder)),
  }
  const found = backfillDates(wanted, now)
  if ('problem' in found) throw new UsageError(found.problem, found.hint, 'backfill')
  if (found.dates.length === 0)
    throw new UsageError(
      `the schedule has no time between ${wanted.from} and ${wanted.to}`,
      'siftstep schedule show FILE prints its times',
      'backfill',
    )
  const runs = (await listRuns(folder)).filter(({ record }) => record.pipeline.id === id)
  const known = { runs, unrecorded: await unrecordedStarts(folderStore(folder), id) }
  const [first] = found.dates
  // only the first date can be held up by dates that are not in the backfill
  const taken = args.has('ignore-past')
    ? known.unrecorded.find((one) => one.state === 'queued' && Date.parse(one.logical_date) === first?.getTime())?.name
    : undefined
  const queued = known.unrecorded.flatMap((one) => (one.state === 'queued' && one.name !== taken ? [one.logical_date] : []))
  const items = itemsOf(found.dates, { runs, queued }, args.has('again'))
  return { items: items.map((item, at) => (at === 0 && taken !== undefined ? { ...item, taken } : item)), known }
}

const endedLine = ({ item, record, error }: Done, zone: string) =>
  `${isoIn(item.date, zone)} ${error === null ? `${record?.status} ${record?.id}` : `could not start: ${error}`}`

const endedJson = ({ item, record, exit_code, error }: Done, zone: string) => ({
  event: 'date_finished',
  logical_date: isoIn(item.date, zone),
  resumed: item.todo === 'resume',
  run: record?.id ?? null,
  status: record?.status ?? null,
  exit_code,
  error,
})
