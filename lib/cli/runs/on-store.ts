/** The store of runs as a command line names it, and paths and commands as a person would type them. */
import { statSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import type { Args } from '#cli/arguments/flags.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import { UsageError } from '#cli/terminal/usage-error.ts'

export const DEFAULT_STORE = '.siftstep'

/** The folder of the store, as an absolute path. */
export function storeFolder(args: Args, terminal: Terminal): string {
  const folder = resolve(terminal.cwd(), args.value('store') ?? DEFAULT_STORE)
  if (isFile(folder))
    throw new UsageError(
      `the store ${displayPath(folder, terminal)} is a file, not a folder`,
      'move the file, or choose another folder with --store',
    )
  return folder
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    // not there, or not readable: reported when it is used
    return false
  }
}

/** A path as a user would type it here. */
export function displayPath(path: string, terminal: Pick<Terminal, 'cwd'>): string {
  const from = relative(terminal.cwd(), path)
  return from.startsWith(`..${sep}..`) || from === '' ? path : from
}

/** A text in single quotes, for a Unix shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** Quotes a word for a Unix shell where it must be. */
export const shellWord = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word))

/** `siftstep show r-…`, with --store if it is not the default. */
export function commandOn(run: string, folder: string, terminal: Pick<Terminal, 'cwd'>) {
  const store = folder === resolve(terminal.cwd(), DEFAULT_STORE) ? '' : ` --store ${shellWord(displayPath(folder, terminal))}`
  return (name: string) => `siftstep ${name} ${run}${store}`
}
