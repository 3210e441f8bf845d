/** Problems of keys and values: what the language and the kinds of steps do not know, or do not allow. */
import { FIND, pipeline, type ProblemEntry } from './problem-entry.ts'

export const SHAPE_PROBLEMS = {
  'unknown-key': {
    title: 'The language has no such key here.',
    explanation: 'Nothing that is written is ignored: a key with a typing error would otherwise do nothing, silently.',
    example: pipeline('  - {id: find, type: discover, with: {source: data/*.csv}, dependson: []}\n'),
    fix: 'Correct the key; the hint names the nearest one and all that are allowed.',
  },
  'unknown-setting': {
    title: 'The step has no such setting.',
    explanation: 'Each kind of step has its own settings under `with`; the reference of the steps lists them.',
    example: pipeline(`${FIND}  - {id: publish, type: export, with: {to: out, fromat: csv}}\n`),
    fix: 'Correct the setting; the hint names the nearest one and all that are allowed.',
  },
  'unsupported-key': {
    title: 'This version does not support the key.',
    explanation: 'It is a key of the language, or of a similar tool, that is not implemented.',
    example: pipeline(FIND, 'environments: {production: {region: eu-west-1}}\n'),
    fix: 'Remove it.',
  },
  'missing-key': {
    title: 'A key that is needed is not there.',
    explanation: 'The problem stands where the key belongs.',
    example: 'id: sales\nsteps:\n  - {id: find, type: discover, with: {source: data/*.csv}}\n',
    fix: 'Add the key.',
  },
  'wrong-type': {
    title: 'A value is of the wrong type.',
    explanation: 'A number stands where a text must be, a text where a list must be, and so on. Quotes make a text of anything.',
    example: pipeline('  - {id: find, type: discover, with: {source: data/*.csv, chunk_rows: "10_000"}}\n'),
    fix: 'Write the value as the hint says.',
  },
  'invalid-value': {
    title: 'A value is not among those allowed.',
    explanation: 'It is of the right type, but too large, too small, or none of the choices there are.',
    example: pipeline(`${FIND}  - {id: publish, type: export, with: {to: out, format: parqet}}\n`),
    fix: 'Use one of the values the hint lists.',
  },
  'invalid-id': {
    title: 'A name has characters that names cannot have.',
    explanation:
      'Ids become names of states, variables and folders: lower-case letters, digits and `_`, starting with a letter, at most 60 characters. Names of inputs may have capitals.',
    example: 'version: 1\nid: Daily Sales\nsteps:\n  - {id: find, type: discover, with: {source: data/*.csv}}\n',
    fix: 'Write `daily_sales`; the title for people goes into `name`.',
  },
  'choose-one': {
    title: 'Exactly one of several keys is needed.',
    explanation: 'Some lists have items that are one choice each, such as the rules of a clean step. An item is a mapping with one key.',
    example: pipeline(
      `${FIND}  - id: mend\n    type: clean\n    with:\n      rules:\n        - missing: auto\n          consistency: auto\n`,
    ),
    fix: 'Start each choice on a line of its own, with `- `.',
  },
  'unknown-step-type': {
    title: 'There is no such kind of step.',
    explanation: 'The settings of the step are not looked at until its type is known.',
    example: pipeline(`${FIND}  - {id: publish, type: exprot, with: {to: out}}\n`),
    fix: 'Use one of the types the hint lists.',
  },
  'nested-parallel': {
    title: 'A group of parallel steps stands within another.',
    explanation: 'All steps of a group run side by side, so a group within it would add nothing.',
    example: pipeline(`${FIND}  - parallel:\n      - parallel:\n          - {id: watch, type: monitor}\n`),
    fix: 'Put the steps into the outer group.',
  },
  'parallel-depends-on': {
    title: 'A step of a parallel group waits by itself.',
    explanation: 'The steps of a group start together, when everything the group waits for is over.',
    example: pipeline(`${FIND}  - parallel:\n      - {id: watch, type: monitor}\n      - {id: trace, type: lineage, depends_on: [find]}\n`),
    fix: 'Put `depends_on` beside `parallel`, or take the step out of the group.',
  },
  'timeout-over-lambda': {
    title: 'A task may take longer than it can on AWS.',
    explanation: 'This is a warning. A task runs in a Lambda there, which is stopped after 15 minutes.',
    example: pipeline('  - {id: find, type: discover, with: {source: data/*.csv}, timeout: 1h}\n'),
    fix: 'Write 15m or less; smaller chunks make shorter tasks.',
  },
} as const satisfies Record<string, ProblemEntry>
