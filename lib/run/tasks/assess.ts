/** assess: runs a step that reads the plan and the facts of a dataset. */
import type { DatasetPlan } from '#data/dataset/plan.ts'
import type { JsonObject } from '#core/json.ts'
import { entryOf } from '#core/text/record.ts'
import { readJson, writeJson } from '#io/workspace/json-store.ts'
import type { AssessBehaviour, SourceFigures } from '#steps/kind/behaviour.ts'
import { kindOf } from '#steps/index.ts'
import type { Task } from '#io/workspace/context.ts'
import { writeSideTable } from '#data/ledger/side-tables.ts'
import { lastRuns } from '#io/state/history.ts'
import { datasetRows } from './dataset-rows.ts'
import type { FactsFile } from '#data/survey/sources.ts'

export interface AssessSettings {
  readonly type: string
  readonly with: JsonObject
  readonly dataset: string
  readonly facts: string | null
}

export const assess: Task<AssessSettings> = async (settings, _item, context) => {
  const kind = kindOf(settings.type)
  if (kind === undefined) throw new Error(`unknown step kind ${settings.type}`)
  const behaviour = (await kind.load()) as AssessBehaviour
  const dataset = await readJson<DatasetPlan>(context.store, settings.dataset)
  const facts = settings.facts === null ? undefined : await readJson<FactsFile>(context.store, settings.facts)
  const sources = (facts?.sources ?? []).map(
    ({ name, rows, bad, completeness, issues }): SourceFigures => ({ name, rows, bad, completeness, issues: issues.length }),
  )
  const readsRows = kind.readsRows?.(kind.config.parse(settings.with)) === true
  const left = readsRows ? (await lastRuns(context, 50)).flatMap((past) => entryOf(past.left, context.step) ?? []) : []
  const { result, report, columns, table, leave } = await behaviour.summarize(settings.with, {
    step: context.step,
    dataset,
    facts,
    sources,
    quality: facts?.quality,
    left,
    ...(readsRows ? { rows: datasetRows(dataset, context) } : {}),
  })
  if (table !== undefined) await writeSideTable(table, context)
  if (leave !== undefined) await writeJson(context.store, context.workspace.left(context.step), leave)
  if (facts !== undefined && columns !== undefined)
    await writeJson(context.store, context.workspace.profile, {
      rows: facts.rows,
      duplicates: facts.surplus[facts.key_sets.findIndex(({ columns: key }) => key === null)] ?? 0,
      quality: facts.quality,
      sample: facts.sample,
      columns,
      sources: facts.sources,
    })
  return { result, report: { step: context.step, ...report, fused: false } }
}
