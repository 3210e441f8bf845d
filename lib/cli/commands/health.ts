/** health: alerts about the runs of each pipeline. */
import { type Command, JSON_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const health: Command = {
  name: 'health',
  summary: 'Report pipelines whose runs fail too often, or that have not run for too long.',
  description: `A pipeline has an alert when fewer than 90 % of its last ten runs succeeded, and when the run that its schedule expects next is an hour overdue: 25 hours
after the last run for a pipeline that runs daily. With \`monitoring.expect_every\`, a run must have succeeded within that time and an hour. The exit code is 0
if all are healthy and 1 if there is an alert.`,
  positionals: [{ name: 'PIPELINE', help: 'Id or name of a pipeline (default: all).', required: false }],
  flags: [STORE_FLAG, JSON_FLAG],
  examples: [
    { line: 'siftstep health', what: 'Check all pipelines.' },
    { line: 'siftstep health --json', what: 'Print the alerts for another monitor.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/health.ts')).showHealth(args, terminal),
}
