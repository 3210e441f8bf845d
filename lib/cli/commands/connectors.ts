/** connectors: where data can be read and published, and in which formats. */
import { type Command, JSON_FLAG } from '#cli/arguments/command.ts'

export const connectors: Command = {
  name: 'connectors',
  summary: 'List where data can be read and published, and the formats and compressions.',
  positionals: [],
  flags: [JSON_FLAG],
  examples: [{ line: 'siftstep connectors', what: 'List connectors, formats and compressions.' }],
  run: async (args, terminal) => (await import('#cli/actions/connectors.ts')).listConnectors(args, terminal),
}
