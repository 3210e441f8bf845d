/** Lists flagged rows: their place in the source, their text, and the reasons. */
import { type DatasetPlan, fieldOf, type Source } from '#data/dataset/plan.ts'
import { locate } from '#io/formats/locate.ts'
import { cells } from '#io/formats/record-text.ts'
import type { Flag } from '#relational/operations/lowered-pass.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { inspectionOf, sourceOf } from '#data/dataset/inspections.ts'
import { LEFT, removedBy, WRITTEN } from './members.ts'
import type { FlaggedRow } from './outcome.ts'
import { type Account, listedFlags } from './tally.ts'
import { entryOf } from '#core/text/record.ts'

/** A flagged row of a batch. The first flag is the reason; the others are listed with it. */
export interface FlaggedRows {
  readonly row: number
  readonly flags: readonly number[]
  readonly fate: FlaggedRow['fate']
}

/** In the order of the sources and records. */
export async function* flaggedRows(
  dataset: DatasetPlan,
  opened: { origin(row: number): { readonly source: number; readonly record: number } },
  flags: readonly Flag[],
  rows: readonly FlaggedRows[],
  context: TaskContext,
): AsyncGenerator<FlaggedRow> {
  const wanted = rows.map((one) => ({ ...one, ...opened.origin(one.row) }))
  const sources = [...new Set(wanted.map(({ source }) => source))].sort((a, b) => a - b)
  for (const source of sources) {
    const own = wanted.filter((row) => row.source === source).sort((a, b) => a.record - b.record)
    const inspection = await inspectionOf(dataset, source, context)
    const records = [...new Set(own.map(({ record }) => record))]
    let next = 0
    for await (const found of locate(inspection, records, {
      source: sourceOf(inspection),
      store: context.store,
      scratch: context.scratch,
    })) {
      while (own[next]?.record === found.record) {
        const { row, fate, flags: raised } = own[next++] as (typeof own)[number]
        const reasons = reasonsOf(raised.map((at) => flags[at] as Flag))
        const [flag] = reasons
        yield {
          fate,
          row,
          source,
          record: found.record,
          line: found.line,
          byte: found.byte,
          step: flag?.origin.step ?? '',
          rule: flag?.origin.rule ?? '',
          column: flag?.column ?? '',
          value: flag === undefined ? null : cellValue(dataset, source, flag.column, found.raw, inspection),
          reason: reasons.map(({ reason }) => reason).join('; '),
          raw: found.raw,
        }
      }
    }
  }
}

/** The quarantined rows, the removed duplicates, and the rows that stay in place of duplicates. */
export function listedRows(flags: readonly Flag[], { quarantined, fates }: Account): readonly FlaggedRows[] {
  const listed = listedFlags(flags)
  const byRow = new Map<number, FlaggedRows>()
  for (const [number, at] of listed.entries()) {
    if (flags[at]?.fate !== 'deduplicate') continue
    for (const [member, row] of (fates[number]?.rows ?? []).entries()) {
      const fate = fates[number]?.fates[member] as number
      const removing = fate > LEFT ? listed[fate - removedBy(0)] : undefined
      if (removing !== undefined && flags[removing]?.fate === 'deduplicate') byRow.set(row, { row, flags: [removing], fate: 'deduplicate' })
      // a row that a later rule about keys quarantines is listed as well, because its duplicates refer to it
      else if (fate === WRITTEN || removing !== undefined) byRow.set(row, { row, flags: [], fate: 'kept' })
    }
  }
  return [...quarantined.map(([row, raised]): FlaggedRows => ({ row, flags: raised, fate: 'quarantine' })), ...byRow.values()]
}

/** The flags that are reasons for a row: for a cell that could not be read, rules about the same column are omitted. */
function reasonsOf(raised: readonly Flag[]): readonly Flag[] {
  const unread = new Set(raised.filter(({ counts }) => counts === 'cells').map(({ column }) => column))
  return raised.filter(({ counts, column }, at) => at === 0 || counts === 'cells' || !unread.has(column))
}

/** The cell as in the source, if the column is in the source. */
function cellValue(
  dataset: DatasetPlan,
  source: number,
  column: string,
  raw: string,
  inspection: Awaited<ReturnType<typeof inspectionOf>>,
): string | null {
  const layout = dataset.layouts[(dataset.sources[source] as Source).layout]
  const at = layout === undefined ? -1 : fieldOf(layout.columns, column)
  if (layout === undefined || at < 0) return null
  if (inspection.dialect !== null) return cells(raw, inspection.dialect)[at] ?? null
  try {
    const value = entryOf(JSON.parse(raw) as Record<string, unknown>, layout.columns[at]?.physical ?? '')
    return value == null ? null : typeof value === 'string' ? value : JSON.stringify(value)
  } catch {
    // a record that is not JSON has no cells
    return null
  }
}
