/** The data plane: the modules a mutation run changes, and the tests that hold each. All run in process; the quickest come first. */
export interface MutatedModule {
  /** A folder of `lib`. */
  readonly folder: string
  /** Test files and folders of test files. */
  readonly tests: readonly string[]
}

export const MUTATED_MODULES: readonly MutatedModule[] = [
  {
    folder: 'lib/publish',
    tests: ['test/publish', 'test/contract/connector.test.ts'],
  },
  {
    folder: 'lib/lowering',
    tests: ['test/lowering', 'test/contract/operations.test.ts', 'test/contract/cleaners.test.ts'],
  },
  {
    folder: 'lib/survey',
    tests: ['test/survey', 'test/measures/laws.test.ts', 'test/contract/profile.test.ts'],
  },
  {
    folder: 'lib/segment',
    tests: ['test/segment', 'test/contract/row-fates.test.ts'],
  },
  {
    folder: 'lib/ledger',
    tests: ['test/ledger', 'test/report/build.test.ts'],
  },
]
