/** backfill: runs a pipeline for each logical date of a time. */
import { CONFIG_FLAGS, type Command, FILE, JSON_FLAG, ONE_PIPELINE, STORE_FLAG } from '#cli/arguments/command.ts'

export const backfill: Command = {
  name: 'backfill',
  summary: 'Run a pipeline for each logical date between two days.',
  description: `The dates are the times of the schedule, or each day if the pipeline has none. Each date is a run of its own, with its date in {{ ds }}.
Runs start in the order of their dates. A date whose last run is good is skipped; one whose last run was stopped or failed for a reason
that may go away is resumed, any other gets a new run. The same command continues a backfill that was stopped with Control-C.
With depends_on_past in the schedule, a date starts only if the date before it is good.`,
  positionals: [FILE],
  flags: [
    { name: 'from', value: 'DAY', help: 'First day (default: start_date of the schedule).' },
    { name: 'to', value: 'DAY', help: 'Last day, with all its times (default: today, up to now).' },
    { name: 'max-parallel', value: 'N', help: 'Runs at a time (default: 1).' },
    { name: 'again', help: 'Also run dates whose last run is good.' },
    { name: 'ignore-past', help: 'With depends_on_past: start the first date whatever became of the date before it.' },
    { name: 'plan', help: 'Print what would be done for each date, and do nothing.' },
    { name: 'input', value: 'K=V', many: true, help: 'Set an input; before the inputs of the schedule.' },
    { name: 'input-file', value: 'FILE', help: 'Read inputs from a JSON file; --input takes precedence.' },
    { name: 'workers', value: 'N', help: 'Number of worker processes of each run (default: the cores, shared by the runs).' },
    STORE_FLAG,
    ONE_PIPELINE,
    ...CONFIG_FLAGS,
    JSON_FLAG,
  ],
  examples: [
    { line: 'siftstep backfill sales.yaml --from 2026-09-01 --to 2026-09-30 --plan', what: 'Show what is to do.' },
    { line: 'siftstep backfill sales.yaml --from 2026-09-01 --to 2026-09-30 --max-parallel 4', what: 'Run a month, four days at a time.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/backfill.ts')).runBackfill(args, terminal),
}
