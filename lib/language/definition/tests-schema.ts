/** The schema of `tests`: what a test gives to a pipeline, and what it expects of it. */
import * as z from 'zod'
import type { Json } from '#core/json.ts'
import { date } from './atoms.ts'

/** Any value; it is checked elsewhere. */
const json: z.ZodType<Json> = z.unknown() as never

export type TestCell = string | number | boolean | null
export type TestRow = { readonly [column: string]: TestCell }
/** Rows, the text of a CSV file, or a file beside the definition. */
export type TestTable = readonly TestRow[] | string | { readonly file: string }

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])

const table = z
  .union([
    z.array(z.record(z.string(), cell)),
    z.string().min(1),
    z.strictObject({ file: z.string().min(1).describe('A file beside the definition, or below its folder.') }),
  ])
  .meta({ title: 'rows of a test' }) as unknown as z.ZodType<TestTable>

const counted = z.int().min(0).optional()

const quarantinedRow = z
  .strictObject({
    reason: z.string().min(1).optional().describe('A part of the reason.'),
    step: z.string().min(1).optional().describe('The step that rejected it.'),
    rule: z.string().min(1).optional().describe('The rule that it broke.'),
    column: z.string().min(1).optional().describe('The column.'),
    value: cell.optional().describe('The value in that column.'),
    line: z.int().min(1).optional().describe('The line in the source.'),
  })
  .meta({ title: 'quarantined row' })

const ledger = z
  .strictObject({
    in: counted.describe('Rows read.'),
    out: counted.describe('Rows written.'),
    quarantined: counted.describe('Rows in quarantine.'),
    duplicates: counted.describe('Duplicates that were removed.'),
    filtered: counted.describe('Rows that were filtered out.'),
  })
  .meta({ title: 'ledger' })

const expectation = z
  .strictObject({
    status: z
      .enum(['success', 'partial', 'failed'])
      .optional()
      .describe('How the run ends (default: it publishes, in full or in part; `failed` if there is an `error`).'),
    error: z.string().min(1).optional().describe('A part of the error of a run that fails.'),
    step: z.string().min(1).optional().describe('Whose rows are compared: an export step, where the pipeline has several.'),
    rows: table.optional().describe('All rows that are published. The columns that they name are compared.'),
    ordered: z.boolean().optional().describe('Whether the rows must be in this order (default: false).'),
    columns: z.array(z.string().min(1)).min(1).optional().describe('The columns that are published, in order.'),
    quarantined: z
      .union([z.int().min(0), z.array(quarantinedRow).min(1)])
      .optional()
      .describe('How many rows go to quarantine, or something about each of them.'),
    duplicates: counted.describe('How many duplicates are removed.'),
    ledger: ledger.optional().describe('Numbers of the ledger; those that are left out are not compared.'),
  })
  .refine((value) => Object.keys(value).some((key) => key !== 'step' && key !== 'ordered'), {
    error: 'say what the test expects: rows, columns, quarantined, duplicates, ledger, status or error',
  })
  .refine((value) => value.error === undefined || value.status === undefined || value.status === 'failed', {
    error: 'a run with an error is failed: write `status: failed`, or remove `error`',
    path: ['status'],
  })
  .refine((value) => value.rows !== undefined || value.ordered === undefined, {
    error: '`ordered` is about `rows`: add them, or remove it',
    path: ['ordered'],
  })
  .meta({ title: 'expect' })

export const tests = z
  .array(
    z
      .strictObject({
        name: z.string().trim().min(1).max(200).describe('The name of the test, unique in the file.'),
        description: z.string().optional().describe('What the test is for.'),
        date: date
          .refine((day) => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day), { error: 'the calendar has no such day' })
          .optional()
          .describe('The logical date of the run, the value of `{{ ds }}` (default: today).'),
        inputs: z.record(z.string(), json).default({}).describe('Values of inputs.'),
        given: z
          .record(z.string(), table)
          .default({})
          .describe(
            'What the pipeline reads: rows, the text of a CSV file, or `{file: …}`, by the input that holds the address or the id of the step that reads it.',
          ),
        expect: expectation.describe('What the run must lead to.'),
      })
      .meta({ title: 'test' }),
  )
  .max(200)

export type TestFields = z.infer<typeof tests>[number]
export type TestExpectations = TestFields['expect']

/** A checked test. */
export interface PipelineTest extends Pick<TestFields, 'name' | 'date' | 'expect'> {
  readonly inputs: { readonly [name: string]: Json }
  readonly given: readonly GivenRows[]
}

/** Rows in place of what an input names, or of what steps read: of several where the author's step stands for several. */
export interface GivenRows {
  readonly name: string
  /** Null: it is an input. */
  readonly steps: readonly string[] | null
  readonly table: TestTable
}
