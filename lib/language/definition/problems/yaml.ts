/** Problems of the file: YAML that cannot be read, or that is ambiguous. */
import { FIND, pipeline, type ProblemEntry } from './problem-entry.ts'

export const YAML_PROBLEMS = {
  'empty-file': {
    title: 'The file is empty.',
    explanation: 'It contains no text, or only comments.',
    example: '# to be written\n',
    fix: 'Start with `version: 1`, an `id` and a list of `steps`.',
  },
  'not-a-mapping': {
    title: 'The file is not a mapping.',
    explanation:
      'A definition is a mapping of keys to values; a list of steps alone is not one. A key without a space after its colon is not a key either.',
    example: '- id: find\n  type: discover\n',
    fix: 'Write `version`, `id` and `steps` at the start of a line, each followed by `: `.',
  },
  'several-documents': {
    title: 'The file contains several documents.',
    explanation: 'A line `---` starts another YAML document. One file is one pipeline.',
    example: `${pipeline(FIND)}---\n${pipeline(FIND)}`,
    fix: 'Move each pipeline to its own file.',
  },
  'file-too-large': {
    title: 'The file is larger than 1 MB.',
    explanation: 'Definitions are written by people; a file of this size is data.',
    example: '',
    text: () => `# ${'x'.repeat(1_000_000)}\n`,
    fix: 'Keep data in separate files that a `discover` step reads.',
  },
  'not-text': {
    title: 'The file is not text.',
    explanation: 'It contains binary characters: it can be compressed, or in UTF-16.',
    example: '',
    text: () => 'version: 1\u0000\n',
    fix: 'Save the definition as UTF-8 text.',
  },
  'yaml-syntax': {
    title: 'Invalid YAML.',
    explanation:
      'Definitions are YAML 1.2 without directives. Only the first syntax error is shown, because what follows it cannot be parsed.',
    example: '%YAML 1.1\n---\nversion: 1\n',
    fix: 'Fix the reported line.',
  },
  'yaml-tab': {
    title: 'A line is indented with a tab.',
    explanation: 'YAML does not allow tabs in indentation, because their width is not defined.',
    example: 'version: 1\nid: sales\nsteps:\n  - id: find\n\ttype: discover\n',
    fix: 'Use spaces; most editors can be set to do so for `.yaml` files.',
  },
  'yaml-indentation': {
    title: 'A line has the wrong indentation.',
    explanation: 'Keys of one mapping start in the same column, and so do the `-` of one list.',
    example: 'version: 1\nid: sales\nsteps:\n  - id: find\n     type: discover\n',
    fix: 'Move the line to the column of its neighbours.',
  },
  'yaml-quote': {
    title: 'Quotes are missing, not closed, or closed too early.',
    explanation:
      "Texts that start with one of `@`, `` ` ``, `%` need quotes. In double quotes a backslash starts an escape; in single quotes only `''` is special.",
    example: 'version: 1\nid: sales\nname: "Sales\nsteps: []\n',
    fix: 'Put the whole value in one pair of quotes.',
  },
  'yaml-bracket': {
    title: 'A bracket is not closed, or a comma is missing in it.',
    explanation: 'Lists in `[ ]` and mappings in `{ }` have commas between their entries.',
    example: 'version: 1\nid: sales\ninputs: {source: {type: string}\nsteps: []\n',
    fix: 'Add the missing bracket or comma.',
  },
  'yaml-colon': {
    title: 'A colon is missing, or there is one too many.',
    explanation: 'A colon followed by a space ends a key. A value that contains one needs quotes; a key needs one.',
    example: 'version: 1\nid: sales\ndescription: Sales: the daily run\nsteps: []\n',
    fix: 'Put the value in quotes, or add the colon after the key.',
  },
  'yaml-tag': {
    title: 'A value has an unknown tag.',
    explanation: '`!name` in front of a value is a YAML tag. Only standard tags are supported.',
    example: pipeline(FIND, 'name: !upper Sales\n'),
    fix: 'Remove the tag, or quote the value if it is a text that starts with `!`.',
  },
  'yaml-alias': {
    title: 'An alias cannot be resolved.',
    explanation: '`*name` repeats the value marked `&name`. A pattern that starts with `*` needs quotes, or it is read as an alias.',
    example: pipeline('  - id: find\n    type: discover\n    with:\n      source: *.csv\n'),
    fix: 'Put the value in quotes: `"*.csv"`.',
  },
  'unquoted-reference': {
    title: 'A reference is not quoted.',
    explanation: 'A value that starts with `{` is a mapping to YAML.',
    example: pipeline(
      '  - id: find\n    type: discover\n    with:\n      source: {{ inputs.source }}\n',
      'inputs: {source: {type: string}}\n',
    ).replace('inputs: {source: {type: string}}\n', ''),
    fix: 'Put the whole value in quotes: `"{{ inputs.source }}"`.',
  },
  'duplicate-key': {
    title: 'A mapping has the same key twice.',
    explanation: 'It is not clear which of the two applies.',
    example: 'version: 1\nid: sales\nid: orders\nsteps:\n  - {id: find, type: discover, with: {source: data/*.csv}}\n',
    fix: 'Remove or rename one of them.',
  },
  'invalid-key': {
    title: 'A key is not a name.',
    explanation:
      'YAML allows lists and empty texts as keys; definitions do not. A key cannot be `__proto__`, nor end with `.$`, which Step Functions reads as a path.',
    example: pipeline(FIND, '? [a, b]\n: 1\n'),
    fix: 'Use a name before the colon.',
  },
  'unsafe-number': {
    title: 'A number cannot be represented exactly.',
    explanation:
      'Numbers are 64-bit floating point in every part of the pipeline, so integers beyond 9,007,199,254,740,991 and infinities are not safe.',
    example: pipeline('  - {id: find, type: discover, with: {source: data/*.csv, chunk_rows: 12345678901234567890}}\n'),
    fix: 'Put it in quotes if it is a code rather than a number.',
  },
} as const satisfies Record<string, ProblemEntry>
