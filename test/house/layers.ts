/**
 * Who may import whom in `lib`, bottom first: a folder imports from itself, from those it lists, and from no other. The order is the
 * story of docs/architecture.md; Biome enforces its coarse lines with the reasons (biome.json), this table all of it.
 */

interface Layer {
  /** What the folder is for, in one sentence. */
  readonly is: string
  readonly imports: readonly string[]
}

const WORDS = ['machine', 'runtime', 'text']
const PURE = [...WORDS, 'relation', 'expression', 'measures', 'lowering', 'infer']
const BYTES = ['runtime', 'bytes', 's3', 'store']
const DATA = [...PURE, ...BYTES, 'duckdb', 'workspace', 'publish', 'connectors', 'reader', 'dataset', 'survey']
const RUN = [...DATA, 'segment', 'ledger', 'report']

export const LAYERS: { readonly [folder: string]: Layer } = {
  text: { is: 'Words: nearest names, numbers as people write them, maps keyed by text.', imports: [] },
  machine: { is: 'Amazon States Language: its types, its expressions, the checks of a machine.', imports: ['text'] },
  time: { is: 'Cron, time zones and durations.', imports: ['text'] },
  runtime: { is: 'What every task speaks: its event and answer, its errors, which of them are tried again.', imports: ['machine', 'text'] },

  relation: { is: 'Columns and their types, and what can be done to a cell, as SQL.', imports: WORDS },
  expression: { is: 'The language of row expressions: read, checked, lowered to SQL.', imports: [...WORDS, 'relation'] },
  measures: { is: 'Mergeable statistics of a column.', imports: [...WORDS, 'relation', 'expression'] },
  lowering: {
    is: 'The typed operations steps ask for, and how they become SQL.',
    imports: [...WORDS, 'relation', 'expression', 'measures'],
  },
  infer: { is: 'What a column is, from the cells of a sample.', imports: [...WORDS, 'relation'] },

  bytes: { is: 'Sources of bytes: files, ranges.', imports: ['runtime'] },
  s3: { is: 'S3, call by call, with retries.', imports: ['runtime', 'bytes'] },
  store: { is: 'Objects by key: a folder, the memory, a bucket.', imports: ['runtime', 'bytes', 's3'] },
  duckdb: { is: 'The native engine; nobody else touches it.', imports: ['machine', 'runtime', 'relation'] },
  workspace: {
    is: 'What a task is given to work with: the keys of its run, its store, its engine.',
    imports: ['machine', ...BYTES, 'duckdb'],
  },
  publish: { is: 'Output that appears all at once, by a manifest.', imports: ['relation', 'machine', ...BYTES, 'workspace'] },
  connectors: { is: 'Where data comes from and goes to.', imports: [...WORDS, ...BYTES, 'publish', 'workspace'] },
  reader: { is: 'How a source is written, where its records are, and how many.', imports: [...BYTES, 'text'] },

  dataset: { is: 'Sources together: one schema, chunks, batches.', imports: [...PURE, ...BYTES, 'workspace', 'connectors', 'reader'] },
  survey: {
    is: 'What a whole dataset shows: measures of all chunks, merged; repeats; a better plan for reading.',
    imports: [...PURE, ...BYTES, 'duckdb', 'workspace', 'reader', 'dataset'],
  },
  segment: { is: 'One pass over a chunk: read, work, tally, write.', imports: DATA },
  ledger: { is: 'The account of every row, and the files a person opens to see it.', imports: [...DATA, 'segment'] },
  report: { is: 'The quality report, as data and as pages.', imports: [...DATA, 'segment', 'ledger'] },

  inputs: { is: 'What a run is given: declarations, and whether values fit them.', imports: ['machine', 'text'] },
  steps: { is: 'What a pipeline can do: one folder a kind.', imports: RUN },
  definition: {
    is: 'The language: YAML to a Definition, or to problems with their places.',
    imports: [...WORDS, 'time', 'inputs', 'expression', 'relation', 'steps'],
  },
  compiler: { is: 'Definition to plan to machine; no clock, no chance, no I/O.', imports: [...WORDS, 'definition', 'steps', 'survey'] },
  tasks: { is: 'The tasks of a machine, and the handler that runs one.', imports: [...RUN, 'inputs', 'definition', 'steps'] },

  'local/engine': { is: 'Step Functions, embedded: runs a machine.', imports: ['machine', 'text'] },
  local: {
    is: 'A run on this machine: the engine, worker processes, what is told of them.',
    imports: [...WORDS, 'store', 'workspace', 'report', 'compiler', 'tasks', 'local/engine'],
  },
  lambda: { is: 'The handler as a Lambda.', imports: [...WORDS, 's3', 'store', 'workspace', 'ledger', 'tasks'] },
  starts: {
    is: 'What starts a run: schedules, uploads, events, each exactly once.',
    imports: ['machine', 'runtime', 'text', 'time', 's3', 'store', 'workspace', 'definition'],
  },
  cost: {
    is: 'What a run on AWS takes and costs, from a rehearsal of its machine.',
    imports: [
      ...WORDS,
      'time',
      'bytes',
      'store',
      'workspace',
      'reader',
      'dataset',
      'connectors',
      'steps',
      'definition',
      'compiler',
      'local/engine',
      'starts',
    ],
  },
  cloud: {
    is: 'A pipeline as a CDK construct; computes nothing about data.',
    imports: ['machine', 'runtime', 'text', 'time', 'definition', 'compiler', 'lambda', 'starts'],
  },
  cli: {
    is: 'Commands: read arguments, call, print.',
    imports: [
      ...WORDS,
      ...BYTES,
      ...[
        'time',
        'workspace',
        'reader',
        'dataset',
        'survey',
        'measures',
        'ledger',
        'report',
        'connectors',
        'inputs',
        'steps',
        'definition',
        'compiler',
        'tasks',
      ],
      ...['local', 'local/engine', 'lambda', 'starts', 'cost', 'cloud'],
    ],
  },
}

/** Files that may use the clock, chance or the environment by themselves: the edges. Everywhere else they come as values. */
export const EDGES: readonly RegExp[] = [
  /^lib\/cli\//,
  /^lib\/local\/(run|narrator|pool|worker|worker-main)\.ts$/,
  /^lib\/local\/engine\/clock\.ts$/,
  /^lib\/(lambda|starts|cloud)\//,
  /^lib\/s3\//,
  /^lib\/store\//,
  /^lib\/tasks\/handler\.ts$/,
  /^lib\/workspace\/lock\.ts$/,
  /^lib\/publish\/folder\.ts$/,
  /^lib\/connectors\/file\/(list|open)\.ts$/,
]
