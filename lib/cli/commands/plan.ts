/** plan: what a run on AWS takes and costs. */
import { CONFIG_FLAGS, type Command, FILE, JSON_FLAG } from '#cli/arguments/command.ts'

export const plan: Command = {
  name: 'plan',
  summary: 'Tell what a run on AWS takes and costs, and how near it comes to the limits there.',
  description: `The compiled machine is rehearsed on data of the size of the sources, without doing any work: state transitions, tasks and their
concurrency are counted as Step Functions counts them. Times and requests are computed from measured figures, and prices from a dated table.
Logs, traces, queues and what is stored are not counted. The sources are looked at where they are; or their size is given with --bytes,
--rows and --files.`,
  positionals: [FILE],
  flags: [
    { name: 'on', value: 'PLACE', help: 'Where it is to run: aws (unless said otherwise).' },
    { name: 'input', value: 'K=V', many: true, help: 'The value of an input; siftstep run FILE --help lists them.' },
    { name: 'input-file', value: 'FILE', help: 'Values of inputs from a JSON file; those of --input come first.' },
    { name: 'bytes', value: 'SIZE', help: 'The bytes of the sources together, such as 3.2GB; then nothing is looked at.' },
    { name: 'rows', value: 'N', help: 'Their rows together, such as 3.6M.' },
    { name: 'files', value: 'N', help: 'How many files they are (1 unless said otherwise).' },
    { name: 'arch', value: 'ARCH', help: 'The processor of the functions: arm64 (unless said otherwise) or x86_64.' },
    ...CONFIG_FLAGS,
    JSON_FLAG,
  ],
  examples: [
    { line: 'siftstep plan pipeline.yaml --on aws --input source="data/*.csv" --input output_path=out', what: 'For the files there are.' },
    {
      line: 'siftstep plan pipeline.yaml --input source=s3://lake/raw/ --input output_path=s3://lake/out --bytes 3.2GB --rows 3.6M --files 12',
      what: 'For data that is not there yet.',
    },
  ],
  moreHelp: async (args, terminal) => (await import('#cli/actions/inputs-help.ts')).inputsHelp(args, terminal),
  run: async (args, terminal) => (await import('#cli/actions/plan.ts')).planFile(args, terminal),
}
