/** init: writes a first definition. */
import type { Command } from '#cli/arguments/command.ts'

export const init: Command = {
  name: 'init',
  summary: 'Write a first definition: the nine usual steps, with comments.',
  description: 'Writes pipeline.yaml, and a line in .gitignore for the store. Never overwrites an existing definition.',
  positionals: [{ name: 'DIR', help: 'Target folder (default: this folder); created if missing.', required: false }],
  flags: [{ name: 'name', value: 'NAME', help: 'Name of the pipeline (default: the name of the folder).' }],
  examples: [
    { line: 'siftstep init', what: 'Write into this folder.' },
    { line: 'siftstep init sales --name "Daily sales"', what: 'Write into a new folder.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/init.ts')).initFolder(args, terminal),
}
