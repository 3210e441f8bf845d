/** Problems of references and expressions: `{{ … }}`, `{% … %}`, conditions and row expressions. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { FIND, pipeline, type ProblemEntry } from './problem-entry.ts'

const publish = (to: string) => `${FIND}  - id: publish\n    type: export\n    with:\n      to: ${to}\n`
const derive = (columns: string) => `${FIND}  - id: enrich\n    type: transform\n    with:\n      columns: {${columns}}\n`

export const EXPRESSION_PROBLEMS = {
  'invalid-reference': {
    title: 'What stands in the brackets is not a name.',
    explanation: 'Only names with dots can stand in `{{ }}` and `${ }`. To calculate, write JSONata as the whole value.',
    example: pipeline(publish('"{{ find.result.count + 1 }}"')),
    fix: 'Write a name, or `"{% $find.count + 1 %}"`.',
  },
  'reference-in-key': {
    title: 'A key holds a reference.',
    explanation: 'Only values are replaced, never keys.',
    example: pipeline(derive('"{{ ds }}": quantity * price')),
    fix: 'Write the name itself.',
  },
  'reference-out-of-place': {
    title: 'A reference stands where nothing is read at run time.',
    explanation: 'Titles are shown before a run has any values.',
    example: pipeline(FIND, 'name: "Sales of {{ ds }}"\n'),
    fix: 'Write plain text, or `${…}` for a value that is known when the pipeline is built.',
  },
  'optional-in-text': {
    title: 'An input that may be absent is part of a text.',
    explanation: 'When it is not given, the text would read `null` in its place.',
    example: pipeline(publish('"out/{{ inputs.region }}"'), 'inputs: {region: {type: string}}\n'),
    fix: 'Give the input a default, or make it required.',
  },
  'unknown-name': {
    title: 'There is nothing of that name.',
    explanation:
      'A bare name is an input, the item of a loop, or one of `ds`, `ds_nodash`, `ts`; `run`, `pipeline` and steps have parts of their own.',
    example: pipeline(publish('"out/{{ dss }}"')),
    fix: 'Correct the name; the hint lists those there are.',
  },
  'unknown-step': {
    title: 'There is no such step.',
    explanation: '`{{ x.result.y }}` reads `y` of the result of step `x`.',
    example: pipeline(publish('"out/{{ fnd.result.count }}"')),
    fix: 'Correct the id.',
  },
  'unknown-result': {
    title: 'The result of the step has no such value.',
    explanation: 'Each kind of step says what its result holds.',
    example: pipeline(publish('"out/{{ find.result.cuont }}"')),
    fix: 'Use one of the values the hint lists.',
  },
  'not-yet-run': {
    title: 'The step is not over by then.',
    explanation: 'A result can be read only by steps that wait for it, directly or through others.',
    example: pipeline(
      `${FIND}  - {id: watch, type: monitor, depends_on: []}\n  - {id: publish, type: export, depends_on: [find], with: {to: "out/{{ watch.result.alerts }}"}}\n`,
    ),
    fix: 'Add the step to `depends_on`.',
  },
  'item-outside-loop': {
    title: 'There is no item here.',
    explanation:
      '`{{ item }}`, or the name given by `as`, is read in the settings of a step with a `loop`. A loop over the sources of a discover step runs over their chunks and has no item to read.',
    example: pipeline(publish('"out/{{ item }}"')),
    fix: 'Give the step a loop, or read something else.',
  },
  'invalid-condition': {
    title: 'The condition cannot be understood.',
    explanation:
      'Conditions compare references with values, `==`, `!=`, `<`, `<=`, `>`, `>=`, and join comparisons with `&&`, `||`, `!` and brackets. They are true or false.',
    example: pipeline(`${FIND}  - {id: trace, type: lineage, condition: "{{ find.result.count }}"}\n`),
    fix: 'Compare the value: `{{ find.result.count }} > 0`.',
  },
  'invalid-expression': {
    title: 'The row expression cannot be understood.',
    explanation:
      'Row expressions are SQL scalar expressions over the columns of a row; the reference of expressions lists what they may hold.',
    example: pipeline(derive('total: "quantity * (price"')),
    fix: 'Mend the expression at the place the problem names.',
  },
  'invalid-jsonata': {
    title: 'What stands in `{% %}` is not JSONata that Step Functions accepts.',
    explanation: 'Such expressions are passed on as they are, so they are parsed here first.',
    example: pipeline(publish('"{% $find.count + %}"')),
    fix: 'Mend the expression, or use a `{{ … }}` reference.',
  },
  'unstable-function': {
    title: 'The function gives another value each time.',
    explanation:
      'A state that is tried again, or a run that is continued, would not do the same thing twice. `$eval` is refused because what it runs cannot be checked.',
    example: pipeline(publish(`"{% 'out/' & $now() %}"`)),
    fix: 'Use `$run.started_at` for the time and `$run.id` for an id.',
  },
} as const satisfies Record<string, ProblemEntry>
