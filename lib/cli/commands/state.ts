/** state: shows what a pipeline remembers from run to run, and sets it. */
import { AWS_FLAGS, type Command, JSON_FLAG, ON_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const state: Command = {
  name: 'state',
  summary: 'Show or set what a pipeline remembers from run to run, such as a high-water mark.',
  description: `Steps that find what is new remember how far they have read: detect_changes a high-water mark, discover with changed files the files. The next run continues
from there. show prints the value of each step and which run committed it; with STEP also the earlier values that are kept. set gives a step another value,
and writes down who did it, when and why. The value none makes the next run start from the beginning. A run that started before is refused when it publishes.`,
  positionals: [
    { name: 'ACTION', help: 'What to do: show or set.', required: true, choices: ['show', 'set'] },
    { name: 'PIPELINE', help: 'Id of the pipeline; show prints all without it.', required: false },
    { name: 'STEP', help: 'Id of the step that remembers.', required: false },
    { name: 'VALUE', help: 'With set: the new value, or none.', required: false },
  ],
  flags: [
    { name: 'reason', value: 'TEXT', help: 'With set: why; required.' },
    { name: 'by', value: 'NAME', help: 'With set: who does it (default: the user of this machine).' },
    STORE_FLAG,
    ON_FLAG,
    ...AWS_FLAGS,
    JSON_FLAG,
  ],
  examples: [
    { line: 'siftstep state show', what: 'Print what every pipeline remembers.' },
    { line: 'siftstep state show orders new_rows', what: 'Print the value of a step and the ones before it.' },
    { line: 'siftstep state set orders new_rows 2026-11-01 --reason "late vendor file"', what: 'Read again from that day.' },
    { line: 'siftstep state set orders new_rows none --reason "new columns" --on aws', what: 'On AWS: read everything again.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/state.ts')).runState(args, terminal),
}
