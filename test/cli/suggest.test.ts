/** siftstep suggest: the pipeline it writes is valid, and all its rules pass on the files it was made from. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import { suggestRules } from '#steps/validate/suggest.ts'
import { runCli } from '../kit/cli.ts'

const root = mkdtempSync(join(tmpdir(), 'siftstep-suggest-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
function folderWith(files: { readonly [name: string]: string }): string {
  const folder = join(root, String(++folders))
  mkdirSync(folder)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

const STATES = ['open', 'shipped', ' Shipped', 'returned']
const rows = (make: (at: number) => string, count = 100) => Array.from({ length: count }, (_, at) => `${make(at)}\n`).join('')

const ORDERS = `order_id,state,amount,rating,email,note\n${rows((at) => {
  const email = at % 7 === 0 ? '' : `ann${at}@shop.example`
  return `A-${String(at).padStart(4, '0')},${STATES[at % 4]},${at === 7 ? 'n/a' : at * 1.5},${(at % 5) + 1},${email},"note ${at}, with ""quotes"""`
})}A-0000,open,0,1,,"note 0, with ""quotes"""\n`

/** Files whose names, headings or cells look like something else in a definition. */
const HOSTILE = {
  references: `"{{ inputs.x }}","$\{env.HOME}","{% 1 %}",plain\n${rows((at) => `${at},a,{{ b }},x${at % 2}`)}`,
  yaml: `"a: b","#c","- d","yes",'e',"f\ng"\n${rows((at) => `${at},"#${at % 2}","- x: ${at % 3}",no,"'","""q"": [1"`)}`,
  nothing: `a,b\n${rows(() => ',')}`,
}

async function suggested(files: { readonly [name: string]: string }, args: readonly string[]) {
  const folder = folderWith(files)
  const { code, out, err } = await runCli(['suggest', ...args], { cwd: folder })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return { folder, text: out }
}

describe('suggest', () => {
  it('writes a pipeline that passes on the file it is made from, with the reason of each rule', async () => {
    const { folder } = await suggested({ 'orders.csv': ORDERS }, ['orders.csv', '--output', 'orders.yaml'])
    const text = readFileSync(join(folder, 'orders.yaml'), 'utf8')
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+pipeline\.schema\.json\n/)
    expect(text).toContain('{rule_type: unique, column: order_id}  # all 100 values differ')
    expect(text).toContain('{rule_type: in_set, column: state, values: [open, returned, shipped], severity: warning}  # 3 different values')
    expect(text).toContain('{rule_type: range, column: rating, min: 1, max: 5, severity: warning}')
    expect(text).toContain('{rule_type: range, column: amount, min: 0}')
    expect(parse(text)).toMatchObject({ steps: [{ with: { types: { order_id: 'text', rating: 'integer' } } }, {}, {}, {}] })
    const ended = await runCli(['run', 'orders.yaml'], { cwd: folder })
    expect(ended.code, `${ended.out}${ended.err}`).toBe(0)
    expect(ended.out).toContain('✓ check: All validations passed')
    expect(ended.out).toContain('101 in = 100 out + 1 duplicate')
    expect(existsSync(join(folder, 'processed/orders/_manifest.json'))).toBe(true)
  })

  it.each(Object.entries(HOSTILE))('writes a valid pipeline for %s', async (name, content) => {
    const { folder, text } = await suggested({ [`${name}.csv`]: content }, [`${name}.csv`])
    writeFileSync(join(folder, 'p.yaml'), text)
    const ended = await runCli(['run', 'p.yaml'], { cwd: folder })
    expect(ended.code, `${text}${ended.out}${ended.err}`).toBe(0)
  })

  it('never overwrites a file', async () => {
    const folder = folderWith({ 'a.csv': 'id\n1\n2\n', 'p.yaml': 'mine' })
    const { code, err } = await runCli(['suggest', 'a.csv', '--output', 'p.yaml'], { cwd: folder })
    expect({ code, err }).toEqual({
      code: 2,
      err: 'siftstep: p.yaml already exists; it was not overwritten\n  hint: name another file: --output FILE\n  more: siftstep suggest --help\n',
    })
    expect(readFileSync(join(folder, 'p.yaml'), 'utf8')).toBe('mine')
  })

  it('says why files cannot be read', async () => {
    const { code, out, err } = await runCli(['suggest', 'none.csv'], { cwd: folderWith({}) })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('the source none.csv does not exist')
    expect(err).toContain('→ next  siftstep suggest none.csv\n')
    const empty = await runCli(['suggest', 'empty.csv'], { cwd: folderWith({ 'empty.csv': 'a,b\n' }) })
    expect({ code: empty.code, out: empty.out }).toEqual({ code: 1, out: '' })
    expect(empty.err).toContain('empty.csv has a header and no rows')
  })
})

describe('a suggested rule', () => {
  const facts = (of: Partial<ColumnFacts>): ColumnFacts => ({
    name: 'c',
    type: 'text',
    semantic: null,
    rows: 100,
    missing: 0,
    invalid: 0,
    doubtful: 0,
    effects: {},
    distinct: { value: 100, exact: true, error: 0 },
    minimum: null,
    maximum: null,
    mean: null,
    deviation: null,
    sum: null,
    values: null,
    null_values: [''],
    absent: 0,
    sampled: { cells: 100, quantiles: null, mad: null, histogram: null, top: [], patterns: [], length: null },
    ...of,
  })
  const rulesOf = (of: Partial<ColumnFacts>, meaning: string | null = null) =>
    suggestRules([{ facts: facts(of), meaning }]).map(({ rule }) => rule)

  it('tolerates the share of missing cells, with the width of its confidence interval', () => {
    // 10 of 100: 0.1 + 1.96 * sqrt(0.1 * 0.9 / 100) = 0.1588
    expect(rulesOf({ missing: 10 })).toEqual([{ rule_type: 'not_null', column: 'c', tolerance: 0.16, severity: 'warning' }])
    expect(rulesOf({ missing: 60 })).toEqual([])
    expect(rulesOf({ rows: 0 })).toEqual([])
  })

  it('requires different values of a key only, and never of an estimate', () => {
    const unique = { rule_type: 'unique', column: 'c' }
    expect(rulesOf({}, 'id')).toContainEqual(unique)
    expect(rulesOf({}, null)).not.toContainEqual(unique)
    expect(rulesOf({ distinct: { value: 100, exact: false, error: 0.01 } }, 'id')).not.toContainEqual(unique)
    expect(rulesOf({ distinct: { value: 99, exact: true, error: 0 } }, 'id')).not.toContainEqual(unique)
  })

  it('bounds numbers, but not numbers that are names', () => {
    const types = (of: Partial<ColumnFacts>, meaning: string | null = null) =>
      rulesOf(of, meaning).filter(({ rule_type }) => rule_type === 'range')
    expect(types({ type: 'float', minimum: 0.5, maximum: 9 })).toEqual([{ rule_type: 'range', column: 'c', min: 0 }])
    expect(types({ type: 'float', minimum: -0.5, maximum: 9 })).toEqual([])
    expect(types({ type: 'integer', minimum: 1900, maximum: 2024 }, 'year')).toEqual([])
    const scale = { type: 'integer' as const, minimum: -1, maximum: 3, distinct: { value: 5, exact: true, error: 0 } }
    expect(types(scale)).toEqual([{ rule_type: 'range', column: 'c', min: -1, max: 3, severity: 'warning' }])
  })

  it('writes the form of codes as a regular expression, and escapes what has a meaning there', () => {
    const form = (pattern: string) =>
      rulesOf({ sampled: { ...facts({}).sampled, patterns: [[pattern, 100]] } }, 'id').find(({ rule_type }) => rule_type === 'pattern')?.[
        'pattern'
      ]
    expect(form('A-9')).toBe('[A-Z]+-[0-9]+')
    expect(form('a.9/A')).toBe('[a-z]+\\.[0-9]+/[A-Z]+')
    expect(form('中9')).toBeUndefined()
  })
})
