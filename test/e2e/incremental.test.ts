/** An incremental run through the command line: three runs over a folder that changes between them. */
import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runCli } from '../kit/cli.ts'
import { publishedRows } from '../kit/run-pipeline.ts'
import { at, place, write } from './place.ts'

const PIPELINE = `version: 1
id: orders
steps:
  - {id: find, type: discover, with: {source: data/*.csv, skip_unchanged: true}}
  - {id: publish, type: export, with: {to: out, format: csv, mode: append}}
`
const run = () => runCli(['run', 'pipeline.yaml', '--workers', '1'], { cwd: place })
const ids = async () => (await publishedRows(at('out'))).map(({ id }) => String(id)).sort()

it('reads what is new or changed, and says what is unchanged and what is gone', async () => {
  write('pipeline.yaml', PIPELINE)
  write('data/a.csv', 'id,name\n1,Ana\n2,Ben\n')
  write('data/b.csv', 'id,name\n3,Cy\n')
  const first = await run()
  expect(first.code, first.err).toBe(0)
  expect(first.out).toMatch(/✓ find: Found 2 new or changed files \(.*\), 0 unchanged/)

  const second = await run()
  expect(second.code, second.err).toBe(0)
  expect(second.out).toMatch(/✓ find: Found 0 new or changed files \(0 bytes total\), 2 unchanged/)
  expect(second.out).toContain('0 in = 0 out')
  expect(await ids()).toEqual(['1', '2', '3'])

  write('data/c.csv', 'id,name\n4,Dan\n')
  rmSync(at('data/b.csv'))
  const third = await run()
  expect(third.code, third.err).toBe(0)
  expect(third.out).toMatch(/⚠ find: Found 1 new or changed file \(.*\), 1 unchanged/)
  expect(third.out).toMatch(/⚠ .*data\/b\.csv is gone: rows of it that were published stay/)
  expect(await ids()).toEqual(['1', '2', '3', '4'])
})
