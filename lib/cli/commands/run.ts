/** run: the definition, once, on this machine. */
import { CONFIG_FLAGS, type Command, FILE, RUN_FLAGS } from '#cli/arguments/command.ts'

export const run: Command = {
  name: 'run',
  summary: 'Run a pipeline on this machine.',
  description: `Everything in the definition and the inputs is checked first; all mistakes are told at once, and nothing has been touched. Then the pipeline
runs, and its output appears when every row is accounted for, all at once. The run is kept in the store: siftstep show tells of it,
siftstep resume finishes it when it was stopped. Control-C stops it cleanly; a second one ends it at once.`,
  positionals: [FILE],
  flags: [
    { name: 'input', value: 'K=V', many: true, help: 'The value of an input; siftstep run FILE --help lists them.' },
    { name: 'input-file', value: 'FILE', help: 'Values of inputs from a JSON file; those of --input come first.' },
    ...CONFIG_FLAGS,
    ...RUN_FLAGS,
  ],
  examples: [
    { line: 'siftstep run pipeline.yaml --help', what: 'The inputs of this pipeline.' },
    { line: 'siftstep run pipeline.yaml --input source="data/*.csv" --input output_path=out', what: 'Run it.' },
    { line: 'siftstep run pipeline.yaml --input-file inputs.json --json > events.ndjson', what: 'From a program.' },
  ],
  moreHelp: async (args, terminal) => (await import('#cli/actions/inputs-help.ts')).inputsHelp(args, terminal),
  run: async (args, terminal) => (await import('#cli/actions/run.ts')).runPipeline(args, terminal),
}
