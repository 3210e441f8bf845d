/** A table of the AWS Glue Data Catalog, by which query engines find an output. */
import { count } from '#core/text/numbers.ts'

export interface CatalogTable {
  readonly database: string
  readonly table: string
}

/** A table as it is once an output is in the catalog. */
export interface CataloguedTable extends CatalogTable {
  /** Rows of the table, those of earlier runs among them where rows are appended or merged. */
  readonly rows: number
  /** A query for Athena. */
  readonly query: string
}

/** Names that Athena takes. Source: https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html */
export const isCatalogName = (name: string) => /^[a-z0-9_]{1,255}$/.test(name)

export const nameInCatalog = ({ database, table }: CatalogTable) => `${database}.${table}`

/** The table, its rows, and the query, for people. */
export const shownTable = (table: CataloguedTable) => `${nameInCatalog(table)} (${count(table.rows, 'row')}): ${table.query}`

export const catalogued = ({ database, table }: CatalogTable, rows: number): CataloguedTable => ({
  database,
  table,
  rows,
  query: `SELECT * FROM "${database}"."${table}" LIMIT 10`,
})
