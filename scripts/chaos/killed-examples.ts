/** Runs of the examples, as their README files start them, killed at random moments and resumed. */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { type Ended, runCli, runsIn, startCli } from '../../test/kit/cli.ts'
import { copyExample, EXAMPLES_FOLDER, runOf } from '../../test/kit/example-copy.ts'
import { kill, letRun, type Pace } from '../../test/kit/kill.ts'
import { digest, filesBelow, finishedTasks } from '../../test/kit/run-outcome.ts'
import { assertBalanced, assertNothingHeld, ledgerOf } from './books.ts'
import { assert, type Disturbance } from './disturbance.ts'
import { differing, goOn } from './resumed.ts'

interface Example {
  readonly name: string
  readonly command: readonly string[]
}

const exampleNamed = (name: string): Example => ({ name, command: [...runOf(name), '--quiet'] })

/** Every file of the folder but those of the store; the rows of databases, as their bytes depend on the order of what was written. */
type Outcome = Readonly<Record<string, string>>

interface Undisturbed {
  readonly code: number | null
  readonly outcome: Outcome
  /** Files that are not the same after two runs that nothing disturbs, such as messages with their time. */
  readonly varying: ReadonlySet<string>
  readonly ledger: string
  readonly pace: Pace
}

export const killedExamples: Disturbance = {
  name: 'examples',
  title: 'SIGKILL of the run of an example and its workers at a random moment, then resume',
  holds: 'same exit code, files, rows and ledger as undisturbed, nothing held',
  cases: { usual: 26, short: 2 },
  inProcess: false,
  open: async (folder) => {
    const examples = readdirSync(EXAMPLES_FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    const known = new Map<string, Promise<Undisturbed>>()
    return {
      one: async (number, random) => {
        const example = exampleNamed(examples[number % examples.length]?.name ?? '')
        const whole = known.get(example.name) ?? undisturbed(example, join(folder, example.name))
        known.set(example.name, whole)
        return killed(example, join(folder, `killed-${number}`), await whole, random)
      },
    }
  },
}

async function undisturbed(example: Example, folder: string): Promise<Undisturbed> {
  const [once, twice] = [join(folder, 'once'), join(folder, 'twice')]
  copyExample(example.name, once)
  const began = performance.now()
  const ended = await runCli(example.command, { cwd: once })
  const took = performance.now() - began
  if (ended.code !== 0 && ended.code !== 4) throw new Error(`${example.name} fails when nothing disturbs it: ${ended.err}`)
  copyExample(example.name, twice)
  await runCli(example.command, { cwd: twice })
  const outcome = outcomeOf(once)
  const tasks = finishedTasks(once)
  return {
    code: ended.code,
    outcome,
    varying: new Set(differing(outcome, outcomeOf(twice)).filter((name) => name in outcome)),
    ledger: ledgersOf(once),
    pace: { tasks, first: took / Math.max(1, tasks) },
  }
}

async function killed(example: Example, cwd: string, whole: Undisturbed, random: () => number): Promise<string> {
  copyExample(example.name, cwd)
  let running = startCli(example.command, { cwd })
  let done = 'over before the kill'
  if (await letRun(running, cwd, whole.pace, random)) {
    await kill(running, 'group')
    done = `${example.name} killed`
    running = goOn(example.command, cwd)
  }
  assertSame(example, cwd, await running.ended, whole)
  await assertNothingHeld(cwd)
  rmSync(cwd, { recursive: true, force: true })
  return done
}

function assertSame({ name }: Example, cwd: string, ended: Ended, { code, outcome, varying, ledger }: Undisturbed): void {
  assert(ended.code === code, `${name}: ends with code ${ended.code}, not ${code}\n${ended.out}${ended.err}`)
  const found = outcomeOf(cwd)
  // of a file that varies only the name is compared
  const other = differing(found, outcome).filter((file) => !varying.has(file) || !(file in found))
  assert(other.length === 0, `${name}: not as undisturbed: ${other.join(', ')}`)
  for (const run of runsIn(cwd)) assertBalanced(ledgerOf(cwd, run))
  assert(ledgersOf(cwd) === ledger, `${name}: another ledger than undisturbed`)
}

const ledgersOf = (cwd: string) => JSON.stringify(runsIn(cwd).map((run) => ledgerOf(cwd, run)))

function outcomeOf(cwd: string): Outcome {
  const files = filesBelow(cwd).filter((name) => !name.startsWith('.siftstep/') && !/\.db-(?:wal|shm|journal)$/.test(name))
  return Object.fromEntries(files.map((name) => [name, contentOf(join(cwd, name), cwd)]))
}

function contentOf(path: string, cwd: string): string {
  if (path.endsWith('.db')) return digest(JSON.stringify(rowsOf(path)))
  const [run = ''] = runsIn(cwd)
  return digest(readFileSync(path, 'latin1').replaceAll(run, 'RUN').replaceAll(cwd, 'FOLDER'))
}

/** The rows of every table, in an order of their own. */
function rowsOf(path: string): unknown {
  const database = new DatabaseSync(path, { readOnly: true })
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all() as { name: string }[]
  const rows = tables.map(({ name }) => [
    name,
    (database.prepare(`SELECT * FROM "${name}"`).all() as unknown[]).map((row) => JSON.stringify(row)).sort(),
  ])
  database.close()
  return rows
}
