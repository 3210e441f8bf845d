/** The tables of the Glue catalog that a pipeline makes, for what a deployment must allow. */
import type { Step } from '#language/definition/definition.ts'
import { nameInCatalog, type CatalogTable } from '#steps/kind/addresses.ts'
import { kindOf } from '#steps/index.ts'
import type { Compiled } from './compile.ts'
import { stepsOf, unitsOf } from './plan.ts'

/** Those of all steps and their fallbacks, each once. A name that only a run knows is `*`. */
export function catalogTablesOf({ plan }: Pick<Compiled, 'plan'>): readonly CatalogTable[] {
  const tables = unitsOf(plan)
    .flatMap(stepsOf)
    .flatMap(tablesOf)
    .map(({ database, table }) => ({ database: known(database), table: known(table) }))
  return [...new Map(tables.map((table) => [nameInCatalog(table), table])).values()]
}

const tablesOf = ({ type, with: settings, on_error }: Step): readonly CatalogTable[] =>
  [settings, ...on_error.fallback].flatMap((own) => kindOf(type)?.catalogTables?.(own) ?? [])

const known = (name: string) => (/\{\{|\{%/.test(name) ? '*' : name)
