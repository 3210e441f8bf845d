/** Ends the output of a test run with one line that programs can read: `N passed, N failed, N skipped`. */
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/**
 * The counts of a finished run. A file that could not be loaded, and an error that no test caught, count as one failed test
 * each: neither shows in the counts of tests, and both are failures. A test that has no result (a stopped run) was skipped.
 */
export function tally(modules: readonly TestModule[], uncaught: readonly unknown[]) {
  const counts = { passed: 0, failed: uncaught.length, skipped: 0 }
  for (const module of modules) {
    counts.failed += module.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      counts[state === 'pending' ? 'skipped' : state]++
    }
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length
  }
  return counts
}

export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], uncaught: readonly SerializedError[]): void {
    const { passed, failed, skipped } = tally(modules, uncaught)
    // the other reporters have their say first: this is the last line
    process.once('exit', () => process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`))
  }
}
