/** Problems of names and order: steps, inputs and config values that clash, are missing, or are never used. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { FIND, pipeline, type ProblemEntry } from './problem-entry.ts'

const SOURCE = '  - {id: find, type: discover, with: {source: "{{ inputs.source }}"}}\n'

export const NAME_PROBLEMS = {
  'duplicate-step-id': {
    title: 'Two steps have the same id.',
    explanation: 'The problem names the line of the first.',
    example: pipeline(`${FIND}  - {id: find, type: lineage}\n`),
    fix: 'Give each step an id of its own.',
  },
  'name-clash': {
    title: 'One name has two meanings.',
    explanation: 'A step, an input and the item of a loop are all read by their bare name, so no two of them may share one.',
    example: pipeline(`${SOURCE}  - {id: source, type: lineage}\n`, 'inputs: {source: {type: string, required: true}}\n'),
    fix: 'Rename one of the two.',
  },
  'reserved-name': {
    title: 'The name has a meaning of its own in expressions.',
    explanation:
      'Such as `run` and `inputs`, and for steps the functions of JSONata: `$count` cannot be a function and the result of a step.',
    example: pipeline(`${FIND}  - {id: count, type: lineage}\n`),
    fix: 'Choose another name.',
  },
  'unknown-connection': {
    title: 'A step names a connection that is not declared.',
    explanation: 'Connections are declared under `connections` at the top of the definition.',
    example: pipeline('  - {id: find, type: discover, with: {source: {connection: shop, table: orders}}}\n'),
    fix: 'Declare the connection, or write the name of one that is.',
  },
  'unknown-connection-type': {
    title: 'The type of a connection does not exist.',
    explanation: 'The type says which database it connects to.',
    example: pipeline(FIND, 'connections: {shop: {type: sqllite, path: data/shop.db}}\n'),
    fix: 'Write one of the allowed types.',
  },
  'unknown-dependency': {
    title: '`depends_on` names a step that does not exist.',
    explanation: 'Names are ids of steps, or of groups of parallel steps; the id of a step within a group means that step alone.',
    example: pipeline(`${FIND}  - {id: trace, type: lineage, depends_on: [fnid]}\n`),
    fix: 'Write the id of a step.',
  },
  'self-dependency': {
    title: 'A step waits for itself.',
    explanation: 'It could never start.',
    example: pipeline(`${FIND}  - {id: trace, type: lineage, depends_on: [find, trace]}\n`),
    fix: 'Remove its own id from `depends_on`.',
  },
  cycle: {
    title: 'Steps wait for each other in a circle.',
    explanation: 'None of them could start. The problem shows the circle; `a → b` means that a waits for b.',
    example: pipeline('  - {id: trace, type: lineage, depends_on: [watch]}\n  - {id: watch, type: monitor, depends_on: [trace]}\n'),
    fix: 'Remove one of the dependencies.',
  },
  'no-data': {
    title: 'A step works on data, and none was found before it.',
    explanation: 'Only what a `discover` step found can be profiled, cleaned, transformed, validated or exported.',
    example: pipeline(`${FIND}  - {id: publish, type: export, depends_on: [], with: {to: out}}\n`),
    fix: 'Put a `discover` step before it, or name one in `depends_on`.',
  },
  'required-with-default': {
    title: 'An input is required and has a default.',
    explanation: 'The default could never be used.',
    example: pipeline(SOURCE, 'inputs: {source: {type: string, required: true, default: data/*.csv}}\n'),
    fix: 'Remove one of the two.',
  },
  'invalid-input-default': {
    title: 'The declaration of an input contradicts itself.',
    explanation: 'Its default, its choices or its bounds do not fit its type or each other.',
    example: pipeline(
      '  - {id: find, type: discover, with: {source: data/*.csv, chunk_rows: "{{ inputs.rows }}"}}\n',
      'inputs: {rows: {type: integer, default: 0, minimum: 1}}\n',
    ),
    fix: 'Make the default a value that a run could be given.',
  },
  'unused-input': {
    title: 'No step uses the input.',
    explanation: 'Whoever sets it expects that something changes, and nothing would.',
    example: pipeline(FIND, 'inputs: {source: {type: string, default: data/*.csv}}\n'),
    fix: 'Read it in a step, or remove it.',
  },
  'unknown-input': {
    title: 'There is no such input.',
    explanation: 'It is read in the definition, or given to a run, and not declared in `inputs`.',
    example: pipeline(
      '  - {id: find, type: discover, with: {source: "{{ inputs.sorce }}"}}\n',
      'inputs: {source: {type: string, required: true}}\n',
    ),
    fix: 'Declare it, or correct the name.',
  },
  'missing-input': {
    title: 'A run is not given an input it needs.',
    explanation: 'All missing inputs are named at once, with their descriptions.',
    example: pipeline(SOURCE, 'inputs: {source: {type: string, required: true, description: What to read}}\n'),
    given: {},
    fix: 'Add `--input source=…`.',
  },
  'invalid-input': {
    title: 'A run is given a value that does not fit its input.',
    explanation: 'Texts are converted to the declared type: whole numbers in plain digits, `true` and `false`, lists and objects as JSON.',
    example: pipeline(
      '  - {id: find, type: discover, with: {source: data/*.csv, chunk_rows: "{{ inputs.rows }}"}}\n',
      'inputs: {rows: {type: integer, default: 10000, minimum: 1}}\n',
    ),
    given: { rows: '10_000' },
    fix: 'Give a value as the hint says.',
  },
  'config-file': {
    title: 'The config file cannot be read.',
    explanation: '`config` is a mapping, or the path of a YAML file, relative to the definition.',
    example: pipeline(FIND, 'config: settings.yaml\n'),
    fix: 'Correct the path, or write the values into the definition.',
  },
  'config-cycle': {
    title: 'Config values refer to each other in a circle.',
    explanation: 'None of them could be told.',
    example: pipeline('  - {id: find, type: discover, with: {source: "${a}"}}\n', 'config: {a: "${b}", b: "${a}"}\n'),
    fix: 'Give one of them a value of its own.',
  },
  'config-too-large': {
    title: 'Config values that refer to each other grow too large.',
    explanation:
      'A value stands for up to 1,000,000 characters, and all of a definition for ten times as many. Values that name others several times multiply.',
    example: '',
    text: () => {
      const names = Array.from({ length: 7 }, (_, at) => `  a${at + 1}: "${`\${a${at}}`.repeat(10)}"\n`)
      return pipeline('  - {id: find, type: discover, with: {source: "${a7}"}}\n', `config:\n  a0: abc\n${names.join('')}`)
    },
    fix: 'Write the value out once, or refer to fewer others.',
  },
  'unknown-config': {
    title: 'There is no such config value.',
    explanation: '`${a.b}` is the value `b` in the mapping `a` of `config`. Nothing is replaced by an empty text.',
    example: pipeline('  - {id: find, type: discover, with: {source: "${paths.inptu}/*.csv"}}\n', 'config: {paths: {input: data}}\n'),
    fix: 'Correct the name, or add the value. `$${` stands for the characters `${` themselves.',
  },
  'unknown-env': {
    title: 'The environment has no such variable.',
    explanation: '`${env.NAME}` is read when the pipeline is built.',
    example: pipeline('  - {id: find, type: discover, with: {source: "${env.SALES_FOLDER}/*.csv"}}\n'),
    fix: 'Set the variable, or correct the name.',
  },
  'unused-config': {
    title: 'Nothing uses the config value.',
    explanation: 'Values in a config file of its own are not counted, as several definitions may share it.',
    example: pipeline(FIND, 'config: {folder: data}\n'),
    fix: 'Read it as `${folder}`, or remove it.',
  },
  'not-a-text': {
    title: 'A list or mapping stands within a text.',
    explanation: 'Only single values can be put into a text.',
    example: pipeline('  - {id: find, type: discover, with: {source: "${paths}/sales.csv"}}\n', 'config: {paths: {input: data}}\n'),
    fix: 'Name one value of it, such as `${paths.input}`.',
  },
  'secret-out-of-place': {
    title: 'A secret stands where it cannot be kept secret.',
    explanation:
      'Whatever is set stands in the machine, in the history of a run and among its files. Of a setting that is a secret only the name stands there, and the task looks it up. Buckets are read with the role of the functions, or with the credentials of whoever runs the pipeline.',
    example: pipeline('  - {id: find, type: discover, with: {source: "https://${secret.TOKEN}@example.com/sales.csv"}}\n'),
    fix: 'Give the role, or whoever runs it, the right to read; write the address without the secret.',
  },
  'secret-in-the-open': {
    title: 'A setting that is a secret is written out.',
    explanation:
      'A key in a definition is read by everybody who reads the definition, the machine, or the files of a run. That holds for keys from inputs, from `config` and from the environment too.',
    example: pipeline(
      '  - {id: find, type: discover, with: {source: x}}\n  - {id: trace, type: lineage, with: {endpoint: "https://marquez.example.com", api_key: k-123}}\n',
    ),
    fix: 'Write `${secret.NAME}`, and keep the value in the environment, or in Secrets Manager on AWS.',
  },
} as const satisfies Record<string, ProblemEntry>
