/** Problems of references and expressions: `{{ … }}`, `{% … %}`, conditions and row expressions. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { FIND, pipeline, type ProblemEntry } from './problem-entry.ts'

const publish = (to: string) => `${FIND}  - id: publish\n    type: export\n    with:\n      to: ${to}\n`
const derive = (columns: string) => `${FIND}  - id: enrich\n    type: transform\n    with:\n      columns: {${columns}}\n`

export const EXPRESSION_PROBLEMS = {
  'invalid-reference': {
    title: 'The text in the brackets is not a name.',
    explanation: '`{{ }}` and `${ }` can contain only names with dots. To calculate, write JSONata as the whole value.',
    example: pipeline(publish('"{{ find.result.count + 1 }}"')),
    fix: 'Write a name, or `"{% $find.count + 1 %}"`.',
  },
  'reference-in-key': {
    title: 'A key contains a reference.',
    explanation: 'References are replaced in values only.',
    example: pipeline(derive('"{{ ds }}": quantity * price')),
    fix: 'Use the name itself.',
  },
  'reference-out-of-place': {
    title: 'A reference is used where nothing is evaluated at run time.',
    explanation: 'Titles, for example, are shown before a run has any values.',
    example: pipeline(FIND, 'name: "Sales of {{ ds }}"\n'),
    fix: 'Use plain text, or `${…}` for a value that is known at build time.',
  },
  'optional-in-text': {
    title: 'An optional input without a default is part of a text.',
    explanation: 'If it is not given, the text would contain `null`.',
    example: pipeline(publish('"out/{{ inputs.region }}"'), 'inputs: {region: {type: string}}\n'),
    fix: 'Set a default for the input, or make it required.',
  },
  'unknown-name': {
    title: 'Unknown name.',
    explanation:
      'A name without dots is an input, the item of a loop, or one of `ds`, `ds_nodash`, `ts`; `run`, `pipeline` and steps have fields. The `pipeline` of a trigger is the id of a pipeline; where several pipelines are given, one that is not among them is a warning.',
    example: pipeline(publish('"out/{{ dss }}"')),
    fix: 'Correct the name; the hint lists the available names.',
  },
  'unknown-placeholder': {
    title: 'A placeholder in a message has no value.',
    explanation: 'In texts of messages, `{pipeline_name}` is the same as `{{ pipeline.name }}`. Another word in brackets stays as it is.',
    example: pipeline(
      `${FIND}  - id: notify_team\n    type: notify\n    with: {type: email, to: [ops@example.com], subject: "Done: {pipeline_nmae}"}\n`,
    ),
    fix: 'Correct the name; the hint lists the available names.',
  },
  'unknown-step': {
    title: 'Unknown step.',
    explanation: '`{{ x.result.y }}` reads `y` of the result of step `x`.',
    example: pipeline(publish('"out/{{ fnd.result.count }}"')),
    fix: 'Correct the id.',
  },
  'unknown-result': {
    title: 'The result of the step has no such value.',
    explanation: 'The reference of each step lists the fields of its result.',
    example: pipeline(publish('"out/{{ find.result.cuont }}"')),
    fix: 'Use one of the values in the hint.',
  },
  'not-yet-run': {
    title: 'The result of a step is read before the step ends.',
    explanation: 'Only steps that depend on a step, directly or indirectly, can read its result.',
    example: pipeline(
      `${FIND}  - {id: watch, type: monitor, depends_on: []}\n  - {id: publish, type: export, depends_on: [find], with: {to: "out/{{ watch.result.alerts }}"}}\n`,
    ),
    fix: 'Add the step to `depends_on`.',
  },
  'item-outside-loop': {
    title: 'A loop item is used outside a loop.',
    explanation:
      '`{{ item }}`, or the name set by `as`, can be used in the settings of a step with a `loop`. A loop over the sources of a discover step runs over their chunks and has no item.',
    example: pipeline(publish('"out/{{ item }}"')),
    fix: 'Add a loop to the step, or use another reference.',
  },
  'invalid-condition': {
    title: 'Invalid condition.',
    explanation:
      'Conditions compare references with values by `==`, `!=`, `<`, `<=`, `>`, `>=`, and combine comparisons with `&&`, `||`, `!` and brackets. They must be true or false.',
    example: pipeline(`${FIND}  - {id: trace, type: lineage, condition: "{{ find.result.count }}"}\n`),
    fix: 'Compare the value: `{{ find.result.count }} > 0`.',
  },
  'invalid-expression': {
    title: 'Invalid row expression or statement.',
    explanation:
      'Row expressions are SQL scalar expressions over the columns of a row; see the reference of expressions. The statement of a sql step reads only its inputs.',
    example: pipeline(derive('total: "quantity * (price"')),
    fix: 'Fix the expression at the reported place.',
  },
  'invalid-jsonata': {
    title: 'The text in `{% %}` is not JSONata that Step Functions accepts.',
    explanation: 'These expressions are passed on unchanged, so they are parsed first.',
    example: pipeline(publish('"{% $find.count + %}"')),
    fix: 'Fix the expression, or use a `{{ … }}` reference.',
  },
  'unstable-function': {
    title: 'The function returns another value each time.',
    explanation:
      'A retried state or a resumed run would not do the same work again. `$eval` is not allowed because the code it runs cannot be checked.',
    example: pipeline(publish(`"{% 'out/' & $now() %}"`)),
    fix: 'Use `$run.started_at` for the time and `$run.id` for an id.',
  },
} as const satisfies Record<string, ProblemEntry>
