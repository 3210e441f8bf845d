/** Function steps in a run: what they return is written and accounted for, and what they do wrong ends their task only. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publishedRows, runDefinition, type Workplace, workplace } from '../../kit/run-pipeline.ts'
import { runs } from '../../kit/seed.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

const FILE = 'steps/own.ts'
let number = 0

interface Options {
  readonly before?: readonly string[]
  readonly after?: readonly string[]
  readonly with?: string
  readonly types?: string
  readonly chunk_rows?: number
  readonly task_bytes?: number
}

async function ran(input: string, code: string, { before = [], after = [], with: settings = '', types = '{}', ...chunks }: Options = {}) {
  const folder = `run-${++number}`
  const [file, out] = [place.write(`${folder}/in.csv`, input), `${place.folder}/${folder}/out`]
  const run = await runDefinition(
    `version: 1
id: own
resources: {task_bytes: ${chunks.task_bytes ?? 1e9}}
steps:
  - {id: find, type: discover, with: {source: ${file}, types: ${types}, chunk_rows: ${chunks.chunk_rows ?? 10_000}}}
${before.map((step) => `  - {${step}}\n`).join('')}  - {id: mine, type: function, with: {uses: ${FILE}${settings}}, on_error: {max_bad_rows: 1}}
${after.map((step) => `  - {${step}, on_error: {max_bad_rows: 1}}\n`).join('')}  - {id: write, type: export, with: {to: ${out}}}
`,
    { store: `${place.folder}/${folder}/store`, assets: { [FILE]: code }, secrets: { THE_KEY: 'sesame-1234' } },
  )
  return { run, rows: run.cause === undefined ? await publishedRows(out) : [] }
}

const PLACES = `export default {
  name: 'geocode',
  with: { column: 'string' },
  columns: { lat: 'float?' },
  rows: async (batch: any[], { with: w, reject, metrics, secret, log }: any) => batch.flatMap((row) => {
    metrics.add('seen')
    if (row[w.column] === null) return [reject(row, 'no place')]
    return [{ ...row, lat: row[w.column].length + 0.5 }]
  }),
}`
const WITH = ', settings: {column: city}'
const CITIES = `id,city\n${Array.from({ length: 40 }, (_, at) => `${at},${at % 7 === 3 ? '' : `city ${at}`}\n`).join('')}`

describe('rows', () => {
  it('come out with the columns that the file declares, and rejected ones are in quarantine with their line', async () => {
    const { run, rows } = await ran(CITIES, PLACES, { with: WITH })
    expect(run.cause).toBeUndefined()
    expect(rows).toHaveLength(34)
    expect(rows[0]).toMatchObject({ id: '0', city: 'city 0', lat: 6.5 })
    expect(run.ledger.balanced).toBe(true)
    expect(run.ledger.rows).toMatchObject({ in: 40, out: 34, quarantined: 6 })
    const [, first] = run.text('quarantine/quarantine.csv').split('\n')
    expect(first).toMatch(/^in\.csv,4,5,\d+,mine,reject,,,no place,"3,"$/)
    expect(run.report.steps.find(({ id }) => id === 'mine')?.report.lines).toEqual([{ level: 'ok', text: 'seen: 40' }])
  })

  it.each([
    { chunk_rows: 1, task_bytes: 30 },
    { chunk_rows: 7, task_bytes: 100, with: `${WITH}, batch_rows: 3` },
  ])('are the same in other chunks: %j', async (chunks) => {
    const steps = {
      before: ['id: some, type: transform, with: {operations: [{filter: "id <> 5"}]}'],
      after: ['id: probe, type: validate, with: {rules: [{rule_type: range, column: lat, max: 7, on_fail: quarantine}]}'],
      with: WITH,
    }
    const whole = await ran(CITIES, PLACES, steps)
    const split = await ran(CITIES, PLACES, { ...steps, ...chunks })
    expect(whole.run.cause).toBeUndefined()
    expect(whole.run.text('quarantine/quarantine.csv')).toMatch(/^in\.csv,12,13,\d+,probe,range_lat,lat/m)
    for (const seen of [
      (one: typeof whole) => one.rows,
      (one: typeof whole) => one.run.ledger.rows,
      (one: typeof whole) => one.run.ledger.steps,
      (one: typeof whole) => one.run.text('quarantine/quarantine.csv'),
    ])
      expect(seen(split)).toEqual(seen(whole))
  })

  it('are gained by a step that says that it makes several of one', async () => {
    const { run, rows } = await ran(
      'id,tags\n1,a b\n2,c\n',
      `export default { name: 'split', columns: { tag: 'text' }, fan_out: true,
      rows: (batch) => batch.flatMap((row) => row.tags.split(' ').map((tag) => ({ ...row, tag }))) }`,
    )
    expect(rows.map((row) => row['tag'])).toEqual(['a', 'b', 'c'])
    expect(run.ledger.equation).toBe('2 in + 1 gained = 3 out')
    expect(run.ledger.balanced).toBe(true)
  })

  it('go in and come out exactly', async () => {
    const cell = fc.record({
      big: fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }),
      money: fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
      day: fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
      note: fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !/[\s\p{C}]/u.test(text)),
      some: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 3, maxLength: 20 }), async (cells) => {
        const csv = cells.map(({ big, money, day, note, some }, at) => {
          const amount = `${money < 0n ? '-' : ''}${(money < 0n ? -money : money) / 100n}.${String((money < 0n ? -money : money) % 100n).padStart(2, '0')}`
          return `${at},${some ? big : ''},${amount},${day.toISOString().slice(0, 10)},"${note.replaceAll('"', '""')}x"\n`
        })
        const types = '{nr: integer, big: integer, money: "decimal(20,2)", day: date, note: text}'
        const input = `nr,big,money,day,note\n${csv.join('')}`
        const copy = `export default { name: 'copy', columns: { big2: 'integer?', money2: 'decimal(20,2)?', day2: 'date?', note2: 'text?' },
          rows: (batch) => batch.map((row) => ({ ...row, big2: row.big, money2: row.money, day2: row.day, note2: row.note })) }`
        const { run, rows } = await ran(input, copy, { types })
        expect(run.cause).toBeUndefined()
        expect(rows).toHaveLength(cells.length)
        for (const [at, row] of rows.entries()) {
          expect(row['big2']).toEqual(row['big'])
          expect(String(row['big'] ?? '')).toBe(cells[at]?.some === true ? `${cells[at].big}` : '')
          for (const name of ['money', 'day', 'note']) expect(row[`${name}2`]).toEqual(row[name])
          expect(row['note']).toBe(`${cells[at]?.note}x`)
        }
      }),
      { numRuns: runs(3) },
    )
  })
})

describe('a step is given', () => {
  it('secrets of the definition, which no file of the run shows', async () => {
    const { run, rows } = await ran(
      'id\n1\n',
      `export default { name: 'key', columns: { size: 'integer' },
      rows: (batch, { secret, log }) => (log('key ' + secret('KEY')), batch.map((row) => ({ ...row, size: secret('KEY').length }))) }`,
      {
        with: ', secrets: {KEY: "${secret.THE_KEY}"}',
      },
    )
    expect(run.cause).toBeUndefined()
    expect(rows[0]?.['size']).toBe('11')
    const logged = run.text('logs/mine/apply-0.log')
    expect(logged).toContain('key ')
    expect(logged).not.toContain('sesame')
  })

  it.each([
    [
      'files',
      "import { readFileSync } from 'node:fs'\nconst use = () => readFileSync('/etc/hostname')",
      'Access to this API has been restricted',
    ],
    [
      'programs',
      "import { execSync } from 'node:child_process'\nconst use = () => execSync('id')",
      'Access to this API has been restricted',
    ],
    [
      'the network',
      "import { connect } from 'node:net'\nconst use = () => connect(80, '127.0.0.1')",
      "write `needs: ['http']` in its file",
    ],
    ['calls', "const use = (tools) => tools.http('http://127.0.0.1')", "write `needs: ['http']` in its file"],
    ['the environment of the run', "const use = () => { if (process.env.PATH === undefined) throw new Error('nothing') }", 'nothing'],
  ])('no %s', async (_, code, why) => {
    const { run } = await ran('id\n1\n', `${code}\nexport default { name: 'out', rows: (batch, tools) => (use(tools), batch) }`)
    expect(run.error).toBe('Function.Failed')
    expect(run.cause).toContain(why)
  })
})

describe('a step that', () => {
  const each = (body: string) =>
    `export default { name: 'odd', columns: { more: 'integer' }, rows: (batch, tools) => batch.map((row) => { ${body} }) }`
  it.each<[string, string, string, RegExp, string?]>([
    [
      'throws',
      each("if (row.id === 3) throw new TypeError('three'); return { ...row, more: 1 }"),
      'Function.Failed',
      /^steps\/own\.ts: odd threw TypeError: three \(own\.ts:1\), at in\.csv:4$/,
    ],
    [
      'returns a wrong type',
      each("return { ...row, more: row.id === 2 ? 'x' : 1 }"),
      'Function.Failed',
      /odd the column `more` is "x", which is no integer, at in\.csv:3$/,
    ],
    [
      'leaves a required column missing',
      each('return { ...row, more: null }'),
      'Function.Failed',
      /the column `more` is null, and its type has no `\?`, at in\.csv:2$/,
    ],
    [
      'loses rows',
      each('return { ...row, more: 1 }').replace('batch.map', 'batch.slice(1).map'),
      'Accounting.Imbalance',
      /odd neither returned the row nor rejected it, at in\.csv:2$/,
    ],
    [
      'returns no list',
      "export default { name: 'odd', rows: () => ({}) }",
      'Function.Failed',
      /odd returned \{\} in place of a list of rows, at in\.csv:2 to in\.csv:5$/,
    ],
    [
      'never answers',
      "export default { name: 'odd', rows: () => new Promise(() => {}) }",
      'Function.Failed',
      /odd did not answer within 1 s.*in\.csv:2 to in\.csv:5$/,
      ', call_timeout: 1s',
    ],
    [
      'runs for ever',
      "export default { name: 'odd', rows: () => { for (;;); } }",
      'Function.Failed',
      /odd did not answer within 1 s/,
      ', call_timeout: 1s',
    ],
    [
      'ends its process',
      "export default { name: 'odd', rows: () => process.exit(3) }",
      'Function.Failed',
      /odd ended its process with code 3 before it answered/,
    ],
    [
      'leaks memory',
      "export default { name: 'odd', rows: () => { const all = []; for (;;) all.push(new Array(1e5).fill({})) } }",
      'Function.Failed',
      /odd ran out of memory \(more than 64 MB\)/,
      ', memory: 64MB',
    ],
    [
      'rejects later',
      "export default { name: 'odd', rows: () => { Promise.reject(new Error('late')); return new Promise(() => {}) } }",
      'Function.Failed',
      /left a promise that rejected: late/,
    ],
    ['is none', 'export const rows = 1', 'Function.Failed', /^steps\/own\.ts: it has no default export/],
    [
      'has an unknown type',
      "export default { name: 'odd', columns: { a: 'numbre' }, rows: (b) => b }",
      'Function.Failed',
      /the column `a` has the type "numbre"; allowed: text/,
    ],
    [
      'takes another setting',
      "export default { name: 'odd', with: { column: 'string' }, rows: (b) => b }",
      'Function.Failed',
      /it takes no setting `colum`; did you mean `column`\?/,
      ', settings: {colum: id}',
    ],
    [
      'needs a setting',
      "export default { name: 'odd', with: { column: 'string' }, rows: (b) => b }",
      'Function.Failed',
      /it needs the setting `column` \(string\)/,
    ],
  ])('%s ends its task, with the file and the row', async (_, code, error, message, settings = '') => {
    const { run } = await ran('id\n1\n2\n3\n4\n', code, { with: settings })
    expect([run.error, run.step]).toEqual([error, 'mine'])
    expect(run.cause).toMatch(message)
  })
})
