/** The sections of the report about columns as read, and about estimates. */
import type { ColumnFacts } from '#relational/measures/facts.ts'
import { columnProblems, completenessOf } from './describe-column.ts'
import { type Cell, type Section, table, text } from './document.ts'
import { precise, shareOf, measured, whole } from './figures.ts'
import type { QualityReport } from './model.ts'
import { escapeControls } from '#core/text/escape-controls.ts'
import { trimmedText } from '#core/text/white-space.ts'

const HEAD = [
  { title: 'Column' },
  { title: 'Distribution', drawn: true },
  { title: 'Changed' },
  { title: 'Type and meaning' },
  { title: 'Complete', number: true },
  { title: 'Distinct', number: true },
  { title: 'Findings' },
  { title: 'Most frequent' },
  { title: 'Minimum', number: true },
  { title: 'Maximum', number: true },
  { title: 'Mean ± deviation', number: true },
]

export function columnsSection({ columns, changes }: QualityReport): Section | null {
  const blocks = table(
    'Columns as they were read',
    HEAD,
    columns.map((column) => [
      column.name,
      column.sampled.histogram === null ? '' : { text: '', histogram: column.sampled.histogram },
      changed(column.name, changes),
      column.semantic === null || column.semantic === column.type ? column.type : `${column.type} · ${column.semantic}`,
      { text: shareOf(completenessOf(column)), share: completenessOf(column) },
      `${column.distinct.exact ? '' : '≈ '}${whole(column.distinct.value)}`,
      findings(column),
      frequent(column),
      measured(column.minimum),
      measured(column.maximum),
      [measured(column.mean), measured(column.deviation)].filter((figure) => figure !== '').join(' ± '),
    ]),
    500,
  )
  return blocks.length === 0 ? null : { title: 'Columns', level: 2, blocks }
}

const MAX_CHANGES = 4

/** Cells before and after, of all rules that changed the column. */
function changed(column: string, changes: QualityReport['changes']): Cell {
  const own = changes.filter((change) => change.column === column)
  const shown = (value: string | null) => (value === null ? 'missing' : `"${escapeControls(value, 30)}"`)
  const items = [...new Set(own.map(({ before, after }) => `${shown(before)} → ${shown(after)}`))].slice(0, MAX_CHANGES)
  return { text: items.join(' · '), items }
}

function findings(column: ColumnFacts): Cell {
  const items = columnProblems(column)
  return { text: items.join(' · '), items }
}

const TOP = 3

/** The most frequent values with their share of the present cells; of the sampled cells if not all were counted. */
function frequent({ values, sampled, rows, missing, distinct, null_values }: ColumnFacts): Cell {
  // lists of values are as written, including null values, which count as missing cells
  const nothing = new Set(null_values)
  const [listed, all] = values === null ? [sampled.top, sampled.cells] : [values, rows - missing]
  const list = listed.filter(([value]) => !nothing.has(trimmedText(value)))
  if (all === 0 || (list[0]?.[1] ?? 0) <= 1) return ''
  const bars = list.slice(0, TOP).map(([value, count]) => ({ label: escapeControls(value, 30), share: Math.min(1, count / all) }))
  return { text: `${bars.map(({ label, share }) => `${label} ${shareOf(share)}`).join(', ')}${distinct.value > TOP ? ' …' : ''}`, bars }
}

export function estimates({ sample, columns }: QualityReport): Section | null {
  if (sample === null) return null
  const sketched = columns.filter(({ distinct }) => !distinct.exact)
  const error = Math.max(0, ...sketched.map(({ distinct }) => distinct.error))
  const rows = columns[0]?.rows ?? sample.rows
  return {
    title: 'Estimates',
    level: 2,
    blocks: [
      text(
        sample.complete
          ? `Nothing is estimated from a sample: all ${whole(sample.rows)} rows were measured.`
          : `From a uniform sample of ${whole(sample.rows)} of ${whole(rows)} rows: the consistency before processing, distributions, quantiles, patterns, and the most frequent values of columns with many distinct values. Everything else is computed from every row.`,
      ),
      ...(sketched.length === 0
        ? []
        : [text(`Distinct values marked ≈ are estimated by a sketch of all values, with a standard error of ${precise(error)}.`)]),
    ],
  }
}
