/** plan: estimates what a run on AWS takes and costs. */
import { CONFIG_FLAGS, type Command, FILE, JSON_FLAG, ONE_PIPELINE } from '#cli/arguments/command.ts'

export const plan: Command = {
  name: 'plan',
  summary: 'Estimate the time and cost of a run on AWS, and how close it comes to the service limits.',
  description: `Simulates the compiled machine on data of the size of the sources, without doing any work. Counts state transitions, tasks and concurrency
as Step Functions counts them, computes times and requests from measured figures, and takes prices from a dated table. Logs, traces, queues
and storage are not included. The sizes come from the sources themselves, or from --bytes, --rows and --files.`,
  positionals: [FILE],
  flags: [
    { name: 'on', value: 'PLATFORM', help: 'Platform of the run: aws (default: aws).', choices: ['aws'] },
    { name: 'input', value: 'K=V', many: true, help: 'Set an input; siftstep run FILE --help lists them.' },
    { name: 'input-file', value: 'FILE', help: 'Read inputs from a JSON file; --input takes precedence.' },
    { name: 'bytes', value: 'SIZE', help: 'Total size of the sources, such as 3.2GB; the sources are then not read.' },
    { name: 'rows', value: 'N', help: 'Total rows of the sources, such as 3.6M.' },
    { name: 'files', value: 'N', help: 'Number of files (default: 1).' },
    { name: 'arch', value: 'ARCH', help: 'Processor of the functions: arm64 or x86_64 (default: arm64).', choices: ['arm64', 'x86_64'] },
    ONE_PIPELINE,
    ...CONFIG_FLAGS,
    JSON_FLAG,
  ],
  examples: [
    {
      line: 'siftstep plan pipeline.yaml --on aws --input source="data/*.csv" --input output_path=out',
      what: 'Estimate for existing files.',
    },
    {
      line: 'siftstep plan pipeline.yaml --input source=s3://lake/raw/ --input output_path=s3://lake/out --bytes 3.2GB --rows 3.6M --files 12',
      what: 'Estimate for data that does not exist yet.',
    },
  ],
  moreHelp: async (args, terminal) => (await import('#cli/actions/inputs-help.ts')).inputsHelp(args, terminal),
  run: async (args, terminal) => (await import('#cli/actions/plan.ts')).planFile(args, terminal),
}
