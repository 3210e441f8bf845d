/**
 * `npm run mutate`: changes the sources of the data plane one place at a time and runs the tests that should notice. Prints how many mutants
 * were killed (a test failed, or did not end) in each module, and lists the survivors. Ends with 1 when fewer than 85 % were killed.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { seeded } from '../test/kit/chance.ts'
import { whyEquivalent } from './mutate/equivalent/index.ts'
import { type Lane, openLane } from './mutate/lanes.ts'
import { MUTATED_MODULES, type MutatedModule } from './mutate/modules.ts'
import { type Mutant, mutantsOf, mutated, nameOf, sampled } from './mutate/mutants.ts'

const ROOT = resolve(import.meta.dirname, '..')
const WANTED_SHARE = 0.85
const USAGE = `usage: npm run mutate -- [--mutants 300] [--seed 1] [--only lib/io/publish,lib/data/survey/scan.ts] [--lanes ${availableParallelism()}]
  --only  modules or files to change; all of the data plane when absent
  --lanes mutants that are tried at a time, each in a process and a copy of the tree of its own`

const { values } = parseArgs({
  options: {
    mutants: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    lanes: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', default: false },
  },
})

interface Target extends MutatedModule {
  readonly files: readonly string[]
  readonly testFiles: readonly string[]
}

interface Tried {
  readonly target: Target
  readonly mutant: Mutant
  readonly result: 'killed' | 'timeout' | 'survived'
}

const texts = new Map<string, string>()

/** A source as it was when the run began: mutants are places in it, and somebody may work on in the tree. */
function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(join(ROOT, file), 'utf8')
  texts.set(file, text)
  return text
}

function below(path: string, extension: string): readonly string[] {
  const found = statSync(join(ROOT, path), { throwIfNoEntry: false })
  if (found === undefined) return []
  if (found.isFile()) return [path]
  const names = readdirSync(join(ROOT, path), { recursive: true, encoding: 'utf8' }).sort()
  return names.filter((name) => name.endsWith(extension)).map((name) => join(path, name))
}

function targets(only: readonly string[]): readonly Target[] {
  const isWanted = (file: string) => only.length === 0 || only.some((path) => file === path || file.startsWith(`${path}/`))
  return MUTATED_MODULES.map((module) => ({
    ...module,
    files: below(module.folder, '.ts').filter((file) => !file.endsWith('.generated.ts') && isWanted(file)),
    testFiles: [...new Set(module.tests.flatMap((path) => below(path, '.test.ts')))],
  })).filter(({ files }) => files.length > 0)
}

/** The tests of a module, the quickest first, and the seconds in which no test may end. */
interface Baseline {
  readonly tests: readonly string[]
  readonly patience: number
}

/** A source that fails as soon as it is loaded. */
const broken = (file: string) => ({ file, text: `throw new Error('changed')\n${textOf(file)}` })

/**
 * Whether a lane loads what was changed, and no longer loads it when that was taken back: else nothing it says of mutants is worth anything.
 * `tests` are those of the file.
 */
async function checkLane(lane: Lane, file: string, tests: readonly string[]): Promise<void> {
  const changed = await lane.run({ change: broken(file), tests }, 600)
  if (changed?.killed === false) throw new Error(`${file} was changed, but the tests still load it as it was`)
  const restored = await lane.run({ change: null, tests }, 600)
  if (restored?.killed !== false) throw new Error(`${file} was put back, but the tests still load it as changed: ${restored?.by}`)
}

/** Runs the tests without a mutant: they must pass. */
async function baseline(lane: Lane, chosen: readonly Target[]): Promise<ReadonlyMap<Target, Baseline>> {
  const known = new Map<Target, Baseline>()
  for (const target of chosen) {
    const answer = await lane.run({ change: null, tests: target.testFiles }, 1200)
    if (answer === undefined || answer.killed) throw new Error(`the tests of ${target.folder} fail without a mutant: ${answer?.by}`)
    console.log(`${target.folder}: ${answer.passed} tests of ${target.testFiles.length} files take ${answer.seconds.toFixed(1)} s`)
    const taken = (test: string) => answer.files[test] ?? 0
    known.set(target, { tests: [...target.testFiles].sort((a, b) => taken(a) - taken(b)), patience: 20 + 4 * answer.pause })
  }
  return known
}

/** The tests of the file itself, named after it, then those of its folder, then the others. */
function nearestFirst(file: string, tests: readonly string[]): readonly string[] {
  const own = file.replace(/^lib/, 'test').replace(/\.ts$/, '.test.ts')
  const distance = (test: string) => (test === own ? 0 : dirname(test) === dirname(own) ? 1 : 2)
  return [...tests].sort((a, b) => distance(a) - distance(b))
}

async function run(): Promise<void> {
  const only = values.only?.split(',').map((path) => path.replace(/\/$/, '')) ?? []
  const chosen = targets(only)
  if (chosen.length === 0)
    throw new Error(`--only ${values.only}: no module has such files; modules: ${MUTATED_MODULES.map(({ folder }) => folder).join(', ')}`)
  const all = chosen.map(({ files }) =>
    files.flatMap((file) => {
      const text = textOf(file)
      return mutantsOf(file, text).filter((mutant) => whyEquivalent(mutant, text) === undefined)
    }),
  )
  const samples = sampled(all, Number(values.mutants), seeded(Number(values.seed)))
  const queue = samples.flatMap((mutants, at) => mutants.map((mutant) => ({ target: chosen[at] as Target, mutant })))
  console.log(`${queue.length} of ${all.flat().length} mutants, seed ${values.seed}`)

  const began = performance.now()
  const lanes = await Promise.all(Array.from({ length: Number(values.lanes) }, openLane))
  const tried: Tried[] = []
  try {
    const known = await baseline(lanes[0] as Lane, chosen)
    const work = async (lane: Lane) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { target, mutant } = next
        const change = { file: mutant.file, text: mutated(textOf(mutant.file), mutant) }
        const { tests, patience } = known.get(target) as Baseline
        const answer = await lane.run({ change, tests: nearestFirst(mutant.file, tests) }, patience)
        const result = answer === undefined ? 'timeout' : answer.killed ? 'killed' : 'survived'
        tried.push({ target, mutant, result })
        console.log(`${result.padEnd(8)} ${nameOf(mutant)}${answer?.killed ? `  (${answer.by.split('\n')[0]?.slice(0, 120)})` : ''}`)
      }
    }
    const [canary] = queue
    const check = async (lane: Lane) => {
      if (canary !== undefined)
        await checkLane(lane, canary.mutant.file, nearestFirst(canary.mutant.file, known.get(canary.target)?.tests ?? []))
    }
    await Promise.all(lanes.map(check))
    await Promise.all(lanes.map(work))
    await Promise.all(lanes.map(check))
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()))
  }
  printResults(chosen, tried, (performance.now() - began) / 60_000)
}

function printResults(chosen: readonly Target[], tried: readonly Tried[], minutes: number): void {
  const count = (some: readonly Tried[], result: Tried['result']) => some.filter((one) => one.result === result).length
  const share = (some: readonly Tried[]) => (some.length - count(some, 'survived')) / Math.max(1, some.length)
  console.log(`\n${'module'.padEnd(16)}mutants  killed  timeout  survived  share killed`)
  const row = (name: string, some: readonly Tried[]) =>
    console.log(
      name.padEnd(16) +
        `${some.length}`.padStart(7) +
        `${count(some, 'killed')}`.padStart(8) +
        `${count(some, 'timeout')}`.padStart(9) +
        `${count(some, 'survived')}`.padStart(10) +
        `${(100 * share(some)).toFixed(1)} %`.padStart(14),
    )
  for (const target of chosen)
    row(
      target.folder,
      tried.filter((one) => one.target === target),
    )
  row('all', tried)
  const survivors = tried.filter(({ result }) => result === 'survived').map(({ mutant }) => nameOf(mutant))
  if (survivors.length > 0) console.log(`\nsurvivors:\n${survivors.sort().join('\n')}`)
  console.log(`\n${minutes.toFixed(1)} minutes, seed ${values.seed}`)
  if (share(tried) < WANTED_SHARE) process.exitCode = 1
}

if (values.help) console.log(USAGE)
else await run()
