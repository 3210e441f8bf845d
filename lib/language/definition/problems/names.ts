/** Problems of names and order: steps, inputs and config values that clash, are missing, or are never used. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { FIND, pipeline, type ProblemEntry } from './problem-entry.ts'

const SOURCE = '  - {id: find, type: discover, with: {source: "{{ inputs.source }}"}}\n'

export const NAME_PROBLEMS = {
  'unclear-phrase': {
    title: 'A phrase does not say clearly enough what the step does.',
    explanation: 'Phrases between <AUTO> and </AUTO> are resolved by their words; with a confidence below 0.6 nothing is guessed.',
    example: 'name: Sales\nsteps:\n  - {id: find, action: <AUTO>make everything nice</AUTO>}\n',
    fix: 'Use the words of one of the meanings in the message, or write the step with `type` and `with`.',
  },
  'phrase-not-covered': {
    title: 'A part of a phrase says something that no step can do.',
    explanation: 'The rest of the phrase applies.',
    example:
      'name: Sales\nsteps:\n  - id: find\n    action: <AUTO>discover data sources matching data/*.csv</AUTO>\n    on_error: {action: <AUTO>call the office or retry</AUTO>}\n',
    fix: 'Remove that part of the phrase.',
  },
  'duplicate-step-id': {
    title: 'Two steps have the same id.',
    explanation: 'The message shows the line of the first one.',
    example: pipeline(`${FIND}  - {id: find, type: lineage}\n`),
    fix: 'Give each step a unique id.',
  },
  'name-clash': {
    title: 'A name is used twice.',
    explanation: 'Steps, inputs and loop items are referenced by name, so no two of them can have the same name.',
    example: pipeline(`${SOURCE}  - {id: source, type: lineage}\n`, 'inputs: {source: {type: string, required: true}}\n'),
    fix: 'Rename one of them.',
  },
  'reserved-name': {
    title: 'The name is reserved in expressions.',
    explanation:
      'Reserved names are `run`, `inputs` and others, and for steps also the functions of JSONata: `$count` cannot be both a function and the result of a step.',
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
    title: '`depends_on` has an unknown step.',
    explanation: 'Entries are ids of steps, or of groups of parallel steps; the id of a step in a group means that step only.',
    example: pipeline(`${FIND}  - {id: trace, type: lineage, depends_on: [fnid]}\n`),
    fix: 'Use the id of a step.',
  },
  'self-dependency': {
    title: 'A step depends on itself.',
    explanation: 'It could never start.',
    example: pipeline(`${FIND}  - {id: trace, type: lineage, depends_on: [find, trace]}\n`),
    fix: 'Remove its own id from `depends_on`.',
  },
  cycle: {
    title: 'Steps depend on each other in a cycle.',
    explanation: 'None of them could start. The message shows the cycle; `a → b` means that a depends on b.',
    example: pipeline('  - {id: trace, type: lineage, depends_on: [watch]}\n  - {id: watch, type: monitor, depends_on: [trace]}\n'),
    fix: 'Remove one of the dependencies.',
  },
  'no-data': {
    title: 'A step works on data, but no earlier step finds any.',
    explanation: 'Only data of a `discover` step can be profiled, cleaned, transformed, validated or exported.',
    example: pipeline(`${FIND}  - {id: publish, type: export, depends_on: [], with: {to: out}}\n`),
    fix: 'Add a `discover` step, or name one in `depends_on`.',
  },
  'required-with-default': {
    title: 'An input is required and has a default.',
    explanation: 'The default would never be used.',
    example: pipeline(SOURCE, 'inputs: {source: {type: string, required: true, default: data/*.csv}}\n'),
    fix: 'Remove one of them.',
  },
  'invalid-input-default': {
    title: 'The declaration of an input is inconsistent.',
    explanation: 'Its default, enum or bounds do not fit its type or each other.',
    example: pipeline(
      '  - {id: find, type: discover, with: {source: data/*.csv, chunk_rows: "{{ inputs.rows }}"}}\n',
      'inputs: {rows: {type: integer, default: 0, minimum: 1}}\n',
    ),
    fix: 'Set a default that would be valid for a run.',
  },
  'unused-input': {
    title: 'No step uses the input.',
    explanation: 'Setting it would have no effect.',
    example: pipeline(FIND, 'inputs: {source: {type: string, default: data/*.csv}}\n'),
    fix: 'Use it in a step, or remove it.',
  },
  'unknown-input': {
    title: 'Unknown input.',
    explanation: 'It is used in the definition or given to a run, but not declared in `inputs`.',
    example: pipeline(
      '  - {id: find, type: discover, with: {source: "{{ inputs.sorce }}"}}\n',
      'inputs: {source: {type: string, required: true}}\n',
    ),
    fix: 'Declare it, or correct the name.',
  },
  'missing-input': {
    title: 'A required input is missing.',
    explanation: 'All missing inputs are reported at once, with their descriptions.',
    example: pipeline(SOURCE, 'inputs: {source: {type: string, required: true, description: What to read}}\n'),
    given: {},
    fix: 'Add `--input source=…`.',
  },
  'invalid-input': {
    title: 'The value of an input does not fit its declaration.',
    explanation: 'Texts are converted to the declared type: integers in plain digits, `true` and `false`, lists and objects as JSON.',
    example: pipeline(
      '  - {id: find, type: discover, with: {source: data/*.csv, chunk_rows: "{{ inputs.rows }}"}}\n',
      'inputs: {rows: {type: integer, default: 10000, minimum: 1}}\n',
    ),
    given: { rows: '10_000' },
    fix: 'Use a value that the hint allows.',
  },
  'not-available': {
    title: 'A setting asks for what this version cannot do.',
    explanation:
      'The definition is valid, and `validate` accepts it. A run that would need the setting is refused before it starts, and nothing is read or written.',
    example: pipeline(
      '  - {id: find, type: discover, with: {source: data/*.csv}}\n  - {id: publish, type: export, with: {to: out, format: delta}}\n',
    ),
    given: {},
    fix: 'Use what the hint allows.',
  },
  'config-file': {
    title: 'Cannot read the config file.',
    explanation: '`config` is a mapping, or the path of a YAML file, relative to the definition.',
    example: pipeline(FIND, 'config: settings.yaml\n'),
    fix: 'Correct the path, or write the values into the definition.',
  },
  'asset-file': {
    title: 'Cannot use a file of the pipeline.',
    explanation:
      'Files that belong to a pipeline are beside its definition or in a folder below, in UTF-8, with at most 1,000,000 bytes each. They are read when the definition is compiled, and stored with each run.',
    example: pipeline(
      `${FIND}  - {id: gate, type: validate, with: {rules: [{rule_type: in_set, column: country, values: {file: countries.csv}}]}}\n`,
    ),
    fix: 'Correct the path or the file; the message says what is wrong.',
  },
  'config-cycle': {
    title: 'Config values refer to each other in a cycle.',
    explanation: 'None of them has a value.',
    example: pipeline('  - {id: find, type: discover, with: {source: "${a}"}}\n', 'config: {a: "${b}", b: "${a}"}\n'),
    fix: 'Replace one reference by a value.',
  },
  'config-too-large': {
    title: 'Expanded config values are too large.',
    explanation:
      'A value can expand to 1,000,000 characters, and a definition to ten times as many. Values that refer to others several times multiply.',
    example: '',
    text: () => {
      const names = Array.from({ length: 7 }, (_, at) => `  a${at + 1}: "${`\${a${at}}`.repeat(10)}"\n`)
      return pipeline('  - {id: find, type: discover, with: {source: "${a7}"}}\n', `config:\n  a0: abc\n${names.join('')}`)
    },
    fix: 'Write the value once, or refer to fewer others.',
  },
  'unknown-config': {
    title: 'Unknown config value.',
    explanation: '`${a.b}` is the value `b` in the mapping `a` of `config`. Unknown names are never replaced by an empty text.',
    example: pipeline('  - {id: find, type: discover, with: {source: "${paths.inptu}/*.csv"}}\n', 'config: {paths: {input: data}}\n'),
    fix: 'Correct the name, or add the value. Write `$${` for a literal `${`.',
  },
  'unknown-env': {
    title: 'The environment variable is not set.',
    explanation: '`${env.NAME}` is read when the pipeline is built.',
    example: pipeline('  - {id: find, type: discover, with: {source: "${env.SALES_FOLDER}/*.csv"}}\n'),
    fix: 'Set the variable, or correct the name.',
  },
  'unused-function': {
    title: 'A file stands for a function that no step calls.',
    explanation: '`functions` holds files for the functions of lambda steps, for runs on this machine.',
    example: pipeline('  - {id: extract, type: lambda, with: {function_name: extract-fn}}\n', 'functions: {extrct-fn: ./extract.ts}\n'),
    fix: 'Write the name that a lambda step has in `function_name`, or remove the line.',
  },
  'unused-config': {
    title: 'The config value is not used.',
    explanation: 'Values in a separate config file are not reported, as several definitions can share it.',
    example: pipeline(FIND, 'config: {folder: data}\n'),
    fix: 'Use it as `${folder}`, or remove it.',
  },
  'not-a-text': {
    title: 'A list or mapping is part of a text.',
    explanation: 'Only single values can be part of a text.',
    example: pipeline('  - {id: find, type: discover, with: {source: "${paths}/sales.csv"}}\n', 'config: {paths: {input: data}}\n'),
    fix: 'Refer to one value of it, such as `${paths.input}`.',
  },
  'secret-out-of-place': {
    title: 'A secret is used where it cannot be kept secret.',
    explanation:
      'Settings are visible in the state machine, in the history of a run and in its files. A secret setting is stored there by name only, and the task reads its value. Buckets are read with the role of the functions, or with the credentials of the user who runs the pipeline.',
    example: pipeline('  - {id: find, type: discover, with: {source: "https://${secret.TOKEN}@example.com/sales.csv"}}\n'),
    fix: 'Grant read access to the role, or to the user who runs it, and remove the secret from the address.',
  },
  'secret-in-the-open': {
    title: 'The value of a secret is written in the definition.',
    explanation:
      'Everyone who can read the definition, the state machine or the files of a run can read such a key. This includes keys from inputs, from `config` and from the environment.',
    example: pipeline(
      '  - {id: find, type: discover, with: {source: x}}\n  - {id: trace, type: lineage, with: {endpoint: "https://marquez.example.com", api_key: k-123}}\n',
    ),
    fix: 'Use `${secret.NAME}`, and store the value in the environment, or in Secrets Manager on AWS. On your own machine, a secret that the file itself shows is a warning; `siftstep fmt --canonical` moves it out.',
  },
} as const satisfies Record<string, ProblemEntry>
