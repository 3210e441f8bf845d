/** prepare: checks the settings and the output locations before any work is done. */
import type { Json } from '#core/json.ts'
import { type CatalogTable, nameInCatalog } from '#io/catalog/table.ts'
import { fileConnectorOf, targetAt } from '#io/connectors/index.ts'
import type { InputDeclaration } from '#language/inputs/fit.ts'
import { TaskError, withStep } from '#core/errors/errors.ts'
import { lastRuns } from '#io/state/history.ts'
import type { Task } from '#io/workspace/context.ts'
import { checkInputs } from './check-inputs.ts'
import { checkSettings, type ResolvedStep } from './check-settings.ts'
import { destinationOf } from './segment.ts'

export interface PrepareSettings {
  /** Declared inputs of the pipeline. */
  readonly declared: { readonly [name: string]: InputDeclaration }
  readonly inputs: { readonly [name: string]: Json }
  readonly sinks: readonly ResolvedStep[]
  /** Folders for quarantined rows. */
  readonly quarantines: readonly string[]
  /** Steps whose settings contain references. */
  readonly steps: readonly ResolvedStep[]
  /** Whether a step reads when the last run of the pipeline was. */
  readonly last_run?: boolean
}

export const prepare: Task<PrepareSettings> = async ({ declared, inputs, sinks, quarantines, steps, last_run }, _item, context) => {
  const { pipeline, run } = context
  checkInputs(declared, inputs)
  for (const step of steps) checkSettings(step)
  const tables = new Map<string, string>()
  const checkCatalog = async (table: CatalogTable, step: string) => {
    const name = nameInCatalog(table)
    const other = tables.get(name)
    if (other !== undefined && other !== step)
      throw new TaskError('Output.Conflict', `the steps ${other} and ${step} publish to the same table of the Glue catalog, ${name}`, {
        hint: 'give each its own table',
      })
    tables.set(name, step)
    await (await import('#io/catalog/publish-table.ts')).checkTable(table, pipeline.id)
  }
  const check = async (sink: ResolvedStep) => {
    const { to, options, file, mode, keys, catalog } = await destinationOf(sink)
    // of a name made from the source only the folder before it is known
    if (file !== null) await (await fileConnectorOf(to, run.folder)).checkFile(to)
    else await (await targetAt(to, run.folder)).check(to, { pipeline: pipeline.id, options, mode, keys })
    if (catalog !== null) await checkCatalog(catalog, sink.id)
  }
  for (const folder of quarantines)
    await (await fileConnectorOf(folder, run.folder)).target.check(folder, { pipeline: pipeline.id, mode: 'replace', keys: [] })
  for (const sink of sinks) {
    await check(sink).catch((error: unknown) => {
      throw withStep(error, sink.id)
    })
  }
  return last_run === true ? { last_run_timestamp: (await lastRuns(context, 1))[0]?.started_at ?? null } : {}
}
