/** What a pipeline remembers, shown and set by hand, and what the next run makes of it. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runCli } from '../kit/cli.ts'
import { at, place, write } from './place.ts'

const cli = (...args: string[]) => runCli(args, { cwd: place })
const run = () => cli('run', 'pipeline.yaml')

const pipeline = (column: string) => `version: 1
id: orders
state: {store: auto}
steps:
  - {id: find, type: discover, with: {source: in/*.csv}}
  - {id: new_rows, type: detect_changes, with: {column: ${column}}}
  - {id: publish, type: export, with: {to: "out/{{ run.id }}", format: csv}}
`

it('is shown with the run that committed it, is set with a reason, and the next run continues from there', async () => {
  write('pipeline.yaml', pipeline('updated_at'))
  write('in/a.csv', 'id,updated_at\n1,2026-11-01\n2,2026-11-10\n3,2026-11-20\n')
  expect((await cli('state', 'show')).out).toBe('no pipeline in .siftstep remembers anything yet\n')
  const first = await run()
  expect(first.out).toContain('Found 3 new rows in the first run')
  expect((await cli('state', 'show')).out).toMatch(/^orders +new_rows +2026-11-20 +r-\S+$/m)
  expect((await run()).out).toContain('Found 0 new rows since 2026-11-20')

  const set = await cli('state', 'set', 'orders', 'new_rows', '2026-11-01', '--reason', 'late vendor file', '--by', 'Ana')
  expect(set).toMatchObject({ code: 0, err: '' })
  expect(set.out).toBe('new_rows of orders is 2026-11-01 (before: 2026-11-20); the next run continues from there\n')
  expect((await run()).out).toContain('Found 2 new rows since 2026-11-01')
  const history = (await cli('state', 'show', 'orders', 'new_rows')).out.trimEnd().split('\n').slice(1)
  expect(history).toEqual([
    expect.stringMatching(/2026-11-20 +r-\S+$/),
    expect.stringMatching(/2026-11-01 +Ana at \S+Z: late vendor file$/),
    expect.stringMatching(/2026-11-20 +r-\S+$/),
  ])

  expect((await cli('state', 'set', 'orders', 'new_rows', 'none', '--reason', 'all again')).code).toBe(0)
  expect((await run()).out).toContain('Found 3 new rows in the first run')
  const [newest] = readdirSync(at('.siftstep/state/orders/new_rows')).sort().slice(-1)
  expect(JSON.parse(readFileSync(at(`.siftstep/state/orders/new_rows/${newest}`), 'utf8'))).toMatchObject({ value: '2026-11-20' })
})

it('that is a number stays one', async () => {
  write('pipeline.yaml', pipeline('id'))
  write('in/a.csv', 'id\n1\n2\n3\n')
  expect((await run()).code).toBe(0)
  const word = await cli('state', 'set', 'orders', 'new_rows', 'two', '--reason', 'x')
  expect(word).toMatchObject({ code: 2, err: expect.stringContaining("the value is 'two', and the step remembers 3") })
  expect((await cli('state', 'set', 'orders', 'new_rows', '1', '--reason', 'x')).code).toBe(0)
  expect((await run()).out).toContain('Found 2 new rows since 1')
})

it.each([
  [['show', 'ordres'], 'the pipeline ordres remembers nothing in .siftstep', 'did you mean orders?'],
  [['show', 'orders', 'new_row'], 'the step new_row of orders remembers nothing', 'did you mean new_rows?'],
  [['set', 'orders', 'new_rows', '2026-11-01'], '--reason is missing', 'late vendor file'],
  [['set', 'orders', 'new_rows', '01.11.2026', '--reason', 'x'], "the value is '01.11.2026'", 'such as 2026-11-01'],
  [['set', 'orders', 'new_rows', '2026-13-01', '--reason', 'x'], "the value is '2026-13-01'", 'such as 2026-11-01'],
  [['set', 'orders'], 'the pipeline, the step or the value is missing', 'siftstep state set PIPELINE STEP VALUE'],
  [['forget'], 'unknown action forget', 'siftstep state show'],
])('is not changed by siftstep state %j', async (args, what, hint) => {
  write('pipeline.yaml', pipeline('updated_at'))
  write('in/a.csv', 'id,updated_at\n1,2026-11-01\n')
  expect((await run()).code).toBe(0)
  const { code, err } = await cli('state', ...args)
  expect([code, err]).toEqual([2, expect.stringContaining(what)])
  expect(err).toContain(hint)
  expect(readdirSync(at('.siftstep/state/orders/new_rows')).filter((name) => name.endsWith('.json'))).toHaveLength(1)
})
