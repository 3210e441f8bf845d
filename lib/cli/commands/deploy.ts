/** deploy: deploys definitions to AWS. */
import { AWS_FLAGS, type Command, FILE, ON_FLAG } from '#cli/arguments/command.ts'

/** Each stack has its own settings. */
const KEPT = "Kept until given anew; '' removes it."

export const deploy: Command = {
  name: 'deploy',
  summary: 'Deploy pipelines to AWS: one stack per pipeline, and one for what they share.',
  description: `Checks every definition, then deploys with the AWS CDK. The CDK asks before it widens permissions, unless --yes is given or no terminal is
attached. Afterwards what is deployed is compared with what was built: machine, code of the functions, engine, roles. A summary says what
changed. The native engine for Lambda is prepared if it is
missing. A stack keeps its settings from one deployment to the next; changed ones are printed before they change. One-time setup of an
account: docs/aws.md.`,
  positionals: [
    { ...FILE, help: 'Definitions (YAML files). Without any, only the shared stack is deployed.', many: true, required: false },
  ],
  flags: [
    ON_FLAG,
    ...AWS_FLAGS,
    { name: 'emails', value: 'LIST', help: `E-mail addresses for alarms. ${KEPT}` },
    { name: 'keep-runs-days', value: 'N', help: `Days to keep the files of runs (at first: forever). ${KEPT}` },
    { name: 'data-key', value: 'ARN', help: `KMS key that encrypts the data bucket (at first: a key of S3). ${KEPT}` },
    { name: 'sources', value: 'LIST', help: `More locations the pipelines may read (s3://bucket/prefix). ${KEPT}` },
    { name: 'outputs', value: 'LIST', help: `More locations the pipelines may publish to. ${KEPT}` },
    { name: 'keys', value: 'LIST', help: `ARNs of the KMS keys that encrypt those buckets. ${KEPT}` },
    {
      name: 'arch',
      value: 'ARCH',
      help: `Processor of the functions: arm64 or x86_64 (at first: arm64). ${KEPT}`,
      choices: ['arm64', 'x86_64'],
    },
    { name: 'diff', help: 'Only show what would change: states, permissions, resources, cost of a run. Deploys nothing.' },
    {
      name: 'confirm',
      value: 'NAME',
      many: true,
      choices: ['smoke_tests', 'approval'],
      help: 'Confirm that something which the environment of --env requires is done: smoke_tests or approval.',
    },
    { name: 'yes', help: 'Do not ask for confirmation.' },
    { name: 'json', help: 'Print only the summary, or the differences, as JSON.' },
  ],
  examples: [
    { line: 'siftstep deploy --emails team@example.com', what: 'Deploy the shared bucket and topic; prints the name of the bucket.' },
    { line: 'siftstep deploy pipelines/sales.yaml --emails team@example.com', what: 'Deploy one pipeline.' },
    {
      line: 'siftstep deploy pipelines/sales.yaml --sources s3://lake/raw/ --outputs s3://lake/clean/',
      what: 'Deploy one whose inputs name other locations.',
    },
    { line: 'siftstep deploy pipelines/*.yaml --env staging --yes', what: 'Deploy all to the environment staging.' },
    { line: 'siftstep deploy pipelines/sales.yaml --diff', what: 'Show what a deployment would change.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/deploy.ts')).deployPipelines(args, terminal),
}
