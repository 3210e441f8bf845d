/** What needs a person: rows in quarantine, columns whose reading is doubtful, and what was decided from evidence. Pure. */
import { stringify } from 'yaml'
import type { JsonObject } from '#core/json.ts'
import { count } from '#core/text/numbers.ts'
import { entryOf } from '#core/text/record.ts'
import type { CellExample } from '#data/dataset/cell-kinds.ts'
import type { QuarantineGroup } from '#data/ledger/quarantine-tally.ts'
import type { Decision } from '#relational/operations/choices.ts'
import type { ColumnExplanation } from './explain-column.ts'

/** One thing to look at, with up to three cells that show it and the setting that decides it. */
export interface Attention {
  readonly kind: 'quarantined' | 'doubtful' | 'decided'
  readonly step: string
  readonly text: string
  readonly examples: readonly CellExample[]
  /** As YAML or in words; empty if no setting decides it. */
  readonly setting: string
}

/** The columns of a scan whose reading a person may want to know. */
export interface ExplainedScan {
  readonly step: string
  readonly columns: readonly ColumnExplanation[]
  /** Doubts about whole sources. */
  readonly doubts: readonly string[]
}

/** Of each kind. */
const MOST = 20

export function attentionOf(
  groups: readonly QuarantineGroup[],
  scans: readonly ExplainedScan[],
  decisions: readonly Decision[],
): readonly Attention[] {
  return [
    ...[...groups]
      .sort((a, b) => b.rows - a.rows)
      .slice(0, MOST)
      .map(quarantined),
    ...scans.flatMap(doubtful).slice(0, MOST),
    ...[...scans.flatMap(decided), ...decisions.flatMap(chosen)].slice(0, MOST),
  ]
}

function quarantined({ step, rule, column, reason, rows, examples }: QuarantineGroup): Attention {
  const setting =
    rule === 'record'
      ? 'delimiter, quote, header or encoding of the source'
      : rule === 'type'
        ? inYaml({ types: { [column]: 'text' } })
        : `the rule ${rule} of step ${step}`
  return {
    kind: 'quarantined',
    step,
    text: `${count(rows, 'row')}: ${reason}`,
    examples: examples.map(({ source, line, value }) => ({ source, line, value: value ?? '' })),
    setting,
  }
}

function doubtful({ step, columns, doubts }: ExplainedScan): readonly Attention[] {
  const about = (text: string, examples: Attention['examples'], setting: string): Attention => ({
    kind: 'doubtful',
    step,
    text,
    examples,
    setting,
  })
  return [
    ...doubts.map((text) => about(text, [], '')),
    ...columns.flatMap(({ against, decisions }) => against.map(({ text, examples }) => about(text, examples, settingOf(decisions)))),
  ]
}

const settingOf = (decisions: ColumnExplanation['decisions']) => {
  const setting = (decisions.find(({ what }) => what === 'date order') ?? decisions[0])?.setting
  return setting == null ? '' : inYaml(setting)
}

/** Decisions about how a column is written that other files could show otherwise. */
const OPEN: ReadonlySet<string> = new Set(['date order', 'thousands', 'currency', 'kept words'])

const decided = ({ step, columns }: ExplainedScan): readonly Attention[] =>
  columns.flatMap(({ name, decisions, cells }) =>
    decisions.flatMap(({ what, value, because, setting }): readonly Attention[] =>
      !OPEN.has(what) && !(what === 'decimal mark' && value === ',')
        ? []
        : [
            {
              kind: 'decided',
              step,
              text: `"${name}": ${what} ${value}, because ${because}`,
              examples: (cells.find(({ fits, kind }) => fits && kind !== 'missing')?.examples ?? []).slice(0, 3),
              setting: setting === null ? '' : inYaml(setting),
            },
          ],
    ),
  )

const chosen = ({ step, rule, column, choice, why }: Decision): readonly Attention[] =>
  entryOf(CHANGING, rule) === undefined || choice === 'leave'
    ? []
    : [
        {
          kind: 'decided',
          step,
          text: `"${column}": ${rule} ${choice}, because ${why}`,
          examples: [],
          setting: `the rule ${rule} of step ${step}`,
        },
      ]

/** Rules that change values by a choice of their own. */
const CHANGING: { readonly [rule: string]: true } = { missing: true, consistency: true, case: true }

/** As in a definition: `types: {price: decimal}`. */
export const inYaml = (setting: JsonObject): string =>
  Object.entries(setting)
    .map(([key, value]) => `${key}: ${stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trimEnd()}`)
    .join(', ')
