/** Follows a run on AWS: prints its history on the same console as a local run. */
import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT, exitCodeOfRecord, type RunEvent } from '#run/local/events.ts'
import { startReplay } from '#run/local/replay.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { type ConsoleOptions, openConsole } from '#cli/show/console.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import type { Aws } from './clients.ts'
import { commandOnAws } from './executions.ts'
import { type AwsRun, describeRun, machineOf } from './executions.ts'
import { historyReader, mapProgress } from './history.ts'
import { machineOutline } from './machine-outline.ts'
import { identify, placeOf, reportOf, storedRun } from './run-record.ts'

/** Poll interval: short at first, for short runs, then longer. */
const pauseMs = (looks: number) => Math.min(1000, 100 * 2 ** looks)

/** Resolves with the exit code of the run when it ends, or when the user stops following. */
export async function followRun(
  aws: Aws,
  run: Pick<AwsRun, 'id' | 'arn' | 'deployed'>,
  environment: string | undefined,
  options: ConsoleOptions,
  terminal: Terminal,
): Promise<number> {
  const machine = await machineOf(aws, run)
  const { pipeline, outline, types } = machineOutline(machine)
  const begun = await describeRun(aws, run)
  const { id, resumed } = identify(run.id, begun.input)
  const command = commandOnAws(run.id, environment)
  const console = openConsole(outline, { ...options, engine: `AWS, ${aws.region}` }, terminal)
  const stop = new AbortController()
  const listenNoLonger = terminal.onStop(() => stop.abort())
  try {
    const report = (event: RunEvent) => console.onEvent(event)
    const at = begun.run.started_at.toISOString()
    report({ event: 'run_started', at, run: id, pipeline, machine_sha256: run.deployed.hash, resumed })
    const replay = startReplay(types, report)
    const history = historyReader(aws, run.arn, machine)
    for (let looks = 0; replay.end() === null; looks++) {
      for (const event of await history.more()) replay.take(event)
      if (replay.end() !== null) break
      for (const [mapRun, state] of replay.openMaps()) {
        const { done, total } = await mapProgress(aws, mapRun)
        replay.children(state, done, total)
      }
      await sleep(pauseMs(looks), undefined, { signal: stop.signal }).catch(() => {})
      if (stop.signal.aborted) {
        console.note(`The run continues. See it: ${command('show')}; stop it: ${command('stop')}`)
        return EXIT.interrupted
      }
    }
    const details = await describeRun(aws, run)
    const store = aws.store(run.deployed.bucket)
    const summary = replay.summary()
    const { record } = storedRun(details, pipeline, await reportOf(store, id), summary)
    const exit_code = exitCodeOfRecord(record)
    report({ event: 'run_finished', at: replay.end()?.at ?? at, record, summary, exit_code })
    const keys = workspace(id)
    const page = keys.report('html')
    console.end({
      record,
      summary,
      published: (await store.read(keys.manifest)) !== undefined,
      report: (await store.read(page)) === undefined ? null : `${placeOf(run.deployed.bucket, id)}/quality-report.html`,
      next: exit_code === EXIT.ok ? [['show', command('show')]] : [],
      command,
      again: `siftstep deploy FILE and siftstep start ${run.deployed.pipeline}`,
    })
    return exit_code
  } finally {
    listenNoLonger()
    console.close()
  }
}
