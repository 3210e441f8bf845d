/** Problems of the file itself: YAML that cannot be read, or that says less than it seems to. */
import { FIND, pipeline, type ProblemEntry } from './problem-entry.ts'

export const YAML_PROBLEMS = {
  'empty-file': {
    title: 'The file holds nothing.',
    explanation: 'There is no text in it, or only comments.',
    example: '# to be written\n',
    fix: 'Start with `version: 1`, an `id` and a list of `steps`.',
  },
  'not-a-mapping': {
    title: 'The file is not a mapping.',
    explanation:
      'A definition is a mapping of keys to values; a list of steps alone is not one. A key without a space after its colon is not a key either.',
    example: '- id: find\n  type: discover\n',
    fix: 'Write `version`, `id` and `steps` at the start of their lines, each with `: ` after it.',
  },
  'several-documents': {
    title: 'The file holds several documents.',
    explanation: 'A line `---` starts another YAML document. One file is one pipeline.',
    example: `${pipeline(FIND)}---\n${pipeline(FIND)}`,
    fix: 'Move each pipeline to a file of its own.',
  },
  'file-too-large': {
    title: 'The file is larger than 1 MB.',
    explanation: 'Definitions are written by people; a file of this size is data.',
    example: '',
    text: () => `# ${'x'.repeat(1_000_000)}\n`,
    fix: 'Keep data in files of its own and let a `discover` step read them.',
  },
  'not-text': {
    title: 'The file is not text.',
    explanation: 'It holds characters that no text has: perhaps it is compressed, or in UTF-16.',
    example: '',
    text: () => 'version: 1\u0000\n',
    fix: 'Save the definition as UTF-8 text.',
  },
  'yaml-syntax': {
    title: 'The text is not the YAML that is read here.',
    explanation:
      'Definitions are YAML 1.2 without directives. Only the first mistake of syntax is shown, because what follows it cannot be told.',
    example: '%YAML 1.1\n---\nversion: 1\n',
    fix: 'Mend the line the problem names.',
  },
  'yaml-tab': {
    title: 'A line is indented with a tab.',
    explanation: 'YAML does not allow tabs there, because nobody can see how wide they are.',
    example: 'version: 1\nid: sales\nsteps:\n  - id: find\n\ttype: discover\n',
    fix: 'Use spaces; most editors can do so for `.yaml` files by themselves.',
  },
  'yaml-indentation': {
    title: 'A line is not indented like the lines it belongs to.',
    explanation: 'Keys of one mapping start in the same column, and so do the `-` of one list.',
    example: 'version: 1\nid: sales\nsteps:\n  - id: find\n     type: discover\n',
    fix: 'Move the line so that it starts where its neighbours start.',
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
    explanation: 'A colon followed by a space ends a key. A value that holds one needs quotes; a key without one is no key.',
    example: 'version: 1\nid: sales\ndescription: Sales: the daily run\nsteps: []\n',
    fix: 'Put the value in quotes, or add the colon after the key.',
  },
  'yaml-tag': {
    title: 'A value has a tag that is not known.',
    explanation: '`!name` in front of a value is a YAML tag. Only the standard ones are read.',
    example: pipeline(FIND, 'name: !upper Sales\n'),
    fix: 'Remove the tag, or quote the value if it is a text that starts with `!`.',
  },
  'yaml-alias': {
    title: 'An alias cannot be followed.',
    explanation: '`*name` repeats the value marked `&name`. A pattern that starts with `*` needs quotes, or it is taken for an alias.',
    example: pipeline('  - id: find\n    type: discover\n    with:\n      source: *.csv\n'),
    fix: 'Put the value in quotes: `"*.csv"`.',
  },
  'unquoted-reference': {
    title: 'A reference stands without quotes.',
    explanation: 'A value that starts with `{` is a mapping to YAML.',
    example: pipeline(
      '  - id: find\n    type: discover\n    with:\n      source: {{ inputs.source }}\n',
      'inputs: {source: {type: string}}\n',
    ).replace('inputs: {source: {type: string}}\n', ''),
    fix: 'Put the whole value in quotes: `"{{ inputs.source }}"`.',
  },
  'duplicate-key': {
    title: 'A key stands twice in one mapping.',
    explanation: 'Only one of the two could count, and nobody can tell which.',
    example: 'version: 1\nid: sales\nid: orders\nsteps:\n  - {id: find, type: discover, with: {source: data/*.csv}}\n',
    fix: 'Remove one of the two, or rename it.',
  },
  'invalid-key': {
    title: 'A key is not a name.',
    explanation:
      'YAML allows lists and empty texts as keys; definitions do not. A key cannot be `__proto__`, nor end with `.$`, which Step Functions reads as a path.',
    example: pipeline(FIND, '? [a, b]\n: 1\n'),
    fix: 'Write a name before the colon.',
  },
  'unsafe-number': {
    title: 'A number cannot be kept exactly.',
    explanation:
      'Numbers are 64-bit floating point in every part of the pipeline, so whole numbers beyond 9,007,199,254,740,991 and infinities are not safe.',
    example: pipeline('  - {id: find, type: discover, with: {source: data/*.csv, chunk_rows: 12345678901234567890}}\n'),
    fix: 'Put it in quotes if it is a code rather than a number.',
  },
} as const satisfies Record<string, ProblemEntry>
