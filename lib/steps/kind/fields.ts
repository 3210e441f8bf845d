/**
 * The field types of step settings. Each accepts a literal or a `{{ … }}` reference, because a reference is resolved when the machine runs;
 * `literal` fields are needed at build time and accept no reference.
 */
import * as z from 'zod'
import { entryOf } from '#core/text/record.ts'
import { type ColumnType, TYPE_SPELLINGS, typeNamed } from '#relational/types/types.ts'
import { CONNECTION_TYPES } from '#io/connectors/location.ts'

/** Text that is one whole `{{ … }}` reference or `{% … %}` expression, and can resolve to any value. */
export const reference = z
  .string()
  .regex(/^\s*(\{\{.*\}\}|\{%.*%\})\s*$/s)
  .meta({ title: 'reference', description: 'A `{{ … }}` reference, resolved when the pipeline runs.' })

export const text = z.string()
export const integer = (min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) => z.union([z.int().min(min).max(max), reference])
export const number = (min = -Number.MAX_VALUE, max = Number.MAX_VALUE) => z.union([z.number().min(min).max(max), reference])
export const flag = z.union([z.boolean(), reference])
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.union([z.enum(values), reference])
export const scalar = z.union([z.string(), z.number(), z.boolean()])

/** The name of a column type in any spelling, or an exact decimal with its digits. */
export const columnType = z
  .union([z.enum(Object.keys(TYPE_SPELLINGS) as [string, ...string[]]), z.string().refine((text) => typeNamed(text) !== undefined)])
  .meta({ title: 'type' })

/** The type that a setting of `columnType` names. */
export const namedType = (spelling: string): ColumnType => typeNamed(spelling) ?? 'text'

export const column = z.string().min(1).meta({ title: 'column' })
export const columns = z.array(column).min(1)
/** Columns by name, or all of them. */
export const columnChoice = z.union([z.literal('*'), columns])

/**
 * A SQL scalar expression over the columns of a row. Authors write text; the compiler stores the text and the values of its `{{ … }}` side
 * by side, so that a value can never become part of the expression, and the tasks parse that form with the same schema.
 */
const compiledExpression = z.strictObject({ expression: z.string(), parameters: z.record(z.string(), z.json()) })
export const rowExpression = z
  .union([z.string().min(1), compiledExpression])
  .meta({ title: 'row expression' }) as unknown as z.ZodType<string>

/** A condition as tasks get it: the text, whether it holds, and the values of what it reads, by their names. */
export const compiledCondition = z.strictObject({ condition: z.string(), holds: z.boolean(), values: z.record(z.string(), z.json()) })

/**
 * A condition over inputs and results, in the language of step conditions. Authors write text or a boolean; the compiler stores the text and
 * a JSONata expression side by side, and the tasks parse the form with the value of the expression.
 */
export const condition = z
  .union([
    z.string().min(1),
    z.boolean(),
    z.strictObject({ condition: z.string(), holds: z.union([z.string(), z.boolean()]), values: z.record(z.string(), z.json()) }),
  ])
  .meta({ title: 'condition' }) as unknown as z.ZodType<string | boolean>

/**
 * The name of a connection of the definition; the compiler puts the settings of the connection in its place, and the tasks parse that form
 * with the same schema.
 */
const connection = z
  .union([z.string().min(1), z.record(z.string(), z.json())])
  .meta({ title: 'connection', description: 'The name of a connection, or the address of its server.' })

/** A connection, and what of it is read or written: the settings of all kinds of connections; each kind checks those of its own. */
export const atConnection = (use: 'source' | 'target') =>
  z.strictObject({
    connection,
    ...Object.fromEntries(
      [...CONNECTION_TYPES.values()].flatMap((kind) =>
        Object.entries(kind[use].shape as Record<string, z.ZodType>).map(([name, schema]) => [name, schema.optional()] as const),
      ),
    ),
  })

const DURATION = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|sec|second|seconds|m|min|minute|minutes|h|hour|hours|d|day|days)?\s*$/
const SIZE = /^\s*(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?\s*$/i

/** The folder where a step publishes its quarantined rows, besides the run's own file. */
export const quarantineFolder = text
  .min(1)
  .optional()
  .describe(
    'A folder where the rows this step quarantines are published as CSV, besides the file in the run. It can be inside the output folder.',
  )

/** Days; longer times are mistakes in the number or its unit. */
const MAX_DAYS = 36_500

/** Days of the longest execution. Source: Step Functions developer guide, "Quotas". */
const MAX_RUN_DAYS = 365

const atMost = (days: number) => (value: number | string) => toSeconds(value) <= days * 86_400

/** `300` (seconds), `15m`, `1h`. */
export const duration = z
  .union([z.number().min(0), z.string().regex(DURATION)])
  .refine(atMost(MAX_DAYS), { error: `must be at most ${MAX_DAYS}d` })
  .meta({ title: 'duration', description: 'Seconds, or a number with a unit: 30s, 15m, 2h, 1d.' })

/** A time within a run. */
export const runDuration = duration
  .refine(atMost(MAX_RUN_DAYS), { error: `must be at most ${MAX_RUN_DAYS}d, the longest run on AWS` })
  .meta({ title: 'duration', description: 'Seconds, or a number with a unit: 30s, 15m, 2h, 1d.' })

/** `1000000` (bytes), `256MB`, `2GiB`. */
export const size = z
  .union([z.number().min(0), z.string().regex(SIZE)])
  .meta({ title: 'size', description: 'Bytes, or a number with a unit: 64MB, 2GB, 1GiB.' })

const SECONDS: Record<string, number> = {
  ms: 0.001,
  s: 1,
  sec: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
  d: 86_400,
  day: 86_400,
}
const BYTES: Record<string, number> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 }

/** Seconds of a duration that passed its schema. */
export function toSeconds(value: number | string): number {
  if (typeof value === 'number') return value
  const [, amount, unit = 's'] = DURATION.exec(value) ?? []
  return Number(amount) * (entryOf(SECONDS, unit) ?? entryOf(SECONDS, unit.replace(/s$/, '')) ?? Number.NaN)
}

/** Bytes of a size that passed its schema. */
export function toBytes(value: number | string): number {
  if (typeof value === 'number') return value
  const [, amount, unit = 'B'] = SIZE.exec(value) ?? []
  return Math.round(Number(amount) * (entryOf(BYTES, unit.toLowerCase()) ?? Number.NaN))
}
