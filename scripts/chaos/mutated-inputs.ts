/** Small sources whose bytes are damaged at random, each read by a whole run. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mutateBytes } from '../../test/kit/mutate-bytes.ts'
import { type Disturbance, assert, pick } from './disturbance.ts'
import { ROWS, type SmallSource, smallSources } from './small-sources.ts'
import { assertAccounted } from './whole-run.ts'

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
  title:
    'Bytes of small CSV, JSON, NDJSON, Parquet, Excel, gzip and zstd sources damaged, also inside what is packed, read by a whole run in process',
  holds: 'books balanced and every row listed, or a clear error with a name',
  cases: { usual: 2500, short: 60 },
  inProcess: true,
  open: async (folder) => {
    const sources = await smallSources(folder)
    return {
      one: async (number, random) => {
        const source = sources[number % sources.length] as SmallSource
        const keepsRecords = source.name === 'rows.csv' && random() < 0.2
        const bytes = keepsRecords ? otherLetters(source.bytes, random) : await damaged(source, random)
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

/** What is packed is damaged as it lies, or inside. */
async function damaged({ bytes, inside, pack }: SmallSource, random: () => number): Promise<Uint8Array> {
  if (inside === undefined || pack === undefined || random() < 0.4) return mutateBytes(bytes, random)
  return pack(mutateBytes(inside, random))
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
