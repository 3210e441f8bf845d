/** rollback: makes an earlier version of a pipeline live. */
import { AWS_FLAGS, type Command, JSON_FLAG, ON_FLAG } from '#cli/arguments/command.ts'

export const rollback: Command = {
  name: 'rollback',
  summary: 'Make an earlier version of a deployed pipeline live, without a deployment.',
  description: `New runs start with that version of the machine and of its functions. Running runs keep the version they started with, and so does redrive.
Schedule, triggers, alarms and permissions stay as they are. The next deployment makes its own version live again.`,
  positionals: [{ name: 'PIPELINE', help: 'Id of the pipeline.', required: true }],
  flags: [
    { name: 'to', value: 'VERSION', help: 'Number of the version (default: the one before the live version).' },
    ON_FLAG,
    ...AWS_FLAGS,
    JSON_FLAG,
  ],
  examples: [
    { line: 'siftstep rollback sales', what: 'Go back to the version before the live one.' },
    { line: 'siftstep rollback sales --to 12 --env staging', what: 'Make version 12 live.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/rollback.ts')).rollBack(args, terminal),
}
