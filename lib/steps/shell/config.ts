/** The settings of a shell step. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import * as z from 'zod'
import { text } from '#steps/kind/fields.ts'

export const config = z.strictObject({
  run: text
    .min(1)
    .describe(
      'The commands, for bash. `${a.b}` with a dot, and `${name}` of a value of `config`, are replaced when the pipeline is built; everything else is for the shell.',
    ),
  env: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/), z.union([text, z.number(), z.boolean()]))
    .default({})
    .describe('Variables for the commands, which can read inputs and results: `{DAY: "{{ ds }}"}`, read as `"$DAY"`.'),
})
