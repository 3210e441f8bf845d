/** What a shell can offer for a value: a list of words, names of files or folders. */
import { flagsOf } from '#cli/arguments/args.ts'
import type { Command } from '#cli/arguments/command.ts'
import type { Flag } from '#cli/arguments/flags.ts'

/** Words; else files or folders. What only a store or AWS knows, such as ids of runs, is offered as files are: the shell's default. */
export type Offered = { readonly words: readonly string[] } | 'files' | 'folders'

export const offeredFor = (name: string, choices: readonly string[] | undefined): Offered =>
  choices === undefined ? (name === 'DIR' ? 'folders' : 'files') : { words: choices }

/** The words for the first argument; undefined: it takes a file. */
export const firstWords = ({ positionals }: Command): readonly string[] | undefined => positionals[0]?.choices

/** `--rows`, `-n`. */
export const spellings = ({ name, short }: Flag): readonly string[] => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]

export const withValue = (command: Command): readonly (Flag & { readonly value: string })[] =>
  flagsOf(command).flatMap((flag) => (flag.value === undefined ? [] : [{ ...flag, value: flag.value }]))

/** The first sentence of a help, on one line and without its point. */
export const brief = (help: string): string => (help.split(/\.(?:\s|$)/)[0] ?? '').replace(/\s+/g, ' ')
