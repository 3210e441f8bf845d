/** report: figures and rows of the output, as a file for people. */
import { pathsOf } from '#steps/kind/addresses.ts'
import { defineStep } from '#steps/kind/step.ts'
import { config } from './config.ts'
import { formatOf } from './format.ts'

export const report = defineStep({
  kind: 'report',
  shape: 'control',
  engine: true,
  summary: 'Write figures and sample rows of the output to a text, Markdown or HTML file.',
  description: `The figures are computed over the rows as they were written, in their types, with the aggregate functions of [row expressions](../expressions.md).
The report also shows the account of the rows: how many were read, written, quarantined, removed as duplicates and filtered. \`combine\` joins reports of earlier
steps under one heading. A column that does not exist is an error.
The quality report of a run, which siftstep always writes, is another file: \`quality-report.html\` in the run folder.`,
  config,
  reads: ['from', 'combine'],
  addresses: ({ to }) => pathsOf(to, ['to'], 'write'),
  expressions: ({ stats }) =>
    Object.entries(stats).map(([name, text]) => ({ path: ['stats', name], text, mode: 'aggregate' as const, grouped: [] })),
  check: ({ from, combine, stats, sample_rows, to }) => {
    const problem = (path: string, what: string, hint: string) => [{ path: [path], what, hint }]
    if (from === undefined && combine === undefined)
      return problem('to', 'a report needs `from` or `combine`', 'name the step whose rows it is about, or the reports to combine')
    if (from !== undefined && combine !== undefined)
      return problem('combine', 'a report has `from` or `combine`, not both', 'write two report steps, and combine them in a third')
    if (combine !== undefined && Object.keys(stats).length > 0)
      return problem('stats', 'a combined report has no rows of its own for `stats`', 'move `stats` to the reports that are combined')
    if (combine !== undefined && sample_rows !== 0)
      return problem('sample_rows', 'a combined report has no rows of its own', 'move `sample_rows` to the reports that are combined')
    if (!to.includes('{') && formatOf(to) === undefined)
      return problem('to', `\`to\` is '${to}', and its name says no format`, 'use a name that ends in .txt, .md or .html')
    return []
  },
  result: {
    to: 'The file it wrote.',
    rows: 'Rows the report is about; of a combined report, of all its parts.',
    stats: 'The figures by their names; those of a combined report are in the reports of its parts.',
  },
  examples: [
    {
      title: 'Figures and five rows',
      yaml: 'id: sales_report\ntype: report\nwith: {from: publish, stats: {orders: count(*), total: sum(amount)}, sample_rows: 5, to: out/sales.txt}\n',
      before: ['{id: publish, type: export, with: {to: out}}'],
    },
    {
      title: 'One report of several',
      yaml: 'id: master_report\ntype: report\nwith: {combine: [sales_report, visits_report], title: Everything, to: out/all.md}\n',
      before: [
        '{id: sales_report, type: report, with: {from: find, to: out/sales.txt}}',
        '{id: visits_report, type: report, with: {from: find, to: out/visits.txt}}',
      ],
    },
  ],
  load: async () => (await import('./behaviour.ts')).reportBehaviour,
})
