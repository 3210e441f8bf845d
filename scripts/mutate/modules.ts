/** The data plane: the modules a mutation run changes, and the tests that hold each. All run in process; the quickest come first. */
export interface MutatedModule {
  /** A folder of `lib`. */
  readonly folder: string
  /** Test files and folders of test files. */
  readonly tests: readonly string[]
}

export const MUTATED_MODULES: readonly MutatedModule[] = [
  {
    folder: 'lib/io/publish',
    tests: [
      'test/io/publish',
      'test/run/tasks/merge-folder.test.ts',
      'test/run/tasks/partitions.test.ts',
      'test/contract/connector.test.ts',
    ],
  },
  {
    folder: 'lib/relational/operations',
    tests: ['test/relational/operations', 'test/contract/operations.test.ts', 'test/contract/cleaners.test.ts'],
  },
  {
    folder: 'lib/data/survey',
    tests: ['test/data/survey', 'test/relational/measures/laws.test.ts', 'test/contract/profile.test.ts'],
  },
  {
    folder: 'lib/data/pass',
    // what is opened, sorted and joined is held by whole runs
    tests: [
      'test/data/pass',
      'test/contract/windows.test.ts',
      'test/contract/zero-keys.test.ts',
      'test/contract/operations.test.ts',
      'test/contract/row-fates.test.ts',
      'test/contract/profile.test.ts',
      'test/run/tasks/odd-sources.test.ts',
      'test/contract/rule-outcomes.test.ts',
      'test/contract/splits.test.ts',
      'test/contract/forms.test.ts',
    ],
  },
  {
    folder: 'lib/data/ledger',
    tests: ['test/data/ledger', 'test/data/report/build.test.ts', 'test/steps/written-output.test.ts', 'test/contract/never-green.test.ts'],
  },
]
