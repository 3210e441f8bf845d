/** The contract of a command: its help, its arguments, and its function. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import type { Args, Flag, Positional } from './flags.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

export interface Command {
  readonly name: string
  /** One sentence. */
  readonly summary: string
  /** More than the summary, if needed. */
  readonly description?: string
  readonly positionals: readonly Positional[]
  readonly flags: readonly Flag[]
  readonly examples: readonly Example[]
  /** Help added when arguments are given with --help. */
  moreHelp?(args: Args, terminal: Terminal): Promise<string>
  /** Runs the command and resolves with its exit code. Loads its code only then. `commands` are all commands of the program. */
  run(args: Args, terminal: Terminal, commands: readonly Command[]): Promise<number>
}

export interface Example {
  /** A complete command line. */
  readonly line: string
  readonly what: string
}

export const FILE: Positional = { name: 'FILE', help: 'The definition (a YAML file).', required: true }

/** Flags of all commands that read a definition: sources of values for `${…}`. */
export const CONFIG_FLAGS: readonly Flag[] = [
  {
    name: 'config',
    value: 'K=V',
    many: true,
    help: 'Override the config of the definition by key (paths.input=data), or with a YAML file (a name without =).',
  },
  {
    name: 'env-file',
    value: 'FILE',
    help: 'Read NAME=value lines for ${env.NAME} and ${secret.NAME}; environment variables take precedence.',
  },
]

export const STORE_FLAG: Flag = { name: 'store', value: 'DIR', help: 'Folder for runs (default: .siftstep).' }
export const JSON_FLAG: Flag = { name: 'json', help: 'Print only JSON.' }

/** The platform of commands that work on this machine and on AWS. */
export const ON_FLAG: Flag = { name: 'on', value: 'PLATFORM', help: 'Platform: aws (default: this machine).', choices: ['aws'] }

export const REGION_FLAG: Flag = { name: 'region', value: 'REGION', help: 'On AWS: region (default: from the environment or the profile).' }

/** Selects a deployment on AWS. */
export const AWS_FLAGS: readonly Flag[] = [
  { name: 'env', value: 'NAME', help: 'On AWS: environment of the deployment, such as staging.' },
  REGION_FLAG,
]

/** Chooses one of several pipelines in a file. */
export const ONE_PIPELINE: Flag = { name: 'pipeline', value: 'ID', help: 'Of a file with several pipelines: this one.' }

/** Limits the search for a run on AWS. */
export const PIPELINE_FLAG: Flag = { name: 'pipeline', value: 'ID', help: 'On AWS: only runs of this pipeline.' }

/** Flags for the output of a run. */
export const SHOWING_FLAGS: readonly Flag[] = [
  { name: 'json', help: 'Print only events, one JSON object per line.' },
  { name: 'quiet', help: 'Print only the result.' },
  { name: 'verbose', help: 'Also print the start of every step and the summary of parallel steps.' },
  { name: 'ascii', help: 'Print ASCII only.' },
  { name: 'no-color', help: 'Print without colors (also set by NO_COLOR).' },
]

/** Flags for a run and its output. */
export const RUN_FLAGS: readonly Flag[] = [
  { name: 'workers', value: 'N', help: 'Number of worker processes (default: the number of cores).' },
  STORE_FLAG,
  ...SHOWING_FLAGS,
]
