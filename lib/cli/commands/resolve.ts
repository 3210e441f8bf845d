/** resolve: shows how phrases are read. */
import { CONFIG_FLAGS, type Command, FILE, ONE_PIPELINE } from '#cli/arguments/command.ts'
import { FROZEN_FLAG } from '#cli/arguments/keep-lock.ts'

export const resolve: Command = {
  name: 'resolve',
  summary: 'Show how the <AUTO> phrases of a definition are read, and write the lock.',
  description: `Prints for each phrase the kind of step, its settings and the confidence, and writes them to a lock beside the definition (pipeline.auto.lock.yaml).
A phrase is read as its lock says until the phrase changes. Review the lock, correct \`type\` and \`with\` where they are not what you mean,
and commit it. Phrases are resolved by their words: without a model, without a network, and the same every time.`,
  positionals: [FILE],
  flags: [ONE_PIPELINE, ...CONFIG_FLAGS, FROZEN_FLAG],
  examples: [
    { line: 'siftstep resolve pipeline.yaml', what: 'Write pipeline.auto.lock.yaml, and print it.' },
    { line: 'siftstep resolve pipeline.yaml --frozen', what: 'Fail if the lock is missing or out of date.' },
  ],
  run: async (args, terminal) => (await import('#cli/actions/resolve.ts')).resolveFile(args, terminal),
}
