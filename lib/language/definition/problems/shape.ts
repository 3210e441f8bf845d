/** Problems of keys and values: unknown, unsupported or not allowed. */
import { FIND, pipeline, type ProblemEntry } from './problem-entry.ts'

export const SHAPE_PROBLEMS = {
  'unknown-key': {
    title: 'Unknown key.',
    explanation: 'No key is ignored: a key with a typo would otherwise silently have no effect.',
    example: pipeline('  - {id: find, type: discover, with: {source: data/*.csv}, dependson: []}\n'),
    fix: 'Correct the key; the hint shows the nearest key and all allowed keys.',
  },
  'unknown-setting': {
    title: 'Unknown setting.',
    explanation: 'Each kind of step has its own settings under `with`; see the reference of the steps.',
    example: pipeline(`${FIND}  - {id: publish, type: export, with: {to: out, fromat: csv}}\n`),
    fix: 'Correct the setting; the hint shows the nearest setting and all allowed settings.',
  },
  'unsupported-key': {
    title: 'This version does not support the key.',
    explanation: 'It is a key of the language, or of a similar tool, that is not implemented.',
    example: pipeline('  - {id: find, type: discover, with: {source: data/*.csv}, tags: [daily]}\n'),
    fix: 'Remove it.',
  },
  'missing-key': {
    title: 'A required key is missing.',
    explanation: 'The problem is reported at the place where the key belongs.',
    example: 'id: sales\nsteps:\n  - {id: find, type: discover, with: {source: data/*.csv}}\n',
    fix: 'Add the key.',
  },
  'not-written-yet': {
    title: 'A step is not written yet.',
    explanation: 'This is a warning. With `todo: true` a step holds its place: runs skip it, and the steps that depend on it go on.',
    example: pipeline(`${FIND}  - {name: Enrich the rows, todo: true}\n`),
    fix: 'Write the step: give it a `type` in place of `todo`.',
  },
  'wrong-type': {
    title: 'A value has the wrong type.',
    explanation: 'For example a number instead of a text, or a text instead of a list. A value in quotes is always a text.',
    example: pipeline('  - {id: find, type: discover, with: {source: data/*.csv, chunk_rows: "10_000"}}\n'),
    fix: 'Use a value that the hint allows.',
  },
  'invalid-value': {
    title: 'A value is not allowed.',
    explanation: 'It has the right type, but is too large, too small, or not one of the choices.',
    example: pipeline(`${FIND}  - {id: publish, type: export, with: {to: out, format: parqet}}\n`),
    fix: 'Use one of the values in the hint.',
  },
  'invalid-id': {
    title: 'A name contains invalid characters.',
    explanation:
      'Ids become names of states, variables and folders: lower-case letters, digits and `_`, starting with a letter, at most 60 characters. Names of inputs can have capitals.',
    example: 'version: 1\nid: Daily Sales\nsteps:\n  - {id: find, type: discover, with: {source: data/*.csv}}\n',
    fix: 'Use `daily_sales`, and put the title into `name`.',
  },
  'choose-one': {
    title: 'Exactly one of several keys is required.',
    explanation: 'In some lists each item is one choice, such as the rules of a clean step. An item is a mapping with one key.',
    example: pipeline(
      `${FIND}  - id: clean_data\n    type: clean\n    with:\n      rules:\n        - missing: auto\n          consistency: auto\n`,
    ),
    fix: 'Start each choice on a new line, with `- `.',
  },
  'unknown-step-type': {
    title: 'Unknown step type.',
    explanation: 'The settings of the step are checked once its type is known.',
    example: pipeline(`${FIND}  - {id: publish, type: exprot, with: {to: out}}\n`),
    fix: 'Use one of the types in the hint.',
  },
  'parallel-depends-on': {
    title: 'A step of a parallel group has `depends_on`.',
    explanation: 'The steps of a group start together, when the dependencies of the group have ended.',
    example: pipeline(`${FIND}  - parallel:\n      - {id: watch, type: monitor}\n      - {id: trace, type: lineage, depends_on: [find]}\n`),
    fix: 'Move `depends_on` to the group, or the step out of the group.',
  },
  'timeout-over-lambda': {
    title: 'The timeout of a task is longer than AWS allows.',
    explanation: 'This is a warning. On AWS, a task runs in a Lambda function, which is stopped after 15 minutes.',
    example: pipeline('  - {id: find, type: discover, with: {source: data/*.csv}, timeout: 1h}\n'),
    fix: 'Use 15m or less; smaller chunks make shorter tasks.',
  },
} as const satisfies Record<string, ProblemEntry>
