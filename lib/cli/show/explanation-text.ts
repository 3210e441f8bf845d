/** The explanation of how data is read, for the terminal. Pure. */
import { escapeControls } from '#core/text/escape-controls.ts'
import { count } from '#core/text/numbers.ts'
import type { CellExample, CellKind } from '#data/dataset/cell-kinds.ts'
import { inYaml } from '#data/report/attention.ts'
import type { Contradiction, Explained } from '#data/report/explain-column.ts'
import type { Spelling, SpellingGroup } from '#relational/measures/variants.ts'
import type { Explanation } from '#data/report/explain.ts'

/** Sources listed one by one. */
const MAX_SOURCES = 5
const MAX_KINDS = 6
/** Groups of spellings shown of each column, unless one column is asked for. */
const MAX_GROUPS = 3
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
    ...columns.map(({ name, type, decisions, cells, against, spellings }) =>
      [
        `${escapeControls(name, 60)}  ${type}`,
        ...cellLines(cells),
        ...decisions.flatMap(decisionLines),
        ...against.flatMap(againstLines),
        ...spellingLines(name, spellings, column === undefined ? MAX_GROUPS : Number.POSITIVE_INFINITY),
      ].join('\n'),
    ),
  ]
  return `${parts.join('\n\n')}\n`
}

const line = (label: string, text: string) => `  ${label.padEnd(LABEL)}${escapeControls(text, 400)}`

function decisionLines({ what, value, because, setting }: Explained): readonly string[] {
  return [line(what, `${value}: ${because}`), ...(setting === null ? [] : [line('', `→ ${inYaml(setting)}`)])]
}

/** A line for each group: what stays, and what would become it. */
function spellingLines(column: string, groups: readonly SpellingGroup[], most: number): readonly string[] {
  if (groups.length === 0) return []
  const spelled = ({ value, cells }: Spelling) => `"${escapeControls(value, 40)}" (${cells.toLocaleString('en')})`
  const shown = groups.slice(0, most).map(({ stays, others }) => `${spelled(stays)} ← ${others.map(spelled).join(', ')}`)
  const rest = groups.length - shown.length
  return [
    ...shown.map((text, at) => line(at === 0 ? 'spellings' : '', text)),
    ...(rest > 0 ? [line('', `and ${count(rest, 'more group')}`)] : []),
    line('', `→ in a clean step: ${inYaml({ consistency: { columns: [column] } })} makes each group one value; map names other spellings`),
  ]
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
