/** init: a definition to begin with. */
import type { Command } from '#cli/arguments/command.ts'

export const init: Command = {
  name: 'init',
  summary: 'Write a definition to begin with: the nine usual steps, with comments.',
  description: 'Writes pipeline.yaml and a line of .gitignore for the store. A definition that is there is never overwritten.',
  positionals: [{ name: 'DIR', help: 'The folder (this one unless said otherwise); made when absent.', required: false }],
  flags: [{ name: 'name', value: 'NAME', help: 'What the pipeline is called (after its folder unless said otherwise).' }],
  examples: [
    { line: 'siftstep init', what: 'In this folder.' },
    { line: 'siftstep init sales --name "Daily sales"', what: 'In a new one.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/init.ts')).initFolder(args, terminal),
}
