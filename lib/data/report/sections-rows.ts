/** The sections of the report about rows: where they came from, what each step did with them, and the account. */
import { isBalanced, type RowAccount } from '#data/ledger/ledger.ts'
import type { RuleCount } from '#data/pass/rule-counts.ts'
import { type Block, type Section, table, text } from './document.ts'
import { shareOf, whole } from './figures.ts'
import type { QualityReport } from './model.ts'

/** Added to the account of a failed run, whose last step has no output. */
export const UP_TO_THE_FAILURE = '(in the steps before the failure)'

export function rowsSection({ rows, steps, run }: QualityReport): Section {
  const accounts = steps.flatMap(({ id, rows: own }) => (own === null ? [] : [[id, ...accountCells(own)]]))
  return {
    title: 'Rows',
    level: 2,
    blocks: [
      text(`${rows.equation}${rows.balanced ? ', balanced' : ', NOT balanced'}${run.status === 'failed' ? ` ${UP_TO_THE_FAILURE}` : ''}`),
      ...table('Rows by step', [{ title: 'Step' }, ...ACCOUNT], accounts),
    ],
  }
}

const ACCOUNT = ['In', 'Out', 'Quarantined', 'Duplicates', 'Filtered', 'Gained or merged', 'Balanced'].map((title) => ({
  title,
  number: true,
}))

const accountCells = (rows: RowAccount) => [
  ...[rows.in, rows.out, rows.quarantined, rows.deduplicated, rows.filtered].map(whole),
  rows.fan > 0 ? `+${whole(rows.fan)}` : whole(rows.fan),
  isBalanced(rows) ? 'yes' : 'NO',
]

const LEVELS = { ok: 'done', warning: 'warning', error: 'failed', skipped: 'skipped' } as const

export function stepsSection({ steps }: QualityReport): Section {
  const rows = steps.map(({ id, type, report }) => [
    id,
    type,
    LEVELS[report.level],
    [report.message, ...report.lines.map(({ text: line }) => line)].join('; '),
  ])
  const counts = steps.flatMap(({ id, counts: own }) =>
    own.map((count) => [id, count.rule, count.column, whole(count.cells), whole(count.rows), whole(count.sources), fateOf(count)]),
  )
  const head = [
    { title: 'Step' },
    { title: 'Rule' },
    { title: 'Column' },
    ...['Cells', 'Rows', 'Sources'].map((title) => ({ title, number: true })),
    { title: 'Action' },
  ]
  const messages = table('Messages of the steps', [{ title: 'Step' }, { title: 'Kind' }, { title: 'State' }, { title: 'Message' }], rows)
  return {
    title: 'Steps',
    level: 2,
    blocks: [
      ...messages.map((one) => (one.block === 'table' ? { ...one, anchor: 'step' } : one)),
      ...table('Findings of the rules, by column', head, counts),
    ],
  }
}

function fateOf({ fate, cells, reason }: RuleCount): string {
  const done = {
    keep: cells > 0 ? 'cells changed' : 'rows flagged',
    quarantine: 'rows quarantined',
    filter: 'rows filtered out',
    deduplicate: 'duplicates removed',
  }[fate]
  return reason === '' || fate === 'filter' || fate === 'deduplicate' ? done : `${done}: ${reason}`
}

export function sourcesSection({ sources }: QualityReport): Section | null {
  const head = [{ title: 'Source' }, ...['Rows', 'Broken records', 'Complete', 'Issues'].map((title) => ({ title, number: true }))]
  const blocks: readonly Block[] = table(
    'Sources read',
    head,
    sources.map(({ name, rows, bad, completeness, issues }) => [
      name,
      whole(rows),
      whole(bad),
      completeness === null ? 'not measured' : { text: shareOf(completeness), share: completeness },
      whole(issues),
    ]),
  )
  return blocks.length === 0 ? null : { title: 'Sources', level: 2, blocks }
}
