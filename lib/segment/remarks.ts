/** Rows as they are told about: where they stand in their source, their text, and what was said of them. */
import type { DatasetPlan } from '../dataset/plan.ts'
import { locate } from '../reader/locate.ts'
import { cells } from '../reader/record-text.ts'
import type { Flag } from '../lowering/lower.ts'
import type { TaskContext } from '../workspace/context.ts'
import { inspectionOf, sourceOf } from '../dataset/inspections.ts'
import type { RemarkedRow } from './outcome.ts'
import { entryOf } from '../text/record.ts'

/** In the order of the sources and records. `rows` are rows of the batch with the number of the flag that says why. */
export async function* remarks(
  dataset: DatasetPlan,
  opened: { origin(row: number): { readonly source: number; readonly record: number } },
  flags: readonly Flag[],
  rows: readonly (readonly [row: number, flag: number])[],
  context: TaskContext,
): AsyncGenerator<RemarkedRow> {
  const wanted = rows.map(([row, flag]) => ({ ...opened.origin(row), flag: flags[flag] as Flag }))
  const sources = [...new Set(wanted.map(({ source }) => source))].sort((a, b) => a - b)
  for (const source of sources) {
    const own = wanted.filter((row) => row.source === source).sort((a, b) => a.record - b.record)
    const inspection = await inspectionOf(dataset, source, context)
    const records = [...new Set(own.map(({ record }) => record))]
    let next = 0
    for await (const found of locate(inspection, records, {
      source: await sourceOf(inspection),
      store: context.store,
      scratch: context.scratch,
    })) {
      while (own[next]?.record === found.record) {
        const { flag } = own[next++] as (typeof own)[number]
        yield {
          source,
          record: found.record,
          line: found.line,
          byte: found.start,
          step: flag.origin.step,
          rule: flag.origin.rule,
          column: flag.column,
          value: cellValue(dataset, source, flag.column, found.raw, inspection),
          reason: flag.reason,
          raw: found.raw,
        }
      }
    }
  }
}

/** The cell as it stands in the source, when the column is one of the source's. */
function cellValue(
  dataset: DatasetPlan,
  source: number,
  column: string,
  raw: string,
  inspection: Awaited<ReturnType<typeof inspectionOf>>,
): string | null {
  const layout = dataset.layouts[dataset.sources[source]?.layout ?? 0]
  const at = layout?.columns.findIndex((entry) => entry.column === column) ?? -1
  if (layout === undefined || at < 0) return null
  if (layout.format === 'csv' && inspection.dialect !== null) return cells(raw, inspection.dialect)[at] ?? null
  try {
    const value = entryOf(JSON.parse(raw) as Record<string, unknown>, layout.columns[at]?.physical ?? '')
    return value == null ? null : typeof value === 'string' ? value : JSON.stringify(value)
  } catch {
    // a record that is no JSON has no cells
    return null
  }
}
