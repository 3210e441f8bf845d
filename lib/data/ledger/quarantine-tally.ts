/** Keeps an example for each reason while the quarantine is written, and counts the records that cannot be read. */

/** Why rows are in quarantine, and one of them. */
export interface Reason {
  readonly rows: number
  readonly reason: string
  readonly example: Example | null
}

/** A cell and its place; the record, where no cell is the reason. */
export interface Example {
  readonly source: string
  readonly line: number
  readonly value: string | null
}

/** A row of quarantine.csv. */
export type QuarantineRow = readonly [
  source: string,
  record: number,
  line: number,
  byte: number | null,
  step: string,
  rule: string,
  column: string,
  value: string | null,
  reason: string,
  raw: string,
]

/** Rows in quarantine for the same reason. */
export interface QuarantineGroup {
  readonly step: string
  readonly rule: string
  readonly column: string
  readonly reason: string
  readonly rows: number
  /** The first of them. */
  readonly examples: readonly Example[]
}

export interface QuarantineTally {
  /** In the order of their first rows; of very many reasons, the first. */
  readonly groups: readonly QuarantineGroup[]
  /** The first row that a rule quarantined for a column, in one source or, for null, in all. */
  example(source: string | null, step: string, rule: string, column: string): Example | null
  /** The reasons of records that cannot be read, in one source or in all. */
  unreadable(source: string | null, step: string): readonly Reason[]
}

/** The rule of records that cannot be read as rows. */
const RECORD = 'record'
const MAX_RAW = 80
const MAX_GROUPS = 1000
const MAX_EXAMPLES = 3

export function startQuarantineTally(): { readonly tally: QuarantineTally; readonly add: (row: QuarantineRow) => void } {
  const examples = new Map<string, Example>()
  /** By source, step and reason. */
  const records = new Map<string, Map<string, { rows: number; example: Example }>>()
  const groups = new Map<string, Omit<QuarantineGroup, 'rows' | 'examples'> & { rows: number; readonly examples: Example[] }>()
  const keyOf = (...parts: readonly (string | null)[]) => JSON.stringify(parts)

  function add([source, , line, , step, rule, column, value, reason, raw]: QuarantineRow): void {
    const shown = column === '' ? raw.trimEnd() : value
    const example = { source, line, value: shown !== null && shown.length > MAX_RAW ? `${shown.slice(0, MAX_RAW)}…` : shown }
    const group = keyOf(step, rule, column, reason)
    const same = groups.get(group) ?? { step, rule, column, reason, rows: 0, examples: [] }
    if (groups.size < MAX_GROUPS) groups.set(group, same)
    same.rows++
    if (same.examples.length < MAX_EXAMPLES) same.examples.push(example)
    for (const of of [source, null]) {
      const key = keyOf(of, step, rule, column)
      if (!examples.has(key)) examples.set(key, example)
      if (rule !== RECORD) continue
      const reasons = records.get(keyOf(of, step)) ?? new Map<string, { rows: number; example: Example }>()
      records.set(keyOf(of, step), reasons)
      const known = reasons.get(reason)
      if (known === undefined) reasons.set(reason, { rows: 1, example })
      else known.rows++
    }
  }

  return {
    add,
    tally: {
      get groups() {
        return [...groups.values()]
      },
      example: (source, step, rule, column) => examples.get(keyOf(source, step, rule, column)) ?? null,
      unreadable: (source, step) =>
        [...(records.get(keyOf(source, step)) ?? [])].map(([reason, { rows, example }]) => ({ rows, reason, example })),
    },
  }
}
