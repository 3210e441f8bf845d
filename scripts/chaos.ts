/**
 * `npm run chaos`: disturbs runs in every way that is known to lose rows elsewhere, and checks that nothing is lost here. Bounded, and the same
 * for the same seed. Prints a table of what was tried, how often, and what held; ends with 1 when something did not hold.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { DISTURBANCES } from './chaos/disturbances.ts'
import { inHosts } from './chaos/hosts.ts'
import { failuresOf, tableOf } from './chaos/table.ts'
import { type Outcome, tryCases } from './chaos/try.ts'

const NAMES = DISTURBANCES.map(({ name }) => name)
const USAGE = `usage: npm run chaos -- [--only ${NAMES.join(',')}] [--seed 1] [--short] [--minutes N]
         [--cases N] [--kills N] [--inputs N] [--first N] [--lanes ${availableParallelism()}]
  --only     kinds to try; all when absent
  --short    a few cases of each kind
  --minutes  no case begins later than that
  --cases    cases of each kind; --kills and --inputs say it for these two
  --first    number of the first case: a case that failed is tried again by its number and the seed
  --lanes    cases at a time`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
    short: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    cases: { type: 'string' },
    kills: { type: 'string' },
    inputs: { type: 'string' },
    first: { type: 'string', default: '0' },
    lanes: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', default: false },
  },
})

/** A whole number that an option gives. */
function numberOf(option: 'seed' | 'minutes' | 'cases' | 'kills' | 'inputs' | 'first' | 'lanes'): number | undefined {
  const value = values[option]
  if (value === undefined) return undefined
  if (!/^\d+$/.test(value)) throw new Error(`--${option} ${value}: give a whole number`)
  return Number(value)
}

async function run(): Promise<void> {
  const only = values.only?.split(',') ?? NAMES
  const unknown = only.filter((name) => !NAMES.includes(name))
  if (unknown.length > 0) throw new Error(`--only ${unknown.join(',')}: there is no such kind; kinds: ${NAMES.join(', ')}`)
  const seed = numberOf('seed') ?? 1
  const until = performance.now() + (numberOf('minutes') ?? 24 * 60) * 60_000
  const outcomes: Outcome[] = []
  for (const disturbance of DISTURBANCES.filter(({ name }) => only.includes(name))) {
    const { usual, short } = disturbance.cases
    const own = disturbance.name === 'kills' ? numberOf('kills') : disturbance.name === 'inputs' ? numberOf('inputs') : undefined
    const count = own ?? numberOf('cases') ?? (values.short ? short : usual)
    const outcome = await tryCases(
      disturbance,
      { first: numberOf('first') ?? 0, count, seed, lanes: numberOf('lanes') ?? 1, until },
      inHosts,
    )
    outcomes.push(outcome)
    for (const line of failuresOf(outcome, seed)) console.log(line)
    console.log(`${disturbance.name}: ${count} cases in ${outcome.seconds.toFixed(0)} s, ${outcome.failed.length} failed`)
  }
  console.log(`\n${tableOf(outcomes)}\n\nseed ${seed}`)
  if (outcomes.some(({ failed }) => failed.length > 0)) process.exitCode = 1
}

if (values.help) console.log(USAGE)
else await run()
