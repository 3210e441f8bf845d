/**
 * A process that tries mutants one after another in its own copy of the tree: it writes the mutated file, runs the given tests, and
 * puts the file back. It keeps Vitest open, so that only the changed file is compiled again. A mutant that never ends is ended by the parent.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BaseSequencer, createVitest, type Reporter, type TestCase, type TestModule, type TestSpecification } from 'vitest/node'

export interface Trial {
  /** The file and its mutated text; null runs the tests on the sources as they are. */
  readonly change: { readonly file: string; readonly text: string } | null
  /** Test files, in the order they are to run. */
  readonly tests: readonly string[]
}

export interface Answer {
  readonly killed: boolean
  /** The first test that failed, or the error before any test ran. */
  readonly by: string
  readonly passed: number
  readonly seconds: number
  /** The longest time in which no test ended, in seconds. */
  readonly pause: number
  /** Milliseconds that the tests of each file took. */
  readonly files: { readonly [test: string]: number }
}

const [root = ''] = process.argv.slice(2)
// looking for the smallest case a property fails for would cost more than the rest of the trial
process.env['SIFTSTEP_SMALLEST_CASE'] = 'no'
let order: readonly string[] = []

/** Runs the files in the order of the trial, not by their size or what failed before. */
class GivenOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => order.indexOf(a.moduleId) - order.indexOf(b.moduleId))
  }
}

let failures: string[] = []
let passed = 0
let files: Record<string, number> = {}
let [lastEnd, pause] = [0, 0]
/** Reports to the parent that the tests are running: after a long silence it treats the mutant as an endless loop. */
function goOn(): void {
  pause = Math.max(pause, performance.now() - lastEnd)
  lastEnd = performance.now()
  process.send?.('going on')
}

const watching: Reporter = {
  onTestCaseResult: (test: TestCase) => {
    goOn()
    const { state } = test.result()
    if (state === 'failed') failures.push(`${test.module.relativeModuleId}: ${test.fullName}`)
    if (state === 'passed') passed++
  },
  onTestModuleEnd: (module: TestModule) => {
    goOn()
    files[module.relativeModuleId] = module.diagnostic().duration
    for (const { message } of module.errors()) failures.push(`${module.relativeModuleId}: ${message}`)
  },
}

const vitest = await createVitest('test', {
  root,
  // without the projects of the tests: each has a server of its own, which would go on giving out what it compiled before
  config: false,
  include: ['test/**/*.test.ts'],
  globalSetup: './test/kit/scratch.ts',
  setupFiles: ['./test/kit/seed.ts'],
  testTimeout: 900_000,
  hookTimeout: 900_000,
  watch: false,
  // one process for many files of a trial: they load the sources once
  pool: 'forks',
  isolate: false,
  maxWorkers: 1,
  fileParallelism: false,
  bail: 1,
  sequence: { sequencer: GivenOrder },
  reporters: [watching],
})
await vitest.standalone()
process.send?.('ready')

process.on('message', (trial: Trial) => {
  void attempt(trial).then((answer) => process.send?.(answer))
})
process.on('disconnect', () => void vitest.close().then(() => process.exit(0)))

async function attempt({ change, tests }: Trial): Promise<Answer> {
  const began = performance.now()
  ;[lastEnd, pause] = [began, 0]
  const path = change === null ? '' : join(root, change.file)
  const before = change === null ? '' : readFileSync(path, 'utf8')
  if (change !== null) replace(path, change.text)
  ;[failures, passed, files] = [[], 0, {}]
  try {
    for (const group of processes(tests)) {
      order = group.map((test) => join(root, test))
      vitest.state.errorsSet.clear()
      const specifications = order.map((test) => vitest.getRootProject().createSpecification(test))
      const { unhandledErrors } = await vitest.runTestSpecifications(specifications)
      failures.push(...unhandledErrors.map((error) => String((error as Error).message ?? error)))
      if (failures.length > 0) break
    }
  } catch (error) {
    failures.push(String(error))
  } finally {
    if (change !== null) replace(path, before)
  }
  return {
    killed: failures.length > 0,
    by: failures[0] ?? '',
    passed,
    seconds: (performance.now() - began) / 1000,
    pause: pause / 1000,
    files,
  }
}

/** The tests that share a process; one that puts something else in place of a module has a process of its own, in which nobody has loaded it before. */
function processes(tests: readonly string[]): readonly (readonly string[])[] {
  const isAlone = (test: string) => readFileSync(join(root, test), 'utf8').includes('vi.mock(')
  const together = tests.filter((test) => !isAlone(test))
  return [...(together.length === 0 ? [] : [together]), ...tests.filter(isAlone).map((test) => [test])]
}

function replace(path: string, text: string): void {
  writeFileSync(path, text)
  vitest.invalidateFile(path)
}
