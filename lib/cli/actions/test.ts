/** siftstep test */
import { dirname, join, resolve } from 'node:path'
import type { Args } from '#cli/arguments/flags.ts'
import { inWords } from '#cli/runs/run-errors.ts'
import { SYMBOLS } from '#cli/terminal/symbols.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { EXIT } from '#run/local/events.ts'
import { RunError } from '#run/runs/run-error.ts'
import { testStep } from '#run/runs/test-step.ts'

export async function testSteps(args: Args, terminal: Terminal): Promise<number> {
  // it is built beside the program of the workers
  const host = join(dirname(terminal.program.worker), 'function-host.js')
  let failed = 0
  for (const file of args.positionals) {
    const { name, checks } = await testStep(resolve(terminal.cwd(), file), host).catch((error: unknown) => {
      throw error instanceof RunError ? inWords(error, terminal) : error
    })
    terminal.out(`${file}: ${name}\n`)
    for (const { what, failed: why } of checks)
      terminal.out(why === null ? `${SYMBOLS.step.done} ${what}\n` : `${SYMBOLS.step.failed} ${what}: ${why}\n`)
    failed += checks.filter((check) => check.failed !== null).length
  }
  return failed === 0 ? EXIT.ok : EXIT.failed
}
