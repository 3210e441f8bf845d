/** siftstep explain: what was decided about a file, the cells that show it with their lines, and settings that really decide otherwise. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Explanation } from '#data/report/explain.ts'
import { runCli } from '../kit/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'siftstep-explain-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PRICES = `id;price;day;state;zip
1;10,50;03/04/2024;open;01730
2;ca. 12;13/06/2024;n/a;02139
3;9,25;05/06/2024;open;10001
4;8,75;14/06/2024;closed;10002
5;7,10;15/06/2024;open
`
writeFileSync(join(folder, 'prices.csv'), PRICES)

async function explained(...args: readonly string[]) {
  const { code, out, err } = await runCli(['explain', ...args], { cwd: folder })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return out
}

describe('explain', () => {
  it('prints decisions, evidence with lines, contradictions and settings', async () => {
    const out = await explained('prices.csv')
    expect(out).toContain('prices.csv  5 records · 5 columns\n')
    expect(out).toContain('delimiter     ";": 4 of 5 records have 5 fields\n                → source: {path: prices.csv, delimiter: ;}')
    expect(out).toContain(
      'against       1 record cannot be read as rows and goes to quarantine\n                "has 4 fields instead of 5" (prices.csv:6)',
    )
    expect(out).toContain(
      '\nprice  text\n  cells         3 × a number with a decimal comma: "10,50" (prices.csv:2), "9,25" (prices.csv:4), "8,75" (prices.csv:5)',
    )
    expect(out).toContain('                1 × text: "ca. 12" (prices.csv:3)')
    expect(out).toContain('→ types: {price: "decimal(15,2)"}')
    expect(out).toContain(
      'against       "price" is probably a number: 1 of 4 cells (25.0 %) is not, e.g. "ca. 12" in line 3; it stays text. To quarantine these rows and read the others, set types: {"price": "decimal(15,2)"} in the discover step',
    )
    expect(out).toContain(
      'date order    dmy: 2 cells can only have the day first, 0 cells only the month first\n                → date_order: mdy',
    )
    expect(out).toContain('null values   "n/a" (1)')
    expect(out).toContain('digits in the form of a code: "01730" (prices.csv:2)')
  }, 60_000)

  it.each([['||'], ['; ']])('names the delimiter of the file, and its setting reads the same: %j', async (delimiter) => {
    const name = `pairs-${delimiter.length + delimiter.charCodeAt(1)}.csv`
    const rows = ['id,name,price', '1,Anna,3.5', '2,Bo,4.5', '3,Cy,5.5']
    writeFileSync(join(folder, name), rows.map((row) => `${row.replaceAll(',', delimiter)}\n`).join(''))
    const out = await explained(name)
    const source = `{path: ${name}, delimiter: "${delimiter}"}`
    expect(out).toContain(`delimiter     "${delimiter}": 3 of 3 records have 3 fields\n                → source: ${source}`)
    writeFileSync(
      join(folder, 'pairs.yaml'),
      `version: 1\nid: pairs\nsteps:\n  - {id: find, type: discover, with: {source: ${source}}}\n  - {id: publish, type: export, with: {to: out.csv}}\n`,
    )
    const set = await explained('pairs.yaml')
    expect(set).toContain(`delimiter     "${delimiter}": the definition sets it`)
    expect(set).toContain('3 records · 3 columns')
  })

  it('shows groups of spellings before a rule merges them, and the rule then makes each of them one value', async () => {
    const cities = ['New York', 'new york', 'NEW YORK', 'New York', 'Oslo', 'oslo', 'Oslo', 'Bonn', 'C++', 'C']
    writeFileSync(join(folder, 'cities.csv'), `id,city\n${cities.map((city, at) => `${at + 1},${city}`).join('\n')}\n`)
    const out = await explained('cities.csv', 'city')
    const lines = out.split('\n').filter((line) => line.includes('←'))
    expect(lines.map((line) => line.trim())).toEqual([
      'spellings     "New York" (2) ← "NEW YORK" (1), "new york" (1)',
      '"Oslo" (2) ← "oslo" (1)',
    ])
    expect(out).toContain('→ in a clean step: consistency: {columns: [city]} makes each group one value')
    writeFileSync(
      join(folder, 'cities.yaml'),
      'version: 1\nid: c\nsteps:\n  - {id: find, type: discover, with: {source: cities.csv}}\n  - {id: tidy, type: clean, with: {rules: [{consistency: {columns: [city]}}]}}\n  - {id: out, type: export, with: {to: tidy.csv}}\n',
    )
    expect((await runCli(['run', 'cities.yaml', '--quiet'], { cwd: folder })).code).toBe(0)
    const tidy = readFileSync(join(folder, 'tidy.csv'), 'utf8').trimEnd().split('\n').slice(1)
    expect(tidy.map((row) => row.split(',')[1])).toEqual([
      ...['New York', 'New York', 'New York', 'New York'],
      ...['Oslo', 'Oslo', 'Oslo', 'Bonn', 'C++', 'C'],
    ])
  }, 60_000)

  it('explains one column of a definition, with its settings, as JSON', async () => {
    writeFileSync(
      join(folder, 'pipeline.yaml'),
      'version: 1\nid: p\nname: P\ninputs:\n  from: {type: string, default: prices.csv}\nsteps:\n  - {id: find, type: discover, with: {source: "{{ inputs.from }}", types: {price: float}}}\n  - {id: out, type: export, with: {to: out}}\n',
    )
    const [found] = JSON.parse(await explained('pipeline.yaml', 'price', '--json')) as readonly (Explanation & { readonly step: string })[]
    expect(found).toMatchObject({ step: 'find', columns: [{ name: 'price', type: 'float' }] })
    expect(found?.columns[0]?.decisions[0]).toMatchObject({ what: 'type', because: 'the definition sets it' })
    expect(found?.columns[0]?.against).toEqual([
      {
        text: '1 cell of 4 is not of type float; a row with such a cell goes to quarantine',
        examples: [{ source: 'prices.csv', line: 3, value: 'ca. 12' }],
      },
    ])
  }, 60_000)

  it('names the column that was meant, and refuses a file that does not exist', async () => {
    const wrong = await runCli(['explain', 'prices.csv', 'prise'], { cwd: folder })
    expect({ code: wrong.code, err: wrong.err }).toEqual({
      code: 2,
      err: 'siftstep: the data has no column "prise"\n  hint: did you mean "price"? the columns are id, price, day, state, zip\n  more: siftstep explain --help\n',
    })
    const none = await runCli(['explain', 'none.csv'], { cwd: folder })
    expect(none.code).toBe(1)
    expect(none.err).toContain('the source none.csv does not exist')
  }, 60_000)
})
