/** detect_anomalies: rows, groups of rows and columns that are unlike the others. */
import { pathsOf } from '#steps/kind/addresses.ts'
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'

export const detectAnomalies = defineStep({
  kind: 'detect_anomalies',
  shape: 'assess',
  summary: 'Find rows that are unlike the others, bursts of rows, and columns that have drifted since the last run.',
  description: `Reads every row and changes none: findings are warnings in the report, and rows of the table \`anomalies-<step>.csv\` in the run, with the number of the row, its file and line where the rows are still those of files, a score and the reason.

- \`robust_z\`: a number is unusual if it is more than \`threshold\` robust deviations (1.4826 × the median absolute deviation) from the median. Source: Iglewicz and Hoaglin, How to
  Detect and Handle Outliers, 1993. Where most numbers are equal, the mean and the standard deviation take their place.
- \`rare_categories\`: a value is unusual if at most 1 % of the rows have it (or one row), in a text column with at most 50 different values of at least 20 rows.
- \`isolation_forest\`: rows that few random cuts separate from all others, over all numeric columns together. Source: Liu, Ting and Zhou, Isolation Forest, 2008. The random
  numbers start at \`seed\`, so the scores are the same for the same rows, whatever the chunks and workers. Missing numbers count as the median.
- \`bursts\`: many rows of one value (a column named card, account, customer, user, device or ip) within an hour of the first timestamp, compared with the other hours and values.
- \`psi\`: the population stability index of each column against the last run of the pipeline that ended well: Σ (now − then) × ln(now ÷ then) over ten bins of a number, or the
  values of a category. Above \`drift\` the column has drifted, and the reason names the bins that changed most. The first run has nothing to compare with, and says so.

Medians and deviations are exact for up to 25,600 rows; of more rows a uniform sample decides, drawn with the same \`seed\`. Columns of ids, codes and names are left out.`,
  config,
  readsRows: () => true,
  addresses: ({ to }) => pathsOf(to, ['to'], 'write'),
  columns: ({ columns = [] }) => [{ reads: columns.map((name, at) => ({ path: ['columns', at], name })) }],
  result: {
    anomalies: 'Number of findings.',
    rows: 'Number of rows with a finding.',
    drifted: 'Number of columns that have drifted.',
    compared: 'Number of columns compared with an earlier run; 0 in the first run.',
  },
  examples: [
    { title: 'Unusual rows and drift', yaml: 'id: look\ntype: detect_anomalies\nwith: {detect: [unusual_patterns, drift]}\n' },
    {
      title: 'Rows that are unusual in several numbers together',
      yaml: 'id: look\ntype: detect_anomalies\nwith: {detect: [unusual_patterns], method: isolation_forest, score: 0.7, to: out/anomalies}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).detectAnomaliesBehaviour,
})
