/** Processes of runs are killed at random moments, and the runs resumed until they are done. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Ended, runCli, runsIn, type Started, startCli } from '../../test/kit/cli.ts'
import { gone, kill, letRun, type Pace, type Victim } from '../../test/kit/kill.ts'
import { finishedTasks, resultOf } from '../../test/kit/run-outcome.ts'
import { assertBalanced, assertNothingHeld, ledgerOf } from './books.ts'
import { assert, type Disturbance, pick } from './disturbance.ts'
import { type DisturbedPipeline, PIPELINES, placed } from './pipelines.ts'
import { differing, goOn } from './resumed.ts'

interface Undisturbed {
  /** All runs of a pipeline read the same sources. */
  readonly sources: string
  readonly result: Record<string, string>
  readonly pace: Pace
}

export const kills: Disturbance = {
  name: 'kills',
  title: 'SIGKILL of the run, its workers or all of them at a random moment, then resume',
  holds: 'same bytes as undisturbed, books balanced, nothing held',
  cases: { usual: 200, short: 3 },
  inProcess: false,
  open: async (folder) => {
    const known = new Map<string, Promise<Undisturbed>>()
    return {
      one: async (number, random) => {
        const pipeline = PIPELINES[number % PIPELINES.length] as DisturbedPipeline
        const whole = known.get(pipeline.name) ?? undisturbed(pipeline, join(folder, pipeline.name))
        known.set(pipeline.name, whole)
        return killed(pipeline, join(folder, `killed-${number}`), await whole, random)
      },
    }
  },
}

async function undisturbed(pipeline: DisturbedPipeline, folder: string): Promise<Undisturbed> {
  const [sources, cwd] = [join(folder, 'sources'), join(folder, 'whole')]
  mkdirSync(folder)
  pipeline.writeSources(sources)
  const command = placed(pipeline, cwd, sources)
  const began = performance.now()
  const started = startCli(command, { cwd })
  while (started.process.exitCode === null && finishedTasks(cwd) === 0) await wait(5)
  const first = performance.now() - began
  const ended = await started.ended
  if (ended.code !== 0) throw new Error(`${pipeline.name} fails when nothing disturbs it: ${ended.err}`)
  return { sources, result: resultOf(cwd), pace: { tasks: finishedTasks(cwd), first } }
}

/** One run that is killed once. A worker that is killed is replaced; anything else has to be resumed. */
async function killed(pipeline: DisturbedPipeline, cwd: string, whole: Undisturbed, random: () => number): Promise<string> {
  const command = placed(pipeline, cwd, whole.sources)
  const victim = pick<Victim>(['group', 'group', 'group', 'parent', 'worker'], random)
  let running = startCli(command, { cwd })
  let done = 'over before the kill'
  if (await letRun(running, cwd, whole.pace, random)) {
    done = `${victim} killed`
    const workers = await kill(running, victim)
    if (victim !== 'worker') running = goOn(command, cwd, ['--workers', '2'])
    if (victim === 'parent') await gone(workers)
  }
  const ended = await finished(running, cwd)
  assert(ended.code === 0, `${pipeline.name}, ${done}: ends with code ${ended.code}\n${ended.out}${ended.err}`)
  const other = differing(resultOf(cwd), whole.result)
  assert(other.length === 0, `${pipeline.name}, ${done}: not as undisturbed: ${other.join(', ')}`)
  for (const run of runsIn(cwd)) assertBalanced(ledgerOf(cwd, run))
  await assertNothingHeld(cwd)
  rmSync(cwd, { recursive: true, force: true })
  return done
}

/** A worker killed in its last attempt makes the run fail, and then it is resumed as well. */
async function finished(running: Started, cwd: string): Promise<Ended> {
  const ended = await running.ended
  return ended.code === 1 && ended.err.includes('was killed (SIGKILL)') ? runCli(['resume', 'last', '--quiet'], { cwd }) : ended
}
