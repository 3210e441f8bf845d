/** Problems of the plan: steps whose order makes no sense together. They are found after the definition has been read. */
import { FIND, pipeline, type ProblemEntry } from './problem-entry.ts'

export const PLAN_PROBLEMS = {
  'ambiguous-dataset': {
    title: 'A step could read the rows of more than one step before it.',
    explanation: 'A step works on the rows of the nearest step before it that makes rows; two of them side by side leave that open.',
    example: pipeline(
      `${FIND}  - {id: more, type: discover, depends_on: [], with: {source: more/*.csv}}\n  - {id: publish, type: export, depends_on: [find, more], with: {to: out}}\n`,
    ),
    fix: 'Let the step depend on only one of them; to bring datasets together use a `join` operation.',
  },
  'unknown-column': {
    title: 'A step names a column that an operation before it left out.',
    explanation:
      'After an `aggregate` or a `select` all columns are known, after a `drop` or a `rename` those that are gone. Columns of the data itself, of a pivot and of a join are known in a run only, and are checked there.',
    example: pipeline(
      `${FIND}  - {id: sums, type: transform, with: {operations: [{aggregate: {by: [region], columns: {total: sum(amount)}}}, {sort: [amount]}]}}\n  - {id: publish, type: export, with: {to: out}}\n`,
    ),
    fix: 'Name a column that is there, or let the operation before keep it.',
  },
  'unsupported-condition': {
    title: 'A step whose operations need all rows at once cannot be skipped.',
    explanation:
      'The steps after it work on the rows it makes, which have other columns. A discover step can be skipped: the steps that work on its rows are then skipped too.',
    example: pipeline(
      `${FIND}  - {id: sums, type: transform, condition: "{{ go }} == true", with: {operations: [{aggregate: {by: [region], columns: {n: count(*)}}}]}}\n  - {id: publish, type: export, with: {to: out}}\n`,
      'inputs: {go: {type: boolean, default: true}}\n',
    ),
    fix: 'Put the condition on the steps that use its rows.',
  },
  'unsupported-loop': {
    title: 'A step that works on rows maps over the chunks of its dataset by itself.',
    explanation: 'Its `loop` can only name the sources of the discover step, which sets how many tasks run at a time.',
    example: pipeline(`${FIND}  - {id: measure, type: profile, loop: {foreach: [1, 2]}}\n`),
    fix: 'Loop over `{{ <discover step>.result.sources }}`, or leave the loop out.',
  },
} as const satisfies Readonly<Record<string, ProblemEntry>>
