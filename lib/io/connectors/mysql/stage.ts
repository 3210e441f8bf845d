/** Loads the rows of an output into a temporary table, which nobody else sees and which ends with the connection. */
import { TaskError } from '#core/errors/errors.ts'
import { count } from '#core/text/numbers.ts'
import type { Scalar } from '#io/duckdb/session.ts'
import { type Column, type ColumnType, digitsOf, isDecimal, type SimpleType } from '#relational/types/types.ts'
import { loadRows, type Rows } from '../servers/staged-rows.ts'
import type { Connection } from './connect.ts'
import { quoted, text } from './sql.ts'

/** The number of a row, from 1, beside the columns of the output. */
export const NUMBER = quoted('_siftstep_n')
export const STAGED = quoted('_siftstep_staged')
const MAX_SCALE = 30

const DECLARED: { readonly [Type in SimpleType]: string } = {
  integer: 'bigint',
  float: 'double',
  text: 'longtext',
  boolean: 'tinyint(1)',
  date: 'date',
  timestamp: 'datetime(6)',
}

/** The type of a column of ours, by the name the server gives it. Output.Conflict for a decimal that no type of the server holds. */
export function declared({ name, type }: Column): string {
  if (!isDecimal(type)) return DECLARED[type]
  const { precision, scale } = digitsOf(type)
  if (scale <= MAX_SCALE) return `decimal(${precision},${scale})`
  throw new TaskError('Output.Conflict', `the column ${name} is ${type}, and MySQL stores at most ${MAX_SCALE} digits behind the point`, {
    hint: 'round it before the export, or make it a text',
  })
}

/** What a table of ours declares: texts differ where any sign does. */
export const fieldOf = (column: Column) =>
  `${quoted(column.name)} ${declared(column)}${column.type === 'text' ? ' CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' : ''} NULL`

/** Of a table of ours, on the server. */
export const TABLE_OPTIONS = 'ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'

/** Signs of a statement, at most, unless one row is longer. */
const STATEMENT = 1_000_000

export async function stage(connection: Connection, output: Rows): Promise<void> {
  const { columns } = output.manifest
  const fields = columns.map((column) => `, ${fieldOf(column)}`).join('')
  await connection.run(`CREATE TEMPORARY TABLE ${STAGED} (${NUMBER} bigint PRIMARY KEY${fields}) ${TABLE_OPTIONS}`)
  const [[packet = '0'] = []] = await connection.rows('SELECT @@max_allowed_packet')
  const longest = Number(packet)
  const insert = (lines: readonly string[]) => connection.run(`INSERT INTO ${STAGED} VALUES ${lines.join(',')}`)
  await loadRows(output, async (batches) => {
    let n = 0
    let lines: string[] = []
    let signs = 0
    for await (const batch of batches) {
      for (const row of batch) {
        const line = `(${++n}${row.map((value, at) => `,${literalOf(value, columns[at] as Column, n)}`).join('')})`
        assertFits(line, n, longest)
        if (lines.length > 0 && (signs + line.length) * MAX_BYTES > Math.min(longest, STATEMENT)) {
          await insert(lines)
          lines = []
          signs = 0
        }
        lines.push(line)
        signs += line.length + 1
      }
    }
    if (lines.length > 0) await insert(lines)
  })
}

/** Bytes of a sign, at most. */
const MAX_BYTES = 3
/** Of a statement beside its row. */
const HEAD_BYTES = 200

/** Output.Conflict for a row that is longer than a statement may be. */
function assertFits(line: string, row: number, longest: number): void {
  if (line.length * MAX_BYTES + HEAD_BYTES <= longest) return
  const bytes = Buffer.byteLength(line)
  if (bytes + HEAD_BYTES <= longest) return
  throw new TaskError(
    'Output.Conflict',
    `row ${row} has ${count(bytes, 'byte')}, more than the server takes at a time: ${count(longest, 'byte')}`,
    {
      hint: 'raise max_allowed_packet of the server, or leave such rows out; nothing was changed',
    },
  )
}

function literalOf(value: Scalar, { name, type }: Column, row: number): string {
  if (value === null) return 'NULL'
  const refused = (why: string, hint: string) =>
    new TaskError('Output.Conflict', `row ${row}: the column ${name} holds ${String(value)}, ${why}`, { hint })
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return floatLiteral(value)
    throw refused('which MySQL cannot store', 'replace it by a number or NULL before the export')
  }
  if (typeof value !== 'string') return String(value)
  if (type === 'text') return text(value)
  if (isDay(type) && !/^\d{4}-\d\d-\d\d( [\d:.]+)?$/.test(value))
    throw refused('and MySQL stores the years 1 to 9999', 'replace it by another date or NULL before the export')
  return isDay(type) ? text(value) : value
}

/** With an exponent: without one, it would be an exact number, which is -0 for no value. */
const floatLiteral = (value: number) => {
  const digits = Object.is(value, -0) ? '-0' : String(value)
  return digits.includes('e') ? digits : `${digits}e0`
}

const isDay = (type: ColumnType) => type === 'date' || type === 'timestamp'
