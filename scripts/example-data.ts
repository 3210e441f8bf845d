/**
 * Writes the input of every example: made up, and the same on every machine.
 * Run it with `npx tsx scripts/example-data.ts`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { openSession } from '#io/duckdb/session.ts'
import { text } from '#relational/types/sql.ts'
import { meters, statement, weather } from './example-data/places.ts'
import { sales } from './example-data/sales.ts'
import { events, orders, uploads } from './example-data/shop.ts'

const examples = resolve(import.meta.dirname, '../examples')

const FILES: { readonly [example: string]: { readonly [file: string]: string | Uint8Array } } = {
  'data-processing': sales(),
  'orders-and-customers': orders(),
  'page-views': events(),
  'weather-stations': weather(),
  'stock-uploads': uploads(),
  'bank-statement': { 'statement.csv': Buffer.from(statement(), 'latin1') },
}

for (const [example, files] of Object.entries(FILES)) {
  mkdirSync(join(examples, example, 'input'), { recursive: true })
  for (const [file, content] of Object.entries(files)) writeFileSync(join(examples, example, 'input', file), content)
}

const scratch = mkdtempSync(join(tmpdir(), 'siftstep-example-'))
writeFileSync(join(scratch, 'meters.csv'), meters())
const target = join(examples, 'energy-by-month/input/readings.parquet')
mkdirSync(dirname(target), { recursive: true })
const session = await openSession({ memory: 200_000_000, scratch, folders: [dirname(target)] })
await session.run(
  `COPY (SELECT meter, day::DATE AS day, kwh::DECIMAL(7, 1) AS kwh FROM read_csv(${text(join(scratch, 'meters.csv'))}, header = true, all_varchar = true)) TO ${text(target)} (FORMAT parquet, COMPRESSION zstd)`,
)
session.close()
rmSync(scratch, { recursive: true })
