/** The settings of an archive step. */
import * as z from 'zod'
import { oneOf, reference, text } from '#steps/kind/fields.ts'

const archived = z.strictObject({
  uri: text.min(1).describe('Its address.'),
  name: text.optional().describe('Its name, for messages.'),
  bytes: z.number().optional().describe('Its size in bytes.'),
  version: text.optional().describe('Its version when it was read: a file that was written again since is not moved.'),
})

export const config = z.strictObject({
  files: z
    .union([reference, z.array(z.union([text.min(1), archived])).min(1)])
    .describe('The files: what an export read, "{{ id.result.inputs }}", or a list of addresses.'),
  to: text
    .min(1)
    .describe(
      'The folder they go to, created if it does not exist. `{source.file}` in it is the name of each file: `archive/old_{source.file}`.',
    ),
  mode: oneOf(['move', 'copy']).default('move').describe('move: the file is removed once its copy is verified. copy: it stays.'),
  verify: z.literal('checksum').default('checksum').describe('The copy is read back, and its SHA-256 compared.'),
})
