/** The settings of a detect_anomalies step. */
import * as z from 'zod'
import { columns, integer, quarantineFolder } from '#steps/kind/fields.ts'

const METHODS = ['robust_z', 'rare_categories', 'isolation_forest', 'bursts', 'psi'] as const
export type Method = (typeof METHODS)[number]

const method = z.enum(METHODS)

export const config = z.strictObject({
  detect: z
    .array(z.enum(['unusual_patterns', 'fraud', 'drift']))
    .min(1)
    .default(['unusual_patterns', 'drift'])
    .describe(
      'What to look for: unusual_patterns in rows, fraud (many rows of one card, account or customer within an hour), drift of whole columns.',
    ),
  method: z
    .union([method, z.array(method).min(1)])
    .optional()
    .describe(
      'How (default: robust_z and rare_categories for unusual_patterns, bursts for fraud, psi for drift). What is looked for without one of its methods among these uses its default ones.',
    ),
  columns: columns.optional().describe('The columns to look at (default: all but ids, codes and names).'),
  threshold: z.number().positive().default(3.5).describe('robust_z: how many robust deviations from the median are unusual.'),
  score: z
    .number()
    .gt(0.5)
    .lt(1)
    .default(0.65)
    .describe('isolation_forest: the score from which a row is unusual; rows like most others have less than 0.5.'),
  trees: integer(1, 1000).default(100).describe('isolation_forest: the number of trees.'),
  sample: integer(2, 4096).default(256).describe('isolation_forest: the rows that each tree is made of.'),
  seed: integer(0, 2 ** 32 - 1)
    .default(1)
    .describe('isolation_forest: the start of the random numbers. The same rows and seed give the same scores.'),
  burst: integer(2).default(5).describe('bursts: the fewest rows of one value within an hour that can be unusual.'),
  drift: z.number().positive().default(0.2).describe('psi: the population stability index from which a column has drifted.'),
  baseline: z
    .literal('last_successful_run')
    .default('last_successful_run')
    .describe('psi: what to compare with; the last run of the pipeline that ended well is the only one.'),
  explain: z.boolean().default(true).describe('Whether each finding has its reason, with the columns and values behind it.'),
  max_rows: integer(1, 100_000).default(1000).describe('The most rows of the table of findings, those with the highest scores first.'),
  to: quarantineFolder.describe('A folder where the table of findings is published as CSV, besides the file in the run.'),
})

export type Settings = z.output<typeof config>
