/** Files as they arrive, rows in the definition, and what they become: a whole run each. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { virtualClock } from '#asl/engine/clock.ts'
import { runDefinition, type Workplace, workplace } from '../kit/run-pipeline.ts'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.clear())

const at = (path: string) => join(place.folder, path)
const arriving = (loop = 'on_item_error: continue, min_success: 1') => `version: 1
id: arriving
steps:
  - {id: look, type: sensor, with: {files: "${at('in/*.csv')}", settle: 0s, on_empty: skip}}
  - id: one_file
    type: process
    loop: {foreach: "{{ look.result.files }}", as: file, parallel: true, ${loop}}
    with:
      source: "{{ file.uri }}"
      columns: {double: n * 2}
      to: "${at('out/done_{{ file.name }}')}"
      archive_to: "${at('archive/{{ file.name }}')}"
`
const run = (text: string, id = 'r-test') =>
  runDefinition(text, { store: at('store'), run: id, clock: virtualClock(new Date('2024-03-01T06:00:00Z')) })

describe('a loop over files', () => {
  it('writes an output for each, archives what it read, and names the file that cannot be read', async () => {
    place.write('in/a.csv', 'id,n\n1,2\n')
    place.write('in/b,c:d.csv', 'id,n\n3,4\n')
    place.write('in/bad.csv', Buffer.from(Array.from({ length: 600 }, (_, one) => one % 7)))
    const done = await run(arriving())
    expect([done.status, done.cause]).toEqual(['SUCCEEDED', undefined])
    expect(readFileSync(at('out/done_a.csv'), 'utf8')).toBe('id,n,double\n1,2,4\n')
    expect(readFileSync(at('out/done_b,c:d.csv'), 'utf8')).toBe('id,n,double\n3,4,8\n')
    expect(['a.csv', 'b,c:d.csv', 'bad.csv'].map((name) => [existsSync(at(`in/${name}`)), existsSync(at(`archive/${name}`))])).toEqual([
      [false, true],
      [false, true],
      [true, false],
    ])
    const found = done.results.find(({ event }) => event.task === 'plan')?.result as unknown as {
      result: object
      report: { lines: { text: string }[] }
    }
    expect(found.result).toMatchObject({ count: 2, unreadable: 1 })
    expect(found.report.lines.map(({ text }) => text).join()).toContain('bad.csv')
  })

  it('skips all of it where no file is there, and fails where too few can be read', async () => {
    const empty = await run(arriving())
    expect([empty.status, existsSync(at('out'))]).toEqual(['SUCCEEDED', false])
    place.write('in/a.csv', 'id,n\n1,2\n')
    place.write('in/bad.csv', Buffer.from(Array.from({ length: 600 }, (_, one) => one % 7)))
    const few = await run(arriving('on_item_error: continue, min_success: 2'), 'r-few')
    expect([few.status, few.cause, existsSync(at('out'))]).toEqual(['FAILED', '1 source can be read, at least 2 required', false])
    const strict = await run(arriving('on_item_error: fail'), 'r-strict')
    expect([strict.status, strict.error]).toEqual(['FAILED', 'Data.UnsupportedFormat'])
  })

  const problems = (text: string) => {
    const compiled = compile(text, { file: 'p.yaml' })
    return compiled.ok ? [] : compiled.problems.map(({ path, what }) => `${path}: ${what}`)
  }

  it.each([
    [
      'a source that is not the file',
      (text: string) => text.replace('"{{ file.uri }}"', 'data/a.csv'),
      'steps.1.with.source: the loop needs its file as the whole `source`',
    ],
    [
      'one output for all files',
      (text: string) => text.replace('done_{{ file.name }}', 'all.csv'),
      'steps.1.with.to: each file of the loop would replace the output of the one before',
    ],
    [
      'the file in an expression',
      (text: string) => text.replace('n * 2', '"\'{{ file.name }}\'"'),
      'steps.1.with.columns: `columns` reads the file of the loop',
    ],
    ['a limit it does not have', (text: string) => text.replace('parallel: true', 'max_items: 3'), 'steps.1.loop.max_items: '],
    ['an unknown key', (text: string) => text.replace('parallel: true', 'paralel: true'), 'steps.1.loop.paralel: '],
  ])('refuses %s', (_name, change, expected) => {
    const found = problems(change(arriving()))
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
  })
})

const SHOP = (to: string, rest: string) => `version: 1
id: shop
steps:
  - id: products
    type: ingest
    with:
      source:
        type: inline
        rows:
          - {id: 1, name: "Käse, alt", price: 29.99, category: Food}
          - {id: 2, name: B, price: 0.1, category: Tools}
          - {id: 3, price: 12345678.25, category: Toys}
      to: "${to}"
${rest}`

describe('rows in the definition', () => {
  const text = (rest = '') => SHOP(at('raw/products.json'), rest)

  it('are read like a source, exactly as written', async () => {
    const done = await run(text())
    expect([done.status, done.cause]).toEqual(['SUCCEEDED', undefined])
    expect(JSON.parse(readFileSync(at('raw/products.json'), 'utf8'))).toEqual([
      { id: 1, name: 'Käse, alt', price: 29.99, category: 'Food' },
      { id: 2, name: 'B', price: 0.1, category: 'Tools' },
      { id: 3, name: null, price: 12345678.25, category: 'Toys' },
    ])
  })

  it('are transformed and loaded into a table, whose rows are counted', async () => {
    const rest = `  - {id: more, type: transform, depends_on: [products], with: {columns: {code: "upper(substr(category, 1, 3)) || lpad(id, 3, '0')"}, to: "${at('more.csv')}"}}
  - {id: load, type: load, depends_on: [more], with: {to: "sqlite://${at('shop.db')}", table: products, mode: replace, atomic: true, verify: row_count}}
`
    const done = await run(text(rest))
    expect([done.status, done.cause]).toEqual(['SUCCEEDED', undefined])
    const database = new DatabaseSync(at('shop.db'))
    expect(database.prepare('SELECT id, code FROM products ORDER BY id').all()).toEqual([
      { id: 1, code: 'FOO001' },
      { id: 2, code: 'TOO002' },
      { id: 3, code: 'TOY003' },
    ])
    // another program removes a row as soon as one comes
    database.exec('CREATE TRIGGER _siftstep_none AFTER INSERT ON _siftstep_runs BEGIN DELETE FROM products WHERE id = 3; END')
    database.close()
    const tampered = await run(text(rest), 'r-second')
    expect([tampered.error, tampered.cause]).toEqual([
      'Output.Conflict',
      expect.stringContaining('the table has 2 rows, and 3 were published'),
    ])
  })

  it('are refused where a task could not pass them on', () => {
    const rows = Array.from({ length: 6000 }, (_, id) => `{id: ${id}, name: product}`).join(', ')
    const compiled = compile(`version: 1\nid: shop\nsteps:\n  - {id: a, type: ingest, with: {source: {type: inline, rows: [${rows}]}}}\n`, {
      file: 'p.yaml',
    })
    expect(compiled.ok ? [] : compiled.problems.map(({ path }) => path)).toEqual(['steps.0.with.source.rows'])
  })
})

describe('a trigger whose bucket is a variable', () => {
  const text = `version: 1
id: arriving
triggers: [{type: s3, bucket: "${'$'}{env.INPUT_BUCKET}", prefix: in/}, {type: s3, bucket: other-bucket, prefix: "in/"}]
schedule: {every: 30m, max_active_runs: 1}
defaults: {depends_on_past: false}
inputs: {source: {type: string, default: a.csv}}
steps: [{id: read, type: process, with: {source: "{{ source }}", to: out}}]
`
  it('is left out with a warning while it is not set, and refused where the pipeline is deployed', () => {
    const local = compile(text, { file: 'p.yaml', env: {} })
    expect(local.ok && [local.definition.triggers.length, local.definition.concurrency.max_active_runs]).toEqual([1, 1])
    expect(local.ok && local.warnings.map(({ line, code, what }) => `${line} ${code} ${what}`)).toEqual([
      '3 unknown-env the environment variable INPUT_BUCKET is not set: the trigger is left out',
    ])
    const deployed = compile(text, { file: 'p.yaml', env: {}, deploys: true })
    expect(deployed.ok ? [] : deployed.problems.map(({ code }) => code)).toEqual(['unknown-env'])
    const set = compile(text, { file: 'p.yaml', env: { INPUT_BUCKET: 'inbox-of-a-shop' }, deploys: true })
    expect(set.ok && set.definition.triggers.length).toBe(2)
  })
})
