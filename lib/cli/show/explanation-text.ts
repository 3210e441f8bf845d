/** The explanation of how data is read, for the terminal. Pure. */
import { escapeControls } from '#core/text/escape-controls.ts'
import { count } from '#core/text/numbers.ts'
import type { CellExample, CellKind } from '#data/dataset/cell-kinds.ts'
import { inYaml } from '#data/report/attention.ts'
import type { Contradiction, Explained } from '#data/report/explain-column.ts'
import type { Explanation } from '#data/report/explain.ts'

/** Sources listed one by one. */
const MAX_SOURCES = 5
const MAX_KINDS = 6
const LABEL = 14

export function explanationText(
  { sources, columns }: Explanation,
  { step, column }: { readonly step: string | null; readonly column: string | undefined },
): string {
  const listed = column === undefined ? sources.slice(0, MAX_SOURCES) : []
  const parts = [
    ...(step === null ? [] : [`step ${step}`]),
    ...listed.map(({ name, records, columns: fields, decisions, against }) =>
      [
        `${escapeControls(name)}  ${count(records, 'record')} · ${count(fields, 'column')}`,
        ...decisions.flatMap(decisionLines),
        ...against.flatMap(againstLines),
      ].join('\n'),
    ),
    ...(listed.length > 0 && sources.length > MAX_SOURCES ? [`and ${count(sources.length - MAX_SOURCES, 'more source')}: see --json`] : []),
    ...columns.map(({ name, type, decisions, cells, against }) =>
      [
        `${escapeControls(name, 60)}  ${type}`,
        ...cellLines(cells),
        ...decisions.flatMap(decisionLines),
        ...against.flatMap(againstLines),
      ].join('\n'),
    ),
  ]
  return `${parts.join('\n\n')}\n`
}

const line = (label: string, text: string) => `  ${label.padEnd(LABEL)}${escapeControls(text, 400)}`

function decisionLines({ what, value, because, setting }: Explained): readonly string[] {
  return [line(what, `${value}: ${because}`), ...(setting === null ? [] : [line('', `→ ${inYaml(setting)}`)])]
}

function cellLines(cells: readonly CellKind[]): readonly string[] {
  const rest = cells.length - MAX_KINDS
  return [
    ...cells.slice(0, MAX_KINDS).map(({ kind, cells: number, examples }, at) => {
      const shown = kind === 'missing' ? examples.filter(({ value }) => value.trim() !== '') : examples
      return line(
        at === 0 ? 'cells' : '',
        `${number.toLocaleString('en')} × ${kind}${shown.length === 0 ? '' : `: ${shown.map(place).join(', ')}`}`,
      )
    }),
    ...(rest > 0 ? [line('', `and ${count(rest, 'more kind')}`)] : []),
  ]
}

function againstLines({ text, examples }: Contradiction): readonly string[] {
  return [line('against', text), ...examples.map((example) => line('', place(example)))]
}

/** `"ca. 12" (prices.csv:41)`. */
const place = ({ source, line: at, value }: CellExample) => `${JSON.stringify(value)} (${at === 0 ? source : `${source}:${at}`})`
