/** approve: decides about a run that waits for a person. */
import { AWS_FLAGS, type Command, ON_FLAG, PIPELINE_FLAG, STORE_FLAG } from '#cli/arguments/command.ts'

export const approve: Command = {
  name: 'approve',
  summary: 'Approve or reject a run that waits at an approval step.',
  description:
    'The run goes on at its next look. A run that failed because it was rejected, or because nobody decided, goes on when it is resumed (on AWS: redriven) after the approval.',
  positionals: [
    { name: 'RUN', help: 'Name of the run, the start of its name, or last.', required: true },
    { name: 'STEP', help: 'The approval step (default: the only one of the pipeline).', required: false },
  ],
  flags: [
    { name: 'reject', help: 'Reject it: the step fails, unless it has on_reject: skip.' },
    { name: 'reason', value: 'TEXT', help: 'Why; kept with the decision and in the report.' },
    { name: 'by', value: 'NAME', help: 'Who decides (default: the user of this machine).' },
    STORE_FLAG,
    ON_FLAG,
    PIPELINE_FLAG,
    ...AWS_FLAGS,
  ],
  examples: [
    { line: 'siftstep approve last', what: 'Approve the newest run on this machine.' },
    { line: 'siftstep approve last --reject --reason "prices of March are missing"', what: 'Reject it.' },
    { line: 'siftstep approve last check --on aws --pipeline sales', what: 'Approve a step of the newest run of a pipeline on AWS.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/approve.ts')).approveRun(args, terminal),
}
