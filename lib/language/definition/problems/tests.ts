/** Problems of `tests`. */
import { pipeline, type ProblemEntry } from './problem-entry.ts'

const STEPS = '  - {id: find, type: discover, with: {source: data/*.csv}}\n  - {id: publish, type: export, with: {to: out}}\n'

export const TEST_PROBLEMS = {
  'invalid-test': {
    title: 'A test names something that is not there, or not clear.',
    explanation:
      'The names of tests are unique. `inputs` has values of inputs; `given` has inputs that hold addresses, and steps that read one; `step` is an export.',
    example: pipeline(STEPS, 'tests:\n  - {name: small, given: {find: [{id: 1}], fnid: [{id: 1}]}, expect: {rows: [{id: 1}]}}\n'),
    fix: 'Correct the name or the value; the hint lists what is allowed.',
  },
  'not-given': {
    title: 'A test does not give what a step reads.',
    explanation: 'A test reads nothing but what it is given, so that it has the same result everywhere.',
    example: pipeline(STEPS, 'tests:\n  - {name: small, expect: {status: success}}\n'),
    fix: 'Add rows under `given`, with the id of the step or the name of the input that holds the address.',
  },
  'not-testable': {
    title: 'The pipeline has tests, and a step that a test cannot run.',
    explanation:
      'Commands, Lambda functions and decisions of people lead out of a pipeline, and a test writes and calls nothing outside of its own folder.',
    example: pipeline(
      `${STEPS}  - {id: clear, type: shell, with: {run: rm -rf cache}}\n`,
      'tests:\n  - {name: small, given: {find: [{id: 1}]}, expect: {rows: [{id: 1}]}}\n',
    ),
    fix: 'Move the steps that work on rows to a pipeline of their own, and test that one.',
  },
} as const satisfies Record<string, ProblemEntry>
