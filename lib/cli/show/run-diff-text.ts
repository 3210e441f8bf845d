/** What differs between two runs, for the terminal. Pure. */
import { escapeControls } from '#core/text/escape-controls.ts'
import { count, seconds } from '#core/text/numbers.ts'
import { precise, shareOf, whole } from '#data/report/figures.ts'
import { UP_TO_THE_FAILURE } from '#data/report/sections-rows.ts'
import type { ColumnChange, NamedPair, RunDiff } from '#run/runs/compare.ts'
import { columnsOf } from '#cli/terminal/table.ts'

const MAX_LINES = 40

export function runDiffText(diff: RunDiff): string {
  const { before, after } = diff.runs
  const parts = [
    `${before.id} (${before.status}) → ${after.id} (${after.status})\n`,
    ...(diff.pipelines === null ? [] : [`These are runs of two pipelines: ${diff.pipelines.before} and ${diff.pipelines.after}.\n`]),
    section('Definition', definitionLines(diff)),
    section(
      'Inputs',
      diff.inputs.map(({ name, before: was, after: is }) => `${escapeControls(name)}: ${value(was)} → ${value(is)}`),
    ),
    section('Sources', diff.sources.map(sourceLine)),
    section(
      diff.runs.before.status === 'failed' || diff.runs.after.status === 'failed' ? `Rows ${UP_TO_THE_FAILURE}` : 'Rows',
      tableLines(['', 'before', 'after', 'change'], rowCells(diff)),
    ),
    section('Columns', columnLines(diff)),
    section('Quality', tableLines(['', 'before', 'after', 'change'], qualityCells(diff))),
    section('Time', tableLines(['', 'before', 'after', 'change'], timeCells(diff))),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

const section = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`

const value = (given: unknown) => escapeControls(given === null ? 'none' : JSON.stringify(given), 200)

function definitionLines({ definition, version }: RunDiff): readonly string[] {
  const { changed, machine_changed, lines } = definition
  const shown = lines.slice(0, MAX_LINES).map(({ sign, line, text }) => `${sign} ${String(line).padStart(4)}  ${escapeControls(text, 160)}`)
  const rest = lines.length > MAX_LINES ? [`and ${whole(lines.length - MAX_LINES)} more, with --json`] : []
  const what = changed
    ? `${count(lines.length, 'changed line')}${machine_changed ? '' : '; the machine is the same'}`
    : machine_changed
      ? 'the same text, and another machine: its config or environment changed'
      : 'the same'
  return [what, ...shown, ...rest, ...(version === null ? [] : [`siftstep ${version.before} → ${version.after}`])]
}

function sourceLine({ name, before, after }: NamedPair<number>): string {
  const shown = escapeControls(name)
  if (before === null) return `+ ${shown} (${count(after ?? 0, 'row')})`
  if (after === null) return `- ${shown} (${count(before, 'row')})`
  return `~ ${shown}: ${whole(before)} → ${count(after, 'row')}`
}

function columnLines({ columns: { added, removed, changed } }: RunDiff): readonly string[] {
  const lines = [
    ...removed.map((name) => `- ${escapeControls(name)}`),
    ...added.map((name) => `+ ${escapeControls(name)}`),
    ...changed.map((change) => `~ ${escapeControls(change.name)}: ${changeText(change)}`),
  ]
  return lines.length === 0 ? ['the same'] : lines
}

const changeText = ({ what, before, after }: ColumnChange) =>
  what === 'type' ? `${before} → ${after}` : `${what} ${shareOf(Number(before))} → ${shareOf(Number(after))}`

const KINDS = [
  ['in', 'in'],
  ['out', 'out'],
  ['quarantined', 'quarantined'],
  ['duplicates', 'deduplicated'],
  ['filtered', 'filtered'],
] as const

function rowCells({ rows: { before, after } }: RunDiff): readonly (readonly string[])[] {
  if (before === null && after === null) return []
  return KINDS.map(([title, key]) => cells(title, before?.[key] ?? null, after?.[key] ?? null, whole))
}

const qualityCells = ({ quality }: RunDiff) =>
  quality.flatMap(({ name, before, after }) => (before === null && after === null ? [] : [cells(name, before, after, precise)]))

const timeCells = ({ seconds: all, steps }: RunDiff) => [
  cells('run', all.before, all.after, seconds),
  ...steps.map(({ name, before, after, states }) => {
    const state = states.before === states.after ? '' : `  (${states.before ?? 'not reached'} → ${states.after ?? 'not reached'})`
    const [title, was, is, change = ''] = cells(name, before, after, seconds)
    return [title ?? '', was ?? '', is ?? '', `${change}${state}`]
  }),
]

function cells(name: string, before: number | null, after: number | null, show: (value: number) => string): readonly string[] {
  const shown = (one: number | null) => (one === null ? '–' : show(one))
  if (before === null || after === null) return [name, shown(before), shown(after)]
  const change = after - before
  return [name, shown(before), shown(after), change === 0 ? '=' : `${change > 0 ? '+' : '-'}${show(Math.abs(change))}`]
}

const tableLines = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0
    ? []
    : columnsOf(head, rows, new Set([1, 2]))
        .trimEnd()
        .split('\n')
