/** The contract of a template: the files that `init` writes for it. */
import { slugOf } from '#core/text/slug.ts'

export interface Template {
  /** What `--template` calls it. */
  readonly name: string
  /** One sentence. */
  readonly summary: string
  /** The name of its definition. */
  readonly main: string
  /** What follows the definition on the command line of a first run. */
  readonly run: string
  /** All its files, by path; the definition among them. */
  files(name: string): { readonly [path: string]: string }
}

/** Turns any name into a valid id: lower-case letters, digits and `_`, starting with a letter. */
export const idFrom = (name: string): string => slugOf(name) ?? 'pipeline'

/** The first lines of a definition. */
export const headOf = (name: string, description: string) =>
  `version: 1\nid: ${idFrom(name)}\nname: ${JSON.stringify(name)}\ndescription: ${description}\n`
