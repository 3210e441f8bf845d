/** siftstep why */
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { commandOn, storeFolder } from '#cli/runs/on-store.ts'
import { afterFailure } from '#cli/show/ending.ts'
import { type NextStep, whyText } from '#cli/show/why-text.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { readComparedRun } from '#run/runs/compared-run.ts'
import { type Diagnosis, diagnose } from '#run/runs/diagnose.ts'
import { findRun, listRuns, type StoredRun } from '#run/runs/list.ts'

export async function showWhy(args: Args, terminal: Terminal): Promise<number> {
  const folder = storeFolder(args, terminal)
  const run = await findRun(args.positionals[0] ?? '', folder)
  const good = (await listRuns(folder)).find((one) => isGoodBefore(one, run))
  const diagnosis = diagnose(await readComparedRun(run, folder), good === undefined ? null : await readComparedRun(good, folder))
  const next = nextSteps(run, diagnosis, commandOn(run.record.id, folder, terminal))
  terminal.out(args.has('json') ? `${JSON.stringify({ ...diagnosis, next }, null, 2)}\n` : whyText(diagnosis, next))
  return EXIT.ok
}

const isGoodBefore = (one: StoredRun, { record }: StoredRun) =>
  one.state === 'succeeded' && one.record.pipeline.id === record.pipeline.id && one.record.started_at < record.started_at

function nextSteps({ record }: StoredRun, { state, since, resumable }: Diagnosis, command: (name: string) => string): readonly NextStep[] {
  const compare: readonly NextStep[] = since === null ? [] : [['diff', command(`diff ${since.run}`)]]
  switch (state) {
    case 'succeeded':
      return []
    case 'running':
      return [['follow', command('runs --follow')]]
    case 'failed':
      return [...compare, ...afterFailure({ record, command })]
    default:
      return [...compare, ['show', command('show')], ...(resumable ? [['resume', command('resume')] as const] : [])]
  }
}
