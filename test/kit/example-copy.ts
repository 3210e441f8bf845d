/** A copy of an example, and the command of its README that runs it. */
import { cpSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { commandsIn } from './commands-in.ts'

export const EXAMPLES_FOLDER = resolve(import.meta.dirname, '../../examples')

/** Copies the example to a folder, without what it compiles to; returns the folder. */
export function copyExample(name: string, folder: string): string {
  cpSync(join(EXAMPLES_FOLDER, name), folder, { recursive: true, filter: (path) => basename(path) !== 'expected' })
  return folder
}

/** The arguments of the first command of the README that runs the pipeline. */
export function runOf(name: string): readonly string[] {
  const found = commandsIn(readFileSync(join(EXAMPLES_FOLDER, name, 'README.md'), 'utf8')).find(({ args }) => args[0] === 'run')
  if (found === undefined) throw new Error(`the README of the example ${name} runs nothing`)
  return found.args
}
