/** schedule: shows when pipelines start. */
import { CONFIG_FLAGS, type Command, JSON_FLAG, ONE_PIPELINE, STORE_FLAG } from '#cli/arguments/command.ts'

export const schedule: Command = {
  name: 'schedule',
  summary: 'Show when the schedule of a pipeline starts runs.',
  description: `Prints the next times with their offset from UTC, and what happens when the clocks change within a year: a time that does not exist starts
no run, a time that occurs twice starts one. The times are the same for siftstep serve and on AWS.`,
  positionals: [
    { name: 'ACTION', help: 'What to do: show.', required: true, choices: ['show'] },
    { name: 'FILE', help: 'Definitions (YAML files).', required: true, many: true },
  ],
  flags: [
    { name: 'count', value: 'N', help: 'How many times to print (default: 5).' },
    { name: 'after', value: 'TIME', help: 'Print times after this day or time (default: now).' },
    STORE_FLAG,
    ONE_PIPELINE,
    ...CONFIG_FLAGS,
    JSON_FLAG,
  ],
  examples: [
    { line: 'siftstep schedule show pipeline.yaml', what: 'Print the next five times.' },
    {
      line: 'siftstep schedule show pipelines/*.yaml --after 2027-03-27 --count 3',
      what: 'Print the times around a change of the clocks.',
    },
  ],
  run: async (args, terminal) => (await import('#cli/actions/schedule.ts')).showSchedule(args, terminal),
}
