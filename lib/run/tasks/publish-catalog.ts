/** The table of the Glue catalog that shows an output. */
import type { Destination } from '#data/pass/pass.ts'
import type { Output } from '#io/connectors/target.ts'
import type { CataloguedTable } from '#io/catalog/table.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import type { Column } from '#relational/types/types.ts'

/** What a target calls when the output has appeared, and then the table that shows it; nothing without a table. */
export interface CatalogHook {
  readonly appeared?: NonNullable<Output['appeared']>
  /** Null without a table. Throws unless the target has called. */
  shown(): CataloguedTable | null
}

/** Output.Conflict for columns that no table of the catalog can have. */
export async function catalogHook(
  { catalog, to }: Pick<Destination, 'catalog' | 'to'>,
  columns: readonly Column[],
  { pipeline, run, now }: TaskContext,
): Promise<CatalogHook> {
  if (catalog === null) return { shown: () => null }
  // loaded only here: most runs have no catalog
  const { checkColumns, publishTable } = await import('#io/catalog/publish-table.ts')
  checkColumns(catalog, columns)
  let table: CataloguedTable | undefined
  return {
    appeared: async (output) => {
      table = await publishTable(catalog, output, { pipeline: pipeline.id, run: run.id, location: to, now })
    },
    shown: () => {
      if (table === undefined) throw new Error(`${to} did not announce that its output has appeared`)
      return table
    },
  }
}
