/** logs: what the tasks of a run wrote. */
import { AWS_FLAGS, type Command, ON_FLAG, PIPELINE_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const logs: Command = {
  name: 'logs',
  summary: 'Print what the tasks of a run wrote to their log.',
  positionals: [{ name: 'RUN', help: 'Its id, the beginning of it, or last.', required: true }],
  flags: [
    { name: 'step', value: 'STEP', help: 'Only of this step; of steps that share a pass, the first.' },
    STORE_FLAG,
    ON_FLAG,
    PIPELINE_FLAG,
    ...AWS_FLAGS,
    { name: 'json', help: 'On AWS: print the lines as they are, JSON, and nothing else.' },
  ],
  examples: [
    { line: 'siftstep logs last', what: 'Of the newest run here.' },
    { line: 'siftstep logs last --on aws --pipeline sales --step clean_data', what: 'Of one step of a run on AWS.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/logs.ts')).showLogs(args, terminal),
}
