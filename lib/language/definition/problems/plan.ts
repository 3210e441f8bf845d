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
  'too-many-events': {
    title: 'A run would have more events than AWS allows.',
    explanation:
      'Step Functions ends an execution after 25,000 events. A task has five, and an item of a loop two more. Retries and lists that are known only in a run are not counted here; `siftstep plan` estimates them.',
    example: '',
    text: () =>
      pipeline(
        `${FIND}  - {id: trace, type: lineage, loop: {foreach: [${Array.from({ length: 3600 }, (_, at) => at).join(', ')}]}, with: {namespace: "n{{ item }}"}}\n`,
      ),
    fix: 'Shorten the list of the loop, or split the steps over several pipelines.',
  },
  'replaced-by-new-rows': {
    title: 'An export replaces the whole output by new rows.',
    explanation:
      'This is a warning. An incremental run passes on only what is new, and an export with `mode: replace` removes what earlier runs published to the same address.',
    example: pipeline(
      '  - {id: find, type: discover, with: {source: data/*.csv, skip_unchanged: true}}\n  - {id: publish, type: export, with: {to: out}}\n',
    ),
    fix: 'Use `mode: merge` with `keys`, `mode: append`, or an address for each run: `to: "out/{{ run.id }}"`.',
  },
  'too-many-branches': {
    title: 'More steps or items than AWS runs at a time.',
    explanation: 'An execution of Step Functions runs 40 branches, or 40 items of a loop, at a time; the others wait. This is a warning.',
    example: pipeline(
      `${FIND}  - {id: trace, type: lineage, loop: {foreach: [a, b], parallel: true, max_concurrency: 50}, with: {namespace: "{{ item }}"}}\n`,
    ),
    fix: 'Lower `max_concurrency` of the loop to 40, or set `concurrency: {max_parallel_steps: 40}`.',
  },
} as const satisfies Readonly<Record<string, ProblemEntry>>
