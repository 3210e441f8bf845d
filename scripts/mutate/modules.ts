/** The data plane: the modules a mutation run changes, and the tests that hold each, the nearest and quickest first. All run in process. */
export interface MutatedModule {
  /** A folder of `lib`. */
  readonly folder: string
  /** Test files and folders of test files. */
  readonly tests: readonly string[]
}

const WHOLE_RUNS = ['test/contract/operations.test.ts', 'test/contract/cleaners.test.ts', 'test/contract/rule-outcomes.test.ts']

export const MUTATED_MODULES: readonly MutatedModule[] = [
  {
    folder: 'lib/publish',
    tests: ['test/publish', 'test/contract/steps.test.ts'],
  },
  {
    folder: 'lib/lowering',
    tests: ['test/lowering', ...WHOLE_RUNS],
  },
  {
    folder: 'lib/survey',
    tests: ['test/survey', 'test/measures', 'test/contract/profile.test.ts', 'test/contract/cleaners.test.ts'],
  },
  {
    folder: 'lib/segment',
    tests: ['test/segment', 'test/report', 'test/contract/rules.test.ts', ...WHOLE_RUNS, 'test/contract/splits.test.ts'],
  },
  {
    folder: 'lib/ledger',
    tests: ['test/ledger', 'test/report', 'test/contract/rules.test.ts', ...WHOLE_RUNS, 'test/contract/splits.test.ts'],
  },
]
