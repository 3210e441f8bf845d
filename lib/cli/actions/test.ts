/** siftstep test */
import { dirname, join, resolve } from 'node:path'
import type { Args } from '#cli/arguments/flags.ts'
import { inWords } from '#cli/runs/run-errors.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'
import { EXIT } from '#run/local/events.ts'
import { RunError } from '#run/runs/run-error.ts'
import { type StepTest, testStep } from '#run/runs/test-step.ts'
import { testDefinition } from './test-definition.ts'

/** Definitions and function steps, which differ in the ends of their names; every file, also after failures in another. */
export async function testFiles(args: Args, terminal: Terminal): Promise<number> {
  const isDefinition = (file: string) => /\.ya?ml$/i.test(file)
  if (args.value('test') !== undefined && !args.positionals.every(isDefinition))
    throw new UsageError('--test names a test of a definition', 'give a YAML file, or remove --test', 'test')
  const codes: number[] = []
  const results: object[] = []
  for (const file of args.positionals) {
    if (isDefinition(file)) {
      const { code, tests } = await testDefinition(file, args, terminal).catch(inWordsOf(terminal))
      codes.push(code)
      results.push({ file, tests })
      if (code === EXIT.interrupted) break
    } else {
      const test = await tested(file, args, terminal)
      codes.push(test.checks.some(({ failed }) => failed !== null) ? EXIT.failed : EXIT.ok)
      results.push({ file, ...test })
    }
  }
  if (args.has('json')) terminal.out(`${JSON.stringify(results, null, 2)}\n`)
  return [EXIT.interrupted, EXIT.definition, EXIT.failed].find((code) => codes.includes(code)) ?? EXIT.ok
}

async function tested(file: string, args: Args, terminal: Terminal): Promise<StepTest> {
  // it is built beside the program of the workers
  const host = join(dirname(terminal.program.worker), 'function-host.js')
  const test = await testStep(resolve(terminal.cwd(), file), host).catch(inWordsOf(terminal))
  if (args.has('json')) return test
  terminal.out(`${file}: ${test.name}\n`)
  for (const { what, failed: why } of test.checks)
    terminal.out(why === null ? `${SYMBOLS.step.done} ${what}\n` : `${SYMBOLS.step.failed} ${what}: ${why}\n`)
  return test
}

const inWordsOf =
  (terminal: Terminal) =>
  (error: unknown): never => {
    throw error instanceof RunError ? inWords(error, terminal) : error
  }
