/** doctor: checks the set-up. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { AWS_FLAGS, CONFIG_FLAGS, type Command, FILE, JSON_FLAG, ON_FLAG, ONE_PIPELINE, STORE_FLAG } from '#cli/arguments/command.ts'

export const doctor: Command = {
  name: 'doctor',
  summary: 'Check the set-up before any work: what is found, and what is missing with its fix.',
  description: `Prints a line for each check: ✓ found, ! a warning, ✗ missing, – not checked. Checks the program, its engine, the store, disk and memory. With a
definition, checks that it is valid, that each \${env.NAME} and \${secret.NAME} is there (values are never printed), that sources are there, that
servers answer, and that targets can be written. With --on aws, checks credentials, region, stacks, buckets, secrets and starts there in place of
the sources and targets. Uses no network except for --on aws and for a definition that names servers. The exit code is 0 if nothing is missing,
1 if something is, and 2 for a mistake in a definition.`,
  positionals: [{ ...FILE, help: 'Definitions (YAML files).', many: true, required: false }],
  flags: [
    ON_FLAG,
    ...AWS_FLAGS,
    { name: 'input', value: 'K=V', many: true, help: 'Set an input, for sources and targets that depend on it.' },
    { name: 'input-file', value: 'FILE', help: 'Read inputs from a JSON file; --input takes precedence.' },
    ONE_PIPELINE,
    ...CONFIG_FLAGS,
    STORE_FLAG,
    JSON_FLAG,
  ],
  examples: [
    { line: 'siftstep doctor', what: 'Check this machine.' },
    { line: 'siftstep doctor pipeline.yaml --input source="data/*.csv"', what: 'Check also what this pipeline needs.' },
    { line: 'siftstep doctor pipeline.yaml --on aws --env staging', what: 'Check what it needs on AWS.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/doctor.ts')).checkSetup(args, terminal),
}
