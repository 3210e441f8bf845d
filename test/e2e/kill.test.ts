/**
 * Runs that are killed with SIGKILL, whenever it happens, and resumed: the result is the same to the byte as that of a run nobody
 * disturbed, and what was finished is not touched again. SIFTSTEP_SEED gives other moments.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXAMPLE, runsIn, startCli, type Started } from '../kit/cli.ts'
import { seeded } from '../kit/chance.ts'
import { dirtySales } from '../kit/dirty-sales.ts'
import { gone, kill, letRun, type Victim } from '../kit/kill.ts'
import { digest, filesBelow, finishedTasks, resultOf } from '../kit/run-outcome.ts'
import { runs, seed } from '../kit/seed.ts'

/** Each victim of the list below twice. */
const KILLS = runs(20)

const place = mkdtempSync(join(tmpdir(), 'siftstep-kill-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

const RUN = ['run', 'pipeline.yaml', '--quiet', '--workers', '2', '--input', `source=${place}/input/*.csv`, '--input', 'output_path=out']
const SMALL = ['--input', 'output_format=csv', '--input', 'chunk_size=20']

/** A folder with the nine steps of the example and one whose rows meet, cut into small tasks. */
function folder(name: string): string {
  const made = join(place, name)
  mkdirSync(made)
  const example = readFileSync(join(EXAMPLE, 'pipeline.yaml'), 'utf8')
  const small = example.replace('resources:\n', 'resources:\n  task_bytes: 4KB\n').replace('interval: 2s', 'interval: 1s')
  const sorted = small.replace(
    '  - id: validate_output\n    type: validate\n    depends_on: [enrich_data]',
    '  - id: order_rows\n    type: transform\n    depends_on: [enrich_data]\n    with: {operations: [{sort: [{column: email, order: desc}]}]}\n\n' +
      '  - id: validate_output\n    type: validate\n    depends_on: [order_rows]',
  )
  expect(sorted).toMatch(/task_bytes[\s\S]*order_rows/)
  writeFileSync(join(made, 'pipeline.yaml'), sorted)
  return made
}

/** What each task leaves behind for its item: as it is when its marker stands, so it stays. */
const LEFT: Record<string, RegExp> = {
  inspect: /\/(inspections|sample|staged)\//,
  survey: /\/survey-\d+\//,
  segment: /\/(parts|outcomes|output-keys|told|fates)\//,
}

/** The finished tasks of a run, their markers and what they made: place, time of the last change and content. */
function finishedIn(cwd: string): Map<string, string> {
  const [run] = runsIn(cwd)
  const found = new Map<string, string>()
  if (run === undefined) return found
  const files = filesBelow(join(cwd, '.siftstep/runs', run))
  for (const marker of files.filter((name) => name.startsWith('tasks/') && !name.includes('.draft-'))) {
    const [, step = '', task = '', item] = /^tasks\/([^/]+)\/([a-z]+)(?:-(\d+))?\.json$/.exec(marker) ?? []
    const made = files.filter(
      (name) =>
        name.startsWith(`data/${step}/`) &&
        LEFT[task]?.test(name) &&
        name
          .split('/')
          .at(-1)
          ?.startsWith(item ?? '-'),
    )
    for (const name of [marker, ...made]) found.set(name, facts(join(cwd, '.siftstep/runs', run, name)))
  }
  return found
}

function facts(path: string): string {
  const { ino, mtimeNs } = statSync(path, { bigint: true })
  return `${ino} ${mtimeNs} ${digest(readFileSync(path))}`
}

/** Nothing of it was written again; a part that was published was moved, not copied. */
function expectUntouched(before: Map<string, string>, cwd: string): void {
  const [run = ''] = runsIn(cwd)
  const published = new Set(filesBelow(join(cwd, 'out')).map((name) => facts(join(cwd, 'out', name))))
  for (const [name, was] of before) {
    const path = join(cwd, '.siftstep/runs', run, name)
    const is = statSync(path, { throwIfNoEntry: false }) === undefined ? '' : facts(path)
    // a batch that is passed through a second time on purpose is written anew
    const [, step = '', item = ''] = /^data\/([^/]+)\/[^/]+\/(\d+)/.exec(name) ?? []
    const isSecond = existsSync(join(cwd, '.siftstep/runs', run, `tasks/${step}/segment-${item}/round-00001.json`))
    if (is !== was && !isSecond && !(name.includes('/parts/') && published.has(was)))
      expect.fail(`${name} was written again: ${was} is now ${is}`)
  }
}

let undisturbed: Record<string, string>
let pace = { tasks: 0, first: 0 }

beforeAll(async () => {
  mkdirSync(join(place, 'input'))
  for (const [at, text] of dirtySales(3, 150).entries()) writeFileSync(join(place, `input/sales-${at + 1}.csv`), text)
  const cwd = folder('undisturbed')
  const began = performance.now()
  const started = startCli([...RUN, ...SMALL], { cwd })
  while (started.process.exitCode === null && finishedTasks(cwd) === 0) await wait(5)
  const first = performance.now() - began
  const { code, out, err } = await started.ended
  expect({ code, err }, out).toEqual({ code: 0, err: '' })
  undisturbed = resultOf(cwd)
  pace = { tasks: finishedTasks(cwd), first }
  expect(pace.tasks).toBeGreaterThan(30)
  expect(JSON.parse(readFileSync(join(cwd, '.siftstep/runs', runsIn(cwd)[0] ?? '', 'ledger.json'), 'utf8')).rows).toMatchObject({
    quarantined: expect.toSatisfy((rows: number) => rows > 0),
    deduplicated: expect.toSatisfy((rows: number) => rows > 0),
  })
})

/** The run goes on: resumed, or, when it was killed before there was one, run again. */
function goOn(cwd: string, reported: string[]): Started {
  const known = runsIn(cwd).find((run) => statSync(join(cwd, '.siftstep/runs', run, 'run.json'), { throwIfNoEntry: false }) !== undefined)
  if (known !== undefined) {
    reported.push('resumed')
    return startCli(['resume', known, '--quiet', '--workers', '2'], { cwd })
  }
  reported.push('before it began')
  expect(statSync(join(cwd, 'out'), { throwIfNoEntry: false })).toBeUndefined()
  rmSync(join(cwd, '.siftstep'), { recursive: true, force: true })
  return startCli([...RUN, ...SMALL], { cwd })
}

const VICTIMS: readonly Victim[] = ['group', 'group', 'parent', 'group', 'group', 'worker', 'group', 'parent', 'group', 'group']

/** One run that is killed, once or twice, and gone on with to its end. Gives what happened, for the message of a failure. */
async function round(number: number): Promise<readonly string[]> {
  const reported: string[] = []
  const next = seeded(seed + number)
  const cwd = folder(`killed-${number}`)
  const victim = VICTIMS[number % VICTIMS.length] ?? 'group'
  let running = startCli([...RUN, ...SMALL], { cwd })
  let before = new Map<string, string>()
  // every fourth is killed again while it is being resumed
  for (let kills = victim !== 'worker' && number % 4 === 0 ? 2 : 1; kills > 0 && (await letRun(running, cwd, pace, next)); kills--) {
    reported.push(victim)
    const workers = await kill(running, victim)
    if (victim === 'worker') break
    // sometimes the resume finds orphans, sometimes they have had time to end by themselves
    if (victim === 'parent' && number % VICTIMS.length < 5) await gone(workers)
    expectUntouched(before, cwd)
    before = finishedIn(cwd)
    running = goOn(cwd, reported)
    if (victim === 'parent') {
      await letRun(running, cwd, pace, next)
      await gone(workers)
    }
  }
  const { code, out, err } = await running.ended
  const which = `round ${number} of seed ${seed}: ${reported.join(', ')}`
  expect(code, `${which}\n${out}${err}`).toBe(0)
  expectUntouched(before, cwd)
  expect(resultOf(cwd), which).toEqual(undisturbed)
  rmSync(cwd, { recursive: true, force: true })
  return reported
}

it(`gives the same after ${KILLS} kills (seed ${seed})`, async () => {
  const reported: string[] = []
  // a run waits now and then: with two at a time the machine does not
  const rounds = Array.from({ length: KILLS }, (_, number) => number)
  const lane = async () => {
    for (let number = rounds.shift(); number !== undefined; number = rounds.shift()) reported.push(...(await round(number)))
  }
  // both to their end: a run must not work on in a folder that is being removed
  for (const ended of await Promise.allSettled([lane(), lane()])) if (ended.status === 'rejected') throw ended.reason
  expect(reported.filter((what) => what === 'resumed').length, reported.join(', ')).toBeGreaterThan(KILLS / 2)
})
