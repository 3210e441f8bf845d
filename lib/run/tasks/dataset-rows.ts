/** The rows of a dataset for a step that reads them itself: typed as the plan says, batch after batch. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import { inspectionOf, sourceOf } from '#data/dataset/inspections.ts'
import { checkRows, openBatch } from '#data/pass/open-batch.ts'
import { relationAfter } from '#data/pass/prefix-relation.ts'
import { typedCells } from '#data/pass/typed-cells.ts'
import { prepareLookups } from '#data/pass/lookups.ts'
import { locate } from '#io/formats/locate.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { lowerPass } from '#run/lowering/lower-pass.ts'
import type { DatasetRows, ReadColumn } from '#steps/kind/behaviour.ts'

export function datasetRows(dataset: DatasetPlan, context: TaskContext): DatasetRows {
  return {
    read: (columns) => readRows(dataset, columns, context),
    locate: (rows) => placesOf(dataset, rows, context),
    sources: dataset.sources.map(({ name, records, bad }) => ({ name, rows: records - bad })),
  }
}

async function* readRows(dataset: DatasetPlan, columns: readonly ReadColumn[], context: TaskContext) {
  const { pass } = await lowerPass(dataset, { steps: [], sink: null, latest: [], key: null }, context)
  const lookups = await prepareLookups([], context)
  for (const [at, batch] of dataset.batches.entries()) {
    const opened = await openBatch(dataset, batch, context)
    try {
      const session = await context.openSession(opened.folders)
      const typed = await relationAfter(session, opened, pass, lookups, new Set())
      let rows = 0
      for await (const some of typedCells(session, typed, columns)) {
        rows += some.length
        yield some
      }
      checkRows(rows, opened.rows, `batch ${at}`)
    } finally {
      await opened.release()
    }
  }
}

async function placesOf(dataset: DatasetPlan, rows: readonly number[], context: TaskContext) {
  const found = new Map<number, { readonly source: string; readonly line: number }>()
  let first = 0
  for (const batch of dataset.batches) {
    const own = rows.filter((row) => row >= first && row < first + batch.rows)
    if (own.length > 0) {
      const opened = await openBatch(dataset, batch, context)
      try {
        const placed = own.map((row) => ({ row, ...opened.origin(row - first) }))
        for (const source of new Set(placed.map((one) => one.source))) {
          const inspection = await inspectionOf(dataset, source, context)
          const here = placed.filter((one) => one.source === source)
          const records = [...new Set(here.map(({ record }) => record))].sort((a, b) => a - b)
          const lines = new Map<number, number>()
          const located = locate(inspection, records, { source: sourceOf(inspection), store: context.store, scratch: context.scratch })
          for await (const { record, line } of located) lines.set(record, line)
          const name = dataset.sources[source]?.name ?? ''
          for (const { row, record } of here) found.set(row, { source: name, line: lines.get(record) ?? 0 })
        }
      } finally {
        await opened.release()
      }
    }
    first += batch.rows
  }
  return found
}
