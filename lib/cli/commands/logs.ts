/** logs: prints the logs of a run's tasks. */
import { AWS_FLAGS, type Command, ON_FLAG, PIPELINE_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const logs: Command = {
  name: 'logs',
  summary: 'Print the logs of the tasks of a run.',
  positionals: [{ name: 'RUN', help: 'Id of the run, the start of its id, or last.', required: true }],
  flags: [
    { name: 'step', value: 'STEP', help: 'Only this step. For steps that share a pass, name the first.' },
    STORE_FLAG,
    ON_FLAG,
    PIPELINE_FLAG,
    ...AWS_FLAGS,
    { name: 'json', help: 'On AWS: print only the log lines, as JSON.' },
  ],
  examples: [
    { line: 'siftstep logs last', what: 'The newest run on this machine.' },
    { line: 'siftstep logs last --on aws --pipeline sales --step clean_data', what: 'One step of a run on AWS.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/logs.ts')).showLogs(args, terminal),
}
