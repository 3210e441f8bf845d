/** siftstep test of a definition: its tests, each in a folder of its own. */
import { dirname, join } from 'node:path'
import { nearest } from '#core/text/nearest.ts'
import { preview } from '#core/text/preview.ts'
import { count } from '#core/text/numbers.ts'
import { type Compiled, testProblem } from '#language/compiler/compile.ts'
import { testFiles } from '#language/compiler/test-files.ts'
import { notTestable } from '#language/compiler/under-test.ts'
import { EXIT } from '#run/local/events.ts'
import { serviceSteps } from '#run/runs/service-steps.ts'
import { type TestResult, type TestToRun, testPipeline } from '#run/runs/test-pipeline.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { allPipelines } from '#cli/arguments/pipelines.ts'
import { compiledHere, printProblems, readOptions, readOverlay } from '#cli/arguments/read-definition.ts'
import { testText } from '#cli/show/test-text.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

/** The tests of a file, as JSON has them, and the exit code. */
export interface TestedFile {
  readonly code: number
  readonly tests: readonly TestResult[]
}

/** Runs the tests of all pipelines of the file, or the one of `--test`. */
export async function testDefinition(file: string, args: Args, terminal: Terminal): Promise<TestedFile> {
  const options = await readOptions(file, await readOverlay(args, terminal), terminal)
  const found: TestToRun[] = []
  for (const { text: written } of await allPipelines(file, args, terminal)) {
    const { compiled, text } = compiledHere(written, options, terminal)
    const checked = compiled.ok
      ? testFiles(compiled, options.readAsset, file)
      : { problems: compiled.problems, files: new Map<string, Uint8Array>() }
    const problems = [...checked.problems, ...(compiled.ok ? await untestable(compiled, file, terminal) : [])]
    if (!compiled.ok || problems.length > 0) {
      printProblems(problems, terminal)
      return { code: EXIT.definition, tests: [] }
    }
    printProblems(compiled.warnings, terminal)
    found.push({ compiled, text, file, files: checked.files })
  }
  const chosen = chosenTests(found, file, args)
  const results: TestResult[] = []
  const stop = new AbortController()
  const listenNoLonger = terminal.onStop(() => (stop.signal.aborted ? terminal.die() : stop.abort()))
  try {
    const { program, env, now } = terminal
    for (const { test, at } of chosen) {
      const result = await testPipeline(test, at, { worker: program.worker, version: program.version, env, now, signal: stop.signal })
      if (result === null) return { code: EXIT.interrupted, tests: results }
      results.push(result)
      if (!args.has('json')) terminal.out(testText(result))
    }
  } finally {
    listenNoLonger()
  }
  const failed = results.filter(({ passed }) => !passed).length
  const rest = failed === 0 ? '' : `, ${failed} failed`
  if (!args.has('json')) terminal.out(`${file}: ${count(results.length - failed, 'test')} passed${rest}\n`)
  return { code: failed === 0 ? EXIT.ok : EXIT.failed, tests: results }
}

/** Steps whose code calls services: a test calls nobody. */
async function untestable(compiled: Compiled, file: string, { program }: Terminal) {
  if (compiled.definition.tests === undefined) return []
  const steps = await serviceSteps(compiled, join(dirname(program.worker), 'function-host.js'))
  return steps.map((step) => testProblem(notTestable(step, 'its code calls services, as its `needs` says'), compiled, file))
}

function chosenTests(found: readonly TestToRun[], file: string, args: Args) {
  const all = found.flatMap((test) => (test.compiled.definition.tests ?? []).map(({ name }, at) => ({ test, at, name })))
  if (all.length === 0) throw new UsageError(`${file} has no tests`, 'write them under `tests:` (docs/language.md)', 'test')
  const wanted = args.value('test')
  const chosen = wanted === undefined ? all : all.filter(({ name }) => name === wanted)
  if (chosen.length > 0) return chosen
  const names = all.map(({ name }) => name)
  const meant = nearest(wanted ?? '', names)
  throw new UsageError(
    `${file} has no test '${wanted}'`,
    `${meant === undefined ? '' : `did you mean '${meant}'? `}its tests are: ${preview(names)}`,
    'test',
  )
}
