/** Runs and resumes at the same time, in one store, publishing to one output. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Ended, runCli, runsIn, startCli } from '../../test/kit/cli.ts'
import { kill } from '../../test/kit/kill.ts'
import { assertBalanced, assertClearError, assertNothingHeld, assertWhole, ledgerOf } from './books.ts'
import { assert, type Disturbance, pick } from './disturbance.ts'
import { PIPELINES, placedWithSources } from './pipelines.ts'
import { hasBegun } from './resumed.ts'

/** Words of a command that finds another at work; it may be given again. */
const OTHER_AT_WORK = /is already working on the run|is publishing to .* at the moment|no run to resume|no runs in/

export const concurrent: Disturbance = {
  name: 'concurrent',
  title: 'Two runs and a resume at the same time on one store and one output, one of them killed in half the cases',
  holds: 'each ends well or names the other, output whole, books balanced',
  cases: { usual: 40, short: 1 },
  inProcess: false,
  open: async (folder) => ({ one: (number, random) => together(join(folder, String(number)), random) }),
}

async function together(cwd: string, random: () => number): Promise<string> {
  const pipeline = pick(PIPELINES, random)
  const command = placedWithSources(pipeline, cwd)
  const first = startCli(command, { cwd })
  await wait(random() * 1500)
  const second = startCli(command, { cwd })
  const isKilled = random() < 0.5
  await wait(random() * 2500)
  if (isKilled) await kill(first, 'group')
  const resumes = [startCli(['resume', 'last', '--quiet'], { cwd })]
  if (isKilled) resumes.push(startCli(['resume', runsIn(cwd)[0] ?? 'last', '--quiet'], { cwd }))
  const ended = await Promise.all([...(isKilled ? [] : [first.ended]), second.ended, ...resumes.map((one) => one.ended)])
  for (const one of ended) assertEndedWell(one)
  // what was killed, or met another, is finished now
  for (const run of runsIn(cwd)) {
    if (!hasBegun(cwd, run)) continue
    const again = await runCli(['resume', run, '--quiet'], { cwd })
    assertClearError(again)
    assert(again.code === 0, `${pipeline.name}: a resume of ${run} when all is quiet ends with code ${again.code}: ${again.err}`)
    assertBalanced(ledgerOf(cwd, run))
  }
  assertWhole(join(cwd, 'out'))
  await assertNothingHeld(cwd)
  rmSync(cwd, { recursive: true, force: true })
  return isKilled ? 'two runs, one killed, two resumes' : 'two runs and a resume'
}

function assertEndedWell(ended: Ended): void {
  assertClearError(ended)
  assert(ended.code === 0 || OTHER_AT_WORK.test(ended.err), `ended with code ${ended.code} for another reason: ${ended.err}`)
}
