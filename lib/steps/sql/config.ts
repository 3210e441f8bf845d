/** The settings of a sql step. */
import * as z from 'zod'
import { assetFile } from '#steps/kind/assets.ts'
import { column, scalar, text } from '#steps/kind/fields.ts'

/** A name that a statement can write without quotes. */
const tableName = z.string().regex(/^[A-Za-z_]\w*$/)

export const config = z.strictObject({
  sql: z
    .string()
    .min(1)
    .optional()
    .describe('One SELECT statement, in the SQL of DuckDB. The table `rows` has the rows of the step before.'),
  file: assetFile.optional().describe('In place of `sql`: a file with the statement, beside the definition or below it.'),
  inputs: z
    .record(tableName, text.min(1))
    .default({})
    .describe('Other tables of the statement: their names, with the files or tables that they are read from.'),
  parameters: z
    .record(tableName, z.union([scalar, z.null()]))
    .default({})
    .describe('Values for the statement, which reads them as `$name`. They can be references: `{since: "{{ inputs.since }}"}`.'),
  keys: z
    .array(column)
    .describe(
      'The columns by which rows are accounted for. The statement returns them as they came in. Without `members` they identify a row: no two rows that come in are the same in them, and each row that comes out is one that came in. With `members` they are the columns that rows are grouped by; none for one group of all rows.',
    ),
  members: column
    .optional()
    .describe(
      'For statements that return groups: the column with the number of rows of each group, `count(*)`. It is checked against the rows.',
    ),
  may_filter: z
    .boolean()
    .default(false)
    .describe(
      'Whether the statement may leave out rows. They are counted as filtered, and listed in the file `left_out-<step>.csv` of the run.',
    ),
})

export type Config = z.infer<typeof config>
