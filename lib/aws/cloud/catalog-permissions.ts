/** The permission on the AWS Glue Data Catalog, with its reason. */
import { Aws } from 'aws-cdk-lib'
import type { catalogTablesOf } from '#language/compiler/catalog-tables.ts'
import type { Permission } from './permission.ts'

/** Glue asks for a permission on the catalog and the database of a table, too. Source: Glue guide, "Specifying Glue resource ARNs". */
export function showInCatalog(partition: string, tables: ReturnType<typeof catalogTablesOf>): readonly Permission[] {
  if (tables.length === 0) return []
  const arn = (of: string) => `arn:${partition}:glue:${Aws.REGION}:${Aws.ACCOUNT_ID}:${of}`
  const databases = [...new Set(tables.map(({ database }) => database))]
  return [
    {
      sid: 'ShowInCatalog',
      reason: 'makes the tables of the Glue catalog that the definition names show what was published',
      actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:CreateTable', 'glue:UpdateTable'],
      resources: [
        arn('catalog'),
        ...databases.map((database) => arn(`database/${database}`)),
        ...tables.map(({ database, table }) => arn(`table/${database}/${table}`)),
      ],
    },
  ]
}
