/** Small sources of every format, the same on every machine, whose bytes are to be damaged. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { openSession, type Session } from '#io/duckdb/session.ts'
import { text } from '#relational/types/sql.ts'
import { dirtySales } from '../../test/kit/dirty-sales.ts'
import { workbookOf } from '../../test/kit/workbook.ts'

export interface SmallSource {
  readonly name: string
  readonly bytes: Uint8Array
  /** Packs a text that was damaged inside; absent where the bytes of the file are all there is. */
  pack?(damaged: Uint8Array): Promise<Uint8Array> | Uint8Array
  /** The text inside, where there is one. */
  readonly inside?: Uint8Array
}

export const ROWS = 24

const rows = Array.from({ length: ROWS }, (_, at) => ({
  id: at % 11 === 10 ? at - 1 : at + 1,
  name: at % 7 === 3 ? null : ['Ana', ' Ben', 'Chloé, "C"', 'Dora\nLee'][at % 4],
  amount: (at * 37) % 100 === 0 ? null : Number(((at * 37) % 100).toFixed(2)) / 4,
  day: `2024-03-${String(1 + (at % 28)).padStart(2, '0')}`,
  good: at % 3 === 0,
}))

const cell = (value: unknown) =>
  typeof value === 'string' && /[",;\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : `${value ?? ''}`
const delimited = (delimiter: string) =>
  ['id,name,amount,day,good'.replaceAll(',', delimiter), ...rows.map((row) => Object.values(row).map(cell).join(delimiter)), ''].join('\n')

/** `folder` is empty. */
export async function smallSources(folder: string): Promise<readonly SmallSource[]> {
  const csv = delimited(',')
  const ndjson = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  const nested = rows
    .map((row) => `${JSON.stringify({ ...row, tags: [row.name, row.day], place: { city: row.name, at: [row.id] } })}\n`)
    .join('')
  writeFileSync(join(folder, 'rows.ndjson'), ndjson)
  writeFileSync(join(folder, 'nested.ndjson'), nested)
  const session = await openSession({ memory: 200_000_000, scratch: folder, folders: [] })
  const parquet = (name: string, source: string, options: string) => copied(session, folder, name, source, `FORMAT parquet${options}`)
  const plain = await parquet('rows.parquet', 'rows.ndjson', '')
  const packed = await parquet('nested.parquet', 'nested.ndjson', ', COMPRESSION zstd, ROW_GROUP_SIZE 2048')
  const zstd = await copied(session, folder, 'rows.csv.zst', 'rows.ndjson', "FORMAT csv, COMPRESSION 'zstd'")
  session.close()
  const sheet = await workbookOf({
    Rows: [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row).map((value) => value ?? null))],
  })
  const named = (name: string, content: string | Uint8Array): SmallSource => ({ name, bytes: Buffer.from(content as string) })
  return [
    named('rows.csv', csv),
    named('rows.ndjson', ndjson),
    named('rows.json', JSON.stringify(rows, null, 1)),
    named('rows.parquet', plain),
    named('sales.csv', dirtySales(1, ROWS)[0]?.replace('order_id', 'id').replace('customer', 'name').replace('price', 'amount') ?? ''),
    named('nested.ndjson', nested),
    { ...named('rows.csv.gz', gzipSync(csv)), inside: Buffer.from(csv), pack: (damaged) => gzipSync(damaged) },
    named('latin.tsv', Buffer.from(delimited('\t'), 'latin1')),
    named('rows.csv.zst', zstd),
    { ...named('rows.xlsx', sheet), ...sheetOf(sheet) },
    named('nested.parquet', packed),
    named('pairs.txt', delimited('||')),
    named('semicolons.csv', `\ufeff${delimited(';').replaceAll('\n', '\r\n')}`),
    named('wide.csv', Buffer.from(`\ufeff${csv}`, 'utf16le')),
  ]
}

async function copied(session: Session, folder: string, name: string, source: string, options: string): Promise<Uint8Array> {
  const path = join(folder, name)
  await session.run(`COPY (SELECT * FROM read_json(${text(join(folder, source))})) TO ${text(path)} (${options})`)
  return readFileSync(path)
}

/** The XML of the sheet of a workbook, to be damaged inside the archive. */
function sheetOf(workbook: Uint8Array): Pick<Required<SmallSource>, 'inside' | 'pack'> {
  const members = unzipSync(workbook)
  const name = Object.keys(members).find((member) => /^xl\/worksheets\/.*\.xml$/.test(member)) ?? ''
  return {
    inside: strToU8(strFromU8(members[name] ?? new Uint8Array())),
    pack: (damaged) => zipSync({ ...members, [name]: damaged }),
  }
}
