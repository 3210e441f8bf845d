/** run: runs a definition on this machine. */
import { CONFIG_FLAGS, type Command, FILE, RUN_FLAGS, ONE_PIPELINE } from '#cli/arguments/command.ts'
import { FROZEN_FLAG } from '#cli/arguments/keep-lock.ts'

export const run: Command = {
  name: 'run',
  summary: 'Run a pipeline on this machine.',
  description: `Checks the definition and the inputs first and reports all mistakes at once, before touching anything. Then runs the pipeline and publishes
the output in one step, once every row is accounted for. The run is kept in the store: siftstep show reports on it, siftstep resume
finishes it if it was stopped. Control-C stops the run cleanly; a second Control-C kills it.`,
  positionals: [FILE],
  flags: [
    { name: 'input', value: 'K=V', many: true, help: 'Set an input; siftstep run FILE --help lists them.' },
    { name: 'input-file', value: 'FILE', help: 'Read inputs from a JSON file; --input takes precedence.' },
    { name: 'date', value: 'DAY', help: 'Logical date of the run, the value of {{ ds }} (default: today).' },
    {
      name: 'functions',
      value: 'FILE',
      help: 'Files for the functions that lambda steps call: a YAML file of names with paths relative to it; before `functions` of the definition.',
    },
    ONE_PIPELINE,
    ...CONFIG_FLAGS,
    FROZEN_FLAG,
    ...RUN_FLAGS,
  ],
  examples: [
    { line: 'siftstep run pipeline.yaml --help', what: 'List the inputs of this pipeline.' },
    { line: 'siftstep run pipeline.yaml --input source="data/*.csv" --input output_path=out', what: 'Run it.' },
    { line: 'siftstep run pipeline.yaml --input-file inputs.json --json > events.ndjson', what: 'Run it from a program.' },
  ],
  moreHelp: async (args, terminal) => (await import('#cli/actions/inputs-help.ts')).inputsHelp(args, terminal),
  run: async (args, terminal) => (await import('#cli/actions/run.ts')).runPipeline(args, terminal),
}
