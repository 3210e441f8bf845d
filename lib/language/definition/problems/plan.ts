/** Problems of the plan: steps that do not fit together. They are found after the definition has been read. */
import { FIND, pipeline, type ProblemEntry } from './problem-entry.ts'

export const PLAN_PROBLEMS = {
  'ambiguous-dataset': {
    title: 'A step could read the rows of more than one earlier step.',
    explanation: 'A step works on the rows of the nearest earlier step that makes rows; with two such steps, this is ambiguous.',
    example: pipeline(
      `${FIND}  - {id: more, type: discover, depends_on: [], with: {source: more/*.csv}}\n  - {id: publish, type: export, depends_on: [find, more], with: {to: out}}\n`,
    ),
    fix: 'Depend on one of them only; to combine datasets, use a `join` operation.',
  },
  'unknown-column': {
    title: 'A step uses a column that an earlier operation removed.',
    explanation:
      'After an `aggregate` or a `select` all columns are known; after a `drop` or a `rename` the removed ones are. Columns of the data, of a pivot and of a join are known only in a run, and are checked there.',
    example: pipeline(
      `${FIND}  - {id: sums, type: transform, with: {operations: [{aggregate: {by: [region], columns: {total: sum(amount)}}}, {sort: [amount]}]}}\n  - {id: publish, type: export, with: {to: out}}\n`,
    ),
    fix: 'Use an existing column, or keep the column in the earlier operation.',
  },
  'unsupported-condition': {
    title: 'A step with operations across rows has a condition.',
    explanation:
      'Later steps read its rows, which have other columns. A discover step can have a condition: the steps that read its rows are then skipped as well.',
    example: pipeline(
      `${FIND}  - {id: sums, type: transform, condition: "{{ go }} == true", with: {operations: [{aggregate: {by: [region], columns: {n: count(*)}}}]}}\n  - {id: publish, type: export, with: {to: out}}\n`,
      'inputs: {go: {type: boolean, default: true}}\n',
    ),
    fix: 'Move the condition to the steps that read its rows.',
  },
  'unsupported-loop': {
    title: 'A step that works on rows has a loop over something else than sources.',
    explanation:
      'Such a step already runs once per chunk of its dataset. Its `loop` can only be over the sources of the discover step, which sets how many tasks run at a time.',
    example: pipeline(`${FIND}  - {id: measure, type: profile, loop: {foreach: [1, 2]}}\n`),
    fix: 'Loop over `{{ <discover step>.result.sources }}`, or remove the loop.',
  },
} as const satisfies Readonly<Record<string, ProblemEntry>>
