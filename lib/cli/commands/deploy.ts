/** deploy: definitions, as pipelines on AWS. */
import { AWS_FLAGS, type Command, FILE, ON_FLAG } from '#cli/arguments/command.ts'

export const deploy: Command = {
  name: 'deploy',
  summary: 'Deploy pipelines to AWS: a stack for each, and one for what they share.',
  description: `Every definition is checked first. Then the AWS CDK deploys, and asks before it opens up permissions, unless --yes is given or nobody
watches. At last the hash of what is deployed is compared with what was built here. The native engine for Lambda is made ready when it is not
yet there. docs/aws.md tells what an account needs once.`,
  positionals: [
    { ...FILE, help: 'Definitions, YAML files; without any, only what pipelines share is deployed.', many: true, required: false },
  ],
  flags: [
    ON_FLAG,
    ...AWS_FLAGS,
    {
      name: 'emails',
      value: 'LIST',
      help: 'Addresses told of the alarms of every pipeline, separated by commas (those of before unless given).',
    },
    {
      name: 'keep-runs-days',
      value: 'N',
      help: 'Days after which the files of runs are removed (as before unless given; never at first).',
    },
    {
      name: 'sources',
      value: 'LIST',
      help: 'Places the pipelines may read, s3://bucket/prefix, beside those they name; to be given with every deployment.',
    },
    {
      name: 'outputs',
      value: 'LIST',
      help: 'Places they may publish to, beside those they name; to be given with every deployment.',
    },
    { name: 'keys', value: 'LIST', help: 'ARNs of the KMS keys the buckets of these are encrypted with.' },
    { name: 'arch', value: 'ARCH', help: 'The processor of the functions: arm64 (unless said otherwise) or x86_64.' },
    { name: 'yes', help: 'Do not ask.' },
  ],
  examples: [
    { line: 'siftstep deploy --emails team@example.com', what: 'The bucket and the topic that pipelines share; its name is told.' },
    { line: 'siftstep deploy pipelines/sales.yaml --emails team@example.com', what: 'One pipeline.' },
    {
      line: 'siftstep deploy pipelines/sales.yaml --sources s3://lake/raw/ --outputs s3://lake/clean/',
      what: 'One whose runs are told by hand where to read and to publish.',
    },
    { line: 'siftstep deploy pipelines/*.yaml --env staging --yes', what: 'All of them, apart from those in production.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/deploy.ts')).deployPipelines(args, terminal),
}
