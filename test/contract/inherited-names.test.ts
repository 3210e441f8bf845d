/**
 * Data whose columns and values are called as the members that every object inherits: `constructor`, `toString`, `__proto__`. Through all nine
 * kinds of steps, in each format, they are columns and values like any other.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publishedRows, runDefinition, type TestRun, type Workplace, workplace } from '../kit/run-pipeline.ts'

const NAMES = Object.getOwnPropertyNames(Object.prototype)
/** Each row holds every name as a value, too: rotated, so that each column has each of them; one in twelve is written in capitals. */
const cell = (row: number, column: number) => {
  const name = NAMES[(row + column) % NAMES.length] ?? ''
  return row % NAMES.length === 0 ? name.toUpperCase() : name
}
const ROWS = Array.from({ length: 3 * NAMES.length }, (_, row) =>
  ['id', ...NAMES].map((_name, column) => (column === 0 ? `${row}` : cell(row, column))),
)
const csv = [['id', ...NAMES], ...ROWS].map((cells) => cells.join(',')).join('\n')
// not by JSON.stringify of an object, which could lose what is tested
const ndjson = ROWS.map(
  (cells) =>
    `{${cells.map((value, at) => `${JSON.stringify(['id', ...NAMES][at])}:${at === 0 ? value : JSON.stringify(value)}`).join(',')}}`,
).join('\n')

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

function steps(source: string, to: string, format: string) {
  return [
    { id: 'find', type: 'discover', with: { source: source.endsWith('.csv') ? { path: source, header: true } : source } },
    { id: 'drift', type: 'schema', with: { on_drift: { new_column: 'evolve' } } },
    { id: 'look', type: 'profile' },
    {
      id: 'tidy',
      type: 'clean',
      with: {
        rules: [
          { standardize: { rules: ['whitespace', 'null_values', 'case'] } },
          { consistency: { columns: NAMES } },
          { map: { column: 'toString', values: { constructor: 'changed', valueOf: 'kept' } } },
          { missing: { columns: NAMES, strategy: 'constant', value: 'none' } },
          { deduplicate: { keys: ['id', ...NAMES], keep: 'first' } },
        ],
      },
    },
    {
      id: 'make',
      type: 'transform',
      with: {
        operations: [
          { rename: { valueOf: 'value_of' } },
          { drop: ['hasOwnProperty'] },
          { add_column: { hasOwnProperty: 'upper(constructor)' } },
        ],
      },
    },
    {
      id: 'probe',
      type: 'validate',
      with: { rules: [{ rule_type: 'not_null', columns: NAMES.filter((name) => name !== 'valueOf'), severity: 'warning' }] },
    },
    { id: 'out', type: 'export', with: { to, format } },
    { id: 'trace', type: 'lineage' },
    { id: 'watch', type: 'monitor' },
  ]
}

async function through(name: string, source: string, format: string): Promise<{ run: TestRun; to: string }> {
  const to = join(place.folder, name, 'out')
  const definition = `version: 1\nid: names\nsteps:\n${steps(source, to, format)
    .map((step) => `  - ${JSON.stringify(step)}\n`)
    .join('')}`
  const run = await runDefinition(definition, { store: join(place.folder, name, 'store') })
  expect(run.cause).toBeUndefined()
  return { run, to }
}

async function check({ run, to }: { run: TestRun; to: string }): Promise<void> {
  const names = NAMES.map((name) => (name === 'valueOf' ? 'value_of' : name))
  const rows = await publishedRows(to)
  expect(rows).toHaveLength(ROWS.length)
  // by entries, as `row['__proto__']` might be asked of the object it inherits from
  const first = new Map(Object.entries(rows[1] ?? {}))
  const isMark = (name: string) => name.endsWith('_imputed')
  expect([...first.keys()].filter((name) => !isMark(name)).sort()).toEqual(['id', ...names].sort())
  expect([...first.keys()].filter(isMark).sort()).toEqual(NAMES.map((name) => `${name}_imputed`).sort())
  expect(first.get('constructor')).toBe(cell(1, 1 + NAMES.indexOf('constructor')))
  expect(first.get('__proto__')).toBe(cell(1, 1 + NAMES.indexOf('__proto__')))
  expect(first.get('hasOwnProperty')).toBe(cell(1, 1 + NAMES.indexOf('constructor')).toUpperCase())
  const mapped = rows.map((row) => Object.entries(row).find(([name]) => name === 'toString')?.[1])
  expect(mapped.filter((value) => value === 'changed').length).toBeGreaterThan(0)
  expect(mapped).not.toContain('constructor')
  const { sources } = run.object<{ sources: { account: { in: number; out: number } }[] }>('ledger.json')
  expect(sources.length).toBe(1)
  const profile = run.object<{ columns: { name: string; distinct: { value: number }; missing: number }[] }>('profile.json')
  expect(profile.columns.map(({ name }) => name)).toEqual(['id', ...NAMES])
  expect(profile.columns.map(({ missing }) => missing)).toEqual(profile.columns.map(() => 0))
  for (const name of ['quality-report.md', 'quality-report.html', 'lineage.openlineage.jsonl'])
    expect(run.text(name)).toContain('constructor')
}

describe('columns and values called as members of every object', () => {
  it('pass through all nine steps as CSV, and what comes out of them as Parquet', async () => {
    const made = await through('csv', place.write('csv/in.csv', csv), 'parquet')
    await check(made)
    // files of a pipeline's own output are no sources of it
    const [file = ''] = readdirSync(made.to).filter((name) => name.endsWith('.parquet'))
    const source = place.write('copied/in.parquet', readFileSync(join(made.to, file)))
    const to = join(place.folder, 'again')
    const again = await runDefinition(
      `version: 1\nid: again\nsteps:\n${[
        { id: 'find', type: 'discover', with: { source } },
        { id: 'look', type: 'profile' },
        { id: 'tidy', type: 'clean', with: { rules: [{ standardize: { rules: ['case'] } }] } },
        { id: 'order', type: 'transform', with: { operations: [{ sort: ['toString', 'id'] }] } },
        { id: 'out', type: 'export', with: { to, format: 'ndjson' } },
      ]
        .map((step) => `  - ${JSON.stringify(step)}\n`)
        .join('')}`,
      { store: join(place.folder, 'again-store') },
    )
    expect(again.cause).toBeUndefined()
    const [first = {}] = await publishedRows(to)
    const named = Object.keys(first).filter((name) => !name.endsWith('_imputed'))
    expect(named.sort()).toEqual(['id', ...NAMES.map((name) => (name === 'valueOf' ? 'value_of' : name))].sort())
  })
  it('pass through all nine steps as NDJSON', async () => {
    await check(await through('ndjson', place.write('ndjson/in.ndjson', ndjson), 'csv'))
  })
})
