/** stats: figures of the runs of each pipeline. */
import { type Command, JSON_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const stats: Command = {
  name: 'stats',
  summary: 'Show the pipelines with runs on this machine, and how their runs went: success rate, times, rows, quality.',
  description: `The success rate, times, rows and quality are of the last ten runs that ended. A run that completed in part or was killed did not succeed; one that
is running, or that somebody stopped, is not counted. The times p50 and p95 are those of runs: half of the runs, and 95 % of them, took no longer.`,
  positionals: [{ name: 'PIPELINE', help: 'Id or name of a pipeline (default: all).', required: false }],
  flags: [STORE_FLAG, JSON_FLAG],
  examples: [
    { line: 'siftstep stats', what: 'Show all pipelines.' },
    { line: 'siftstep stats daily_sales --json', what: 'Print the figures of one as JSON.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/stats.ts')).showStats(args, terminal),
}
