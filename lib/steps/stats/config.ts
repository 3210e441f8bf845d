/** The settings of a stats step. */
import * as z from 'zod'
import { FIGURES } from './figures.ts'

const NAMES = Object.keys(FIGURES) as [string, ...string[]]

export const config = z.strictObject({
  show: z
    .array(z.enum(NAMES))
    .min(1)
    .default(NAMES)
    .describe(
      `What to show, in this order: ${Object.entries(FIGURES)
        .map(([name, { is }]) => `\`${name}\` (${is})`)
        .join(', ')}.`,
    ),
})
