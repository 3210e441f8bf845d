/** Sources as accidents and attackers write them, through whole runs: every ledger balances, and no error is one of ours. */
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { harmless } from '#data/ledger/side-tables.ts'
import { atOnce } from '#io/bytes/file.ts'
import { MAX_ROWS, planBatches } from '#data/dataset/batches.ts'
import { allOf, anyOf, sumOf, text } from '#relational/types/sql.ts'
import { seeded } from '../../kit/chance.ts'
import { mutateBytes } from '../../kit/mutate-bytes.ts'
import { publishedRows, runDefinition, workplace } from '../../kit/run-pipeline.ts'

const place = workplace()
afterAll(place.clear)

let runs = 0

/** Profiles, cleans and exports one source; `kept` is where the output lies. */
async function runOver(name: string, content: Uint8Array | string) {
  const out = join(place.folder, `out-${++runs}`)
  const source = place.write(`${runs}/${name}`, content)
  const definition = `version: 1
id: hostile
steps:
  - {id: find, type: discover, with: {source: ${JSON.stringify(source)}}}
  - {id: look, type: profile, depends_on: [find]}
  - {id: tidy, type: clean, depends_on: [look], with: {rules: [{standardize: {rules: [whitespace, null_values, case]}}, {deduplicate: {keys: auto}}]}}
  - {id: write, type: export, depends_on: [tidy], with: {to: ${JSON.stringify(out)}, format: ndjson}}
`
  return { out, run: await runDefinition(definition, { store: join(place.folder, `store-${runs}`) }) }
}

/** What must never reach a person. */
const INTERNAL = /should not have happened|TypeError|RangeError|Parser Error|Binder Error|SELECT |\n\s+at /

const SEEDS: readonly (readonly [name: string, content: string])[] = [
  ['rows.csv', `id,name,amount\n${Array.from({ length: 40 }, (_, row) => `${row},"name, ${row}",${row * 1.5}`).join('\n')}\n`],
  ['rows.ndjson', Array.from({ length: 40 }, (_, row) => JSON.stringify({ id: row, name: `n ${row}`, tags: [row] })).join('\n')],
  ['rows.json', JSON.stringify(Array.from({ length: 40 }, (_, row) => ({ id: row, name: `n ${row}` })))],
]

describe('seeded damage', () => {
  it.each(SEEDS)('%s: a run ends balanced or with an error that names the data', async (name, content) => {
    for (let seed = 1; seed <= 4; seed++) {
      const { run } = await runOver(name, mutateBytes(Buffer.from(content), seeded(seed * 7919)))
      if (run.status === 'SUCCEEDED') expect(run.ledger.balanced, `seed ${seed}`).toBe(true)
      else {
        expect(run.error, `seed ${seed}: ${run.cause}`).not.toBe('Engine.Bug')
        expect(run.cause, `seed ${seed}`).not.toMatch(INTERNAL)
      }
    }
  })
})

describe('NUL', () => {
  it.each([
    ['a.csv', 'id,v\0w\n1,a\n2,b\n', ['id', 'v\u2400w'], 2],
    ['b.csv', 'id,v\n1, a\0b \n2,a\0b\n3, a\0b \n', ['id', 'v'], 3],
    ['c.ndjson', '{"id":1,"v":"x\\u0000y"}\n{"id":2,"v":"z"}\n', ['id', 'v'], 2],
  ])('%s is read, and the run balances', async (name, content, columns, rows) => {
    const { run, out } = await runOver(name, content)
    expect(run.cause).toBeUndefined()
    expect(run.ledger.balanced).toBe(true)
    const found = await publishedRows(out)
    expect(Object.keys(found[0] ?? {})).toEqual(columns)
    expect(found.length).toBeLessThanOrEqual(rows)
  })

  it('in a key of JSON sends the record to quarantine, and says why', async () => {
    const { run, out } = await runOver('d.ndjson', '{"id":1,"v\\u0000w":"x"}\n{"id":2}\n{"id":3}\n')
    expect(run.cause).toBeUndefined()
    expect(await publishedRows(out)).toHaveLength(2)
    expect(run.text('quarantine/quarantine.csv')).toContain('column names cannot contain NUL characters')
  })

  it('in a text of SQL is put together from its parts', () => {
    expect(text("a\0b's")).toBe("('a' || chr(0) || 'b''s')")
  })
})

it('a JSON list that is cut off after a whole value is said', async () => {
  const { run } = await runOver('e.json', '[{"id":1},{"id":2},')
  expect(run.status).toBe('SUCCEEDED')
  expect(readFileSync(join(place.folder, `store-${runs}`, 'runs', 'r-test', 'quality-report.json'), 'utf8')).toContain(
    'the JSON list is cut off',
  )
})

it('nesting of 100,000 levels sends the record to quarantine', async () => {
  const deep = `{"id":1,"v":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n{"id":2}\n{"id":3,"v":${'['.repeat(100_000)}}\n`
  const { run } = await runOver('f.ndjson', deep)
  expect(run.cause).toBeUndefined()
  expect(run.ledger.balanced).toBe(true)
  expect(run.text('quarantine/quarantine.csv')).toMatch(/nested/)
})

describe('side tables', () => {
  it.each([
    ['=cmd.csv', "'=cmd.csv"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['+1-2', "'+1-2"],
    ['\tx', "'\tx"],
    ["'quoted", "''quoted"],
    ['-12.5', '-12.5'],
    ['+49', '+49'],
    ['a\x1b[31mb\\', 'a\\x1b[31mb\\\\'],
    ['a\\b', 'a\\b'],
    ['plain', 'plain'],
  ])('%j stands there as %j', (value, shown) => {
    expect(harmless(value)).toBe(shown)
  })

  it('hold no formula and no escape sequence of the data', async () => {
    const { run } = await runOver('g.csv', 'id,v\n1,a\n2,b\n=cmd\x1b[2J,x,y\n3,c\n')
    const quarantine = run.text('quarantine/quarantine.csv')
    expect(quarantine).toContain("'=cmd\\x1b[2J,x,y")
    expect(quarantine).not.toContain('\x1b')
  })
})

describe('sizes beyond 32 bits', () => {
  it('are asked for in parts', () => {
    expect(atOnce(2_400_000_000)).toBe(2 ** 30)
    expect(atOnce(5)).toBe(5)
  })

  it('200 million rows of few bytes are no single batch', () => {
    const chunks = Array.from({ length: 20_000 }, () => ({ bytes: 20_000, records: 10_000, rows: 10_000 }))
    const batches = planBatches([{ layout: 0, chunks }], 1e12)
    const rows = batches.map(({ spans }) => spans.reduce((sum, span) => sum + span.rows, 0))
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(200_000_000)
    expect(Math.max(...rows)).toBeLessThanOrEqual(MAX_ROWS)
  })
})

describe('SQL of wide tables', () => {
  it('a sum of many terms is as deep as its logarithm', () => {
    const depth = (sql: string) =>
      [...sql].reduce(({ now, most }, sign) => ({ now: now + (sign === '(' ? 1 : sign === ')' ? -1 : 0), most: Math.max(most, now) }), {
        now: 0,
        most: 0,
      }).most
    expect(depth(sumOf(Array.from({ length: 4096 }, () => 'x')))).toBeLessThanOrEqual(13)
    expect(sumOf(['a', 'b', 'c'])).toBe('((a + b) + c)')
  })

  it('conditions are no conjunctions, whose hashes are all the same', () => {
    expect(anyOf(['a', 'b'])).not.toMatch(/\bOR\b/)
    expect(allOf(['a', 'b'])).not.toMatch(/\bAND\b/)
  })
})
