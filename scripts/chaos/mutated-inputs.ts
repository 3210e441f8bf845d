/** Small sources whose bytes are damaged at random, each read by a whole run. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openSession } from '#io/duckdb/session.ts'
import { text } from '#relational/types/sql.ts'
import { dirtySales } from '../../test/kit/dirty-sales.ts'
import { mutateBytes } from '../../test/kit/mutate-bytes.ts'
import { type Disturbance, assert, pick } from './disturbance.ts'
import { assertAccounted } from './whole-run.ts'

const ROWS = 24

interface Source {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Steps between finding and writing; the first is the quickest and the most frequent. */
const STEPS: readonly (readonly string[])[] = [
  [],
  [],
  ['{id: tidy, type: clean, with: {rules: [{standardize: [whitespace, null_values]}, {deduplicate: {keys: [id]}}]}}'],
  [
    '{id: tidy, type: transform, with: {operations: [{add_column: {twice: amount * 2}}]}}',
    '{id: check, type: validate, with: {rules: [{rule_type: not_null, columns: [name], on_fail: quarantine}, {rule_type: unique, column: id, on_fail: quarantine}]}}',
  ],
]

const definitionOf = (steps: readonly string[], format: string) =>
  [
    'version: 1',
    'id: mutated',
    'inputs: {source: {type: string, required: true}, out: {type: string, required: true}}',
    'resources: {workers: 1}',
    'steps:',
    '  - {id: find, type: discover, with: {source: "{{ source }}", chunk_rows: 10}}',
    ...steps.map((step) => `  - ${step}`),
    `  - {id: write, type: export, with: {to: "{{ out }}", format: ${format}}}`,
    '',
  ].join('\n')

export const mutatedInputs: Disturbance = {
  name: 'inputs',
  title: 'Bytes of small CSV, JSON, NDJSON, Parquet and gzip sources damaged, read by a whole run in process',
  holds: 'books balanced and every row listed, or a clear error with a name',
  cases: { usual: 1000, short: 50 },
  inProcess: true,
  open: async (folder) => {
    const sources = await sourcesIn(folder)
    return {
      one: async (number, random) => {
        const source = sources[number % sources.length] as Source
        const keepsRecords = source.name === 'rows.csv' && random() < 0.2
        const bytes = keepsRecords ? otherLetters(source.bytes, random) : mutateBytes(source.bytes, random)
        const place = join(folder, `case-${number}`)
        mkdirSync(place, { recursive: true })
        const path = join(place, source.name)
        writeFileSync(path, bytes)
        const out = join(place, 'out')
        const definition = definitionOf(pick(STEPS, random), pick(['csv', 'ndjson'], random))
        const end = await assertAccounted({ definition, inputs: { source: path, out }, out, store: join(place, 'store') })
        rmSync(place, { recursive: true, force: true })
        if (typeof end === 'string') return `${source.name}: ${end}`
        if (keepsRecords) assert(end.rows.in === ROWS, `${end.rows.in} rows came in, not ${ROWS}`)
        return `${source.name}: balanced`
      },
    }
  },
}

/** Letters and digits become others: no record begins or ends elsewhere. */
function otherLetters(bytes: Uint8Array, random: () => number): Uint8Array {
  const changed = Uint8Array.from(bytes)
  const header = bytes.indexOf(0x0a)
  for (let changes = 1 + Math.floor(random() * 20); changes > 0; changes--) {
    const at = header + 1 + Math.floor(random() * (bytes.length - header - 1))
    if (/[a-z0-9]/i.test(String.fromCharCode(changed[at] ?? 0))) changed[at] = pick([...'abcxyzABC0123456789'], random).charCodeAt(0)
  }
  return changed
}

/** The sources before the damage, the same on every machine. */
async function sourcesIn(folder: string): Promise<readonly Source[]> {
  const rows = Array.from({ length: ROWS }, (_, at) => ({
    id: at % 11 === 10 ? at - 1 : at + 1,
    name: at % 7 === 3 ? null : ['Ana', ' Ben', 'Chloé, "C"', 'Dora\nLee'][at % 4],
    amount: (at * 37) % 100 === 0 ? null : Number(((at * 37) % 100).toFixed(2)) / 4,
    day: `2024-03-${String(1 + (at % 28)).padStart(2, '0')}`,
    good: at % 3 === 0,
  }))
  const cell = (value: unknown) =>
    typeof value === 'string' && /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : `${value ?? ''}`
  const csv = `id,name,amount,day,good\n${rows.map((row) => `${Object.values(row).map(cell).join(',')}\n`).join('')}`
  const ndjson = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  const nested = rows
    .map((row) => `${JSON.stringify({ ...row, tags: [row.name, row.day], place: { city: row.name, at: [row.id] } })}\n`)
    .join('')
  writeFileSync(join(folder, 'rows.ndjson'), ndjson)
  const session = await openSession({ memory: 200_000_000, scratch: folder, folders: [] })
  await session.run(
    `COPY (SELECT * FROM read_json(${text(join(folder, 'rows.ndjson'))})) TO ${text(join(folder, 'rows.parquet'))} (FORMAT parquet)`,
  )
  session.close()
  const named = (name: string, content: string | Uint8Array): Source => ({ name, bytes: Buffer.from(content as string) })
  return [
    named('rows.csv', csv),
    named('rows.ndjson', ndjson),
    named('rows.json', JSON.stringify(rows, null, 1)),
    named('rows.parquet', readFileSync(join(folder, 'rows.parquet'))),
    named('sales.csv', dirtySales(1, ROWS)[0]?.replace('order_id', 'id').replace('customer', 'name').replace('price', 'amount') ?? ''),
    named('nested.ndjson', nested),
    named('rows.csv.gz', gzipSync(csv)),
    named('latin.tsv', Buffer.from(csv.replaceAll(',', '\t'), 'latin1')),
  ]
}
