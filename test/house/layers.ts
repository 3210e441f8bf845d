/**
 * Who may import whom in `lib`: ten districts, bottom first. A file imports from its own district, from those its district lists, and from
 * no other. Nothing else says this: Biome has no rule of imports.
 */

interface District {
  /** What it is for, in one sentence. */
  readonly is: string
  readonly imports: readonly string[]
}

export const DISTRICTS: { readonly [district: string]: District } = {
  core: { is: 'JSON, text, time, the errors and the wire of tasks.', imports: [] },
  asl: { is: 'Amazon States Language: its types, the checks of a machine, the engine that runs one.', imports: ['core'] },
  relational: { is: 'Columns, cells, expressions, measures, and the operations that become SQL.', imports: ['core'] },
  io: { is: 'Bytes by key and by address, the forms of sources, the native engine.', imports: ['core', 'relational'] },
  data: { is: 'Datasets: planned, surveyed, passed through, accounted for, reported on.', imports: ['core', 'relational', 'io'] },
  steps: { is: 'What a pipeline can do: one folder a kind.', imports: ['core', 'asl', 'relational', 'io', 'data'] },
  language: { is: 'YAML to a definition, to a plan, to a machine.', imports: ['core', 'asl', 'relational', 'steps'] },
  run: {
    is: 'The tasks of a machine, runs on this machine, and what starts a run.',
    imports: ['core', 'asl', 'relational', 'io', 'data', 'steps', 'language'],
  },
  aws: {
    is: 'Handlers behind Lambda, the CDK app, what runs cost.',
    imports: ['core', 'asl', 'io', 'data', 'steps', 'language', 'run'],
  },
  cli: {
    is: 'Commands: read arguments, call, print.',
    imports: ['core', 'asl', 'relational', 'io', 'data', 'steps', 'language', 'run', 'aws'],
  },
}

interface Never {
  readonly room: string
  /** Districts, or rooms of them. */
  readonly imports: readonly string[]
  readonly why: string
}

/** Narrower than the districts. */
export const NEVER: readonly Never[] = [
  {
    room: 'run/local',
    imports: ['steps', 'language/definition', 'run/starts'],
    why: 'it runs machines, and knows no kind of step and no definition',
  },
  { room: 'aws/cloud', imports: ['io', 'data', 'steps', 'run/tasks', 'run/local'], why: 'it computes nothing about data' },
]

interface Package {
  /** Its name, or the scope of its name. */
  readonly name: string
  /** Districts or rooms that may load it. */
  readonly rooms: readonly string[]
  readonly why: string
}

/** Packages that only some rooms may import. */
export const PACKAGES: readonly Package[] = [
  { name: '@duckdb/node-api', rooms: ['io/duckdb'], why: 'one room touches the native engine' },
  { name: '@photostructure/sqlite', rooms: ['io/connectors'], why: 'one file touches SQLite' },
  { name: 'avsc', rooms: ['io/catalog'], why: 'it writes the metadata of tables' },
  { name: 'mysql2', rooms: ['io/connectors'], why: 'one file touches MySQL' },
  { name: 'pg', rooms: ['io/connectors'], why: 'one file touches PostgreSQL' },
  { name: 'pg-copy-streams', rooms: ['io/connectors'], why: 'one file touches PostgreSQL' },
  { name: 'parquetjs-lite', rooms: ['data/ledger'], why: 'it writes side tables, and nothing else' },
  { name: 'hyparquet', rooms: ['io/formats'], why: 'it reads the footers of files' },
  { name: 'chardet', rooms: ['io/formats'], why: 'it guesses encodings' },
  { name: 'hucre', rooms: ['io/formats'], why: 'it reads workbooks' },
  { name: 'nodemailer', rooms: ['io/channels'], why: 'it writes and sends mail' },
  { name: 'yauzl', rooms: ['io/formats'], why: 'it reads archives' },
  { name: 'unbzip2-stream', rooms: ['io/formats'], why: 'it decompresses sources' },
  { name: 'fzstd', rooms: ['io/formats'], why: 'it decompresses sources' },
  { name: 'xxhash-wasm', rooms: ['io/formats'], why: 'it verifies what was decompressed' },
  { name: '@aws-sdk', rooms: ['io/s3', 'io/store', 'io/catalog', 'io/channels', 'run/starts', 'aws', 'cli'], why: 'these call AWS' },
  { name: '@aws-lambda-powertools', rooms: ['aws/lambda'], why: 'it is for functions on Lambda' },
  { name: 'aws-cdk-lib', rooms: ['aws/cloud'], why: 'one room knows the CDK' },
  { name: 'constructs', rooms: ['aws/cloud'], why: 'one room knows the CDK' },
]

/** Districts and rooms without files, network and processes: a task or the command line does that and passes the value. */
export const PURE: readonly string[] = ['core', 'asl/machine', 'relational', 'steps', 'language']
/** Files of these that reach out even so. */
export const REACHES_OUT: readonly string[] = ['lib/steps/shell/carry-out.ts']
export const OUTSIDE = /^node:(fs|fs\/promises|http|https|net|os|child_process|worker_threads|process)$/

/** Files that may use the clock, chance or the environment by themselves: the edges. Everywhere else they come as values. */
export const EDGES: readonly RegExp[] = [
  /^lib\/cli\//,
  /^lib\/run\/local\/(run|run-reporter|pool|worker|worker-main)\.ts$/,
  /^lib\/asl\/engine\/clock\.ts$/,
  /^lib\/aws\/(lambda|cloud)\//,
  /^lib\/run\/(starts|runs|serve)\//,
  /^lib\/io\/(s3|store)\//,
  /^lib\/run\/tasks\/handler\.ts$/,
  /^lib\/io\/workspace\/lock\.ts$/,
  /^lib\/io\/publish\/folder\.ts$/,
  /^lib\/io\/catalog\/glue\.ts$/,
  /^lib\/io\/connectors\/file\/open\.ts$/,
  // commands get the environment of the process
  /^lib\/steps\/shell\/carry-out\.ts$/,
]
