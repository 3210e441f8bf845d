/** Loads the rows of an output into a temporary table, which nobody else sees and which ends with the transaction. */
import { dirname } from 'node:path'
import { TaskError } from '#core/errors/errors.ts'
import type { Scalar, Session } from '#io/duckdb/session.ts'
import type { LocalFile } from '#io/store/store.ts'
import { name as quoted, text } from '#relational/types/sql.ts'
import { type Column, type ColumnType, digitsOf, isDecimal, type SimpleType } from '#relational/types/types.ts'
import type { Output } from '../target.ts'
import type { Connection } from './connect.ts'
import { escaped } from './copy-text.ts'

/** The rows by their number, from 1; the cells are `c0`, `c1` and so on. */
export const STAGED = 'pg_temp._siftstep_staged'

const DECLARED: { readonly [Type in SimpleType]: string } = {
  integer: 'bigint',
  float: 'double precision',
  text: 'text',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp without time zone',
}

/** The type of a column of ours, by the name the server gives it. */
export function declared(type: ColumnType): string {
  if (!isDecimal(type)) return DECLARED[type]
  const { precision, scale } = digitsOf(type)
  return `numeric(${precision},${scale})`
}

export async function stage(
  connection: Connection,
  { files, manifest: { columns, rows }, openSession }: Pick<Output, 'files' | 'manifest' | 'openSession'>,
): Promise<void> {
  const fields = columns.map(({ type }, at) => `, c${at} ${declared(type)}`).join('')
  await connection.run(`CREATE TEMP TABLE _siftstep_staged (n bigint PRIMARY KEY${fields}) ON COMMIT DROP`)
  const opened: LocalFile[] = []
  let loaded = 0
  async function* lines() {
    const session = await openSession([...new Set(opened.map(({ path }) => dirname(path)))])
    for (const { path } of opened) {
      for await (const batch of rowsOf(session, path, columns)) {
        yield batch.map((row) => `${++loaded}${row.map((value, at) => `\t${cellOf(value, columns[at] as Column)}`).join('')}\n`).join('')
      }
    }
  }
  try {
    for (const file of files) opened.push(await file.open())
    await connection.copyIn(`COPY ${STAGED} FROM STDIN`, lines())
  } finally {
    for (const file of opened) await file.release()
  }
  if (loaded !== rows) throw new Error(`${loaded} of ${rows} rows were loaded`)
  await connection.run(`ANALYZE ${STAGED}`)
}

/** Everything but whole numbers and floats as its text. */
function rowsOf(session: Session, path: string, columns: readonly Column[]) {
  const selected = columns.map(({ name, type }) =>
    type === 'integer' || type === 'float' ? quoted(name) : `CAST(${quoted(name)} AS VARCHAR)`,
  )
  return session.batches(`SELECT ${selected.join(', ')} FROM read_parquet(${text(path)})`)
}

function cellOf(value: Scalar, { name, type }: Column): string {
  if (value === null) return '\\N'
  if (typeof value !== 'string') return String(value)
  if (value.includes('\0')) {
    throw new TaskError('Output.Conflict', `the column ${name} holds a text with a NUL character, which PostgreSQL cannot store`, {
      hint: "remove it before the export: replace(column, chr(0), '')",
    })
  }
  // years before 1 stand in brackets in the engine
  return escaped(type === 'text' ? value : value.replace(' (BC)', ' BC'))
}
