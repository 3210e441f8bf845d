/** profile: measures every column and the whole table. */
import { WHOLE_ROW } from '#relational/operations/key-set.ts'
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const profile = defineStep({
  kind: 'profile',
  shape: 'assess',
  summary: 'Measure every column and the whole table.',
  description: `For each column: inferred type and meaning (e-mail, phone, date, currency, country, id …), completeness, distinct values, minimum,
maximum, mean, deviation, quantiles, histogram, top values, patterns and lengths. For the table: exact duplicates and the four quality metrics.
Counts, sums, extremes and duplicates come from every row. Values estimated from the uniform sample of records are marked as such, with the size of
the sample. Chunks are measured separately and merged, so the result does not depend on the chunks.

\`metrics\` with \`anomalies\` adds findings: the smallest or largest number of a column that is more than 3.5 robust deviations (1.4826 × the median absolute
deviation) from the median, and values that occur in less than 1 % of the rows, or once, in a text column with at most 50 different values. Columns of ids and codes
have no unusual numbers. [detect_anomalies](detect_anomalies.md) looks at each row.`,
  config,
  result: {
    completeness: 'Non-missing cells ÷ cells.',
    validity: 'Valid cells ÷ non-missing cells of columns that have a type or meaning.',
    uniqueness: '1 − surplus duplicate rows ÷ rows.',
    consistency: '1 − rows with a cell written unlike the rest of its column ÷ rows.',
    score: 'The weighted mean of the four.',
    issues: 'Number of findings.',
    anomalies: 'Number of unusual numbers and categories, if `metrics` has anomalies; else 0.',
  },
  needs: ({ top_values, histogram_bins }) => ({ facts: true, key_sets: [WHOLE_ROW], detail: { top_values, histogram_bins } }),
  examples: [
    {
      title: 'Profile the sources, ten at a time',
      yaml: 'id: profile_data\ntype: profile\nloop: {foreach: "{{ find.result.sources }}", parallel: true, max_concurrency: 10}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).profileBehaviour,
})
