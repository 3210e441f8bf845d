/** The contract of a command: what it is, for help and for reading its arguments, and how it is run. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import type { Args, Flag, Positional } from './flags.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

export interface Command {
  readonly name: string
  /** One sentence. */
  readonly summary: string
  /** More than the summary, where it takes more. */
  readonly description?: string
  readonly positionals: readonly Positional[]
  readonly flags: readonly Flag[]
  readonly examples: readonly Example[]
  /** What the help can add when it is asked for together with arguments. */
  moreHelp?(args: Args, terminal: Terminal): Promise<string>
  /** Carries the command out; resolves with the exit code. Loads what it needs only then. */
  run(args: Args, terminal: Terminal): Promise<number>
}

export interface Example {
  /** A whole command line. */
  readonly line: string
  readonly what: string
}

export const FILE: Positional = { name: 'FILE', help: 'The definition, a YAML file.', required: true }

/** Where values for `${…}` come from, for all commands that read a definition. */
export const CONFIG_FLAGS: readonly Flag[] = [
  {
    name: 'config',
    value: 'K=V',
    many: true,
    help: 'Lay a value over the config of the definition, key by key (paths.input=data); a name without = is a YAML file of values.',
  },
  {
    name: 'env-file',
    value: 'FILE',
    help: 'Variables for ${env.NAME} and ${secret.NAME}, as NAME=value lines; those of the environment come first.',
  },
]

export const STORE_FLAG: Flag = { name: 'store', value: 'DIR', help: 'The folder that keeps the runs (.siftstep unless said otherwise).' }
export const JSON_FLAG: Flag = { name: 'json', help: 'Print JSON for programs, and nothing else.' }

/** Where a command works that can work here and on AWS. */
export const ON_FLAG: Flag = { name: 'on', value: 'PLACE', help: 'Where: aws; this machine unless said otherwise.' }

/** Which deployment on AWS is meant. */
export const AWS_FLAGS: readonly Flag[] = [
  { name: 'env', value: 'NAME', help: 'On AWS: the environment it is deployed to, such as staging.' },
  { name: 'region', value: 'REGION', help: 'On AWS: the region (that of the environment or the profile unless said otherwise).' },
]

/** Among which runs on AWS one is looked for. */
export const PIPELINE_FLAG: Flag = { name: 'pipeline', value: 'ID', help: 'On AWS: only runs of this pipeline.' }

/** How a run is shown. */
export const SHOWING_FLAGS: readonly Flag[] = [
  { name: 'json', help: 'Print one JSON event a line, and nothing else.' },
  { name: 'quiet', help: 'Print only how it ended.' },
  { name: 'verbose', help: 'Print more: every beginning, and what parallel steps did as a whole.' },
  { name: 'ascii', help: 'Use no characters beyond ASCII.' },
  { name: 'no-color', help: 'Use no colours; so does the variable NO_COLOR.' },
]

/** How a run is carried out and shown. */
export const RUN_FLAGS: readonly Flag[] = [
  { name: 'workers', value: 'N', help: 'Processes that work at a time (as many as the machine has cores unless said otherwise).' },
  STORE_FLAG,
  ...SHOWING_FLAGS,
]
