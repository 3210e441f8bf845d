/** Disks that are too small for the store or the output, which get room later. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCli, runsIn } from '../../test/kit/cli.ts'
import { outputOf } from '../../test/kit/run-outcome.ts'
import { assertBalanced, assertClearError, assertNothingHeld, assertWhole, ledgerOf } from './books.ts'
import { assert, type Disturbance, pick, Skipped } from './disturbance.ts'
import { type DisturbedPipeline, PIPELINES, placedWithSources } from './pipelines.ts'
import { begunRun } from './resumed.ts'

const NO_ROOM = /no space is left/
/** What a run that failed after its publish says. */
const PUBLISHED = /The output (was|had been) published/

export const fullDisk: Disturbance = {
  name: 'full-disk',
  title: 'A disk of 16 to 600 KB for the store or the output; it gets room, then resume',
  holds: 'reports that no space is left, publishes nothing in part, same output afterwards',
  cases: { usual: 40, short: 1 },
  inProcess: false,
  open: async (folder) => {
    const known = new Map<string, Promise<Record<string, string>>>()
    return {
      one: async (number, random) => {
        const pipeline = pick(PIPELINES, random)
        const whole = known.get(pipeline.name) ?? undisturbed(pipeline, join(folder, `whole-${pipeline.name}`))
        known.set(pipeline.name, whole)
        return onSmallDisk(pipeline, join(folder, String(number)), await whole, random)
      },
    }
  },
}

async function undisturbed(pipeline: DisturbedPipeline, cwd: string): Promise<Record<string, string>> {
  const command = placedWithSources(pipeline, cwd)
  const ended = await runCli(command, { cwd })
  if (ended.code !== 0) throw new Error(`${pipeline.name} fails when nothing disturbs it: ${ended.err}`)
  return outputOf(join(cwd, 'out'))
}

async function onSmallDisk(pipeline: DisturbedPipeline, cwd: string, whole: Record<string, string>, random: () => number): Promise<string> {
  const where = random() < 0.7 ? '.siftstep' : 'out'
  const kilobytes = Math.floor(where === 'out' ? 4 + random() * 40 : 16 + random() * 600)
  const command = placedWithSources(pipeline, cwd)
  const disk = join(cwd, where)
  mkdirSync(disk)
  mount(['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', disk])
  try {
    const ended = await runCli(command, { cwd })
    assertClearError(ended)
    assert(ended.code === 0 || NO_ROOM.test(ended.err), `${where} of ${kilobytes} KB: does not report that no space is left: ${ended.err}`)
    if (ended.code !== 0) {
      // what fails after the publish, such as the report, leaves an output that is whole, and says so
      const published = existsSync(join(cwd, 'out/_manifest.json'))
      const says = PUBLISHED.test(ended.err)
      assert(says === published, `${where} of ${kilobytes} KB: published: ${published}, but the message says otherwise: ${ended.err}`)
      if (published)
        assert(JSON.stringify(outputOf(join(cwd, 'out'))) === JSON.stringify(whole), `${where} of ${kilobytes} KB: published in part`)
      mount(['-o', 'remount,size=50m', disk])
      const run = begunRun(cwd)
      const again = await runCli(run === undefined ? command : ['resume', run, '--quiet'], { cwd })
      assert(again.code === 0, `${where} of ${kilobytes} KB: with room again it ends with code ${again.code}: ${again.err}`)
    }
    assertWhole(join(cwd, 'out'))
    assert(JSON.stringify(outputOf(join(cwd, 'out'))) === JSON.stringify(whole), `${where} of ${kilobytes} KB: another output`)
    for (const run of runsIn(cwd)) assertBalanced(ledgerOf(cwd, run))
    await assertNothingHeld(cwd)
    return ended.code === 0 ? 'had room enough' : `${where === 'out' ? 'output' : 'store'} full`
  } finally {
    execFileSync('umount', [disk])
    rmSync(cwd, { recursive: true, force: true })
  }
}

function mount(options: readonly string[]): void {
  try {
    execFileSync('mount', options, { stdio: 'pipe' })
  } catch {
    throw new Skipped('skipped: no small disk can be mounted here')
  }
}
