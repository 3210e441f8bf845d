/** A pipeline with files of its own, through the command line: a run keeps the files it started with. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runCli, runsIn } from '../kit/cli.ts'
import { at, place, write } from './place.ts'

const PIPELINE = `version: 1
id: codes
steps:
  - {id: find, type: discover, with: {source: data/*.csv}}
  - {id: check, type: validate, on_error: {max_bad_rows: 100%}, with: {rules: [{rule_type: in_set, column: code, values: {file: ./lists/codes.txt}, on_fail: quarantine}]}}
  - {id: publish, type: export, with: {to: out/codes.csv, format: csv}}
`
const cli = (...args: string[]) => runCli(args, { cwd: place })

it('compiles relative to the definition, runs, and resumes with the files of the run', async () => {
  write('data/a.csv', 'id,code\n1,A\n2,B\n3,C\n')
  write('own/pipeline.yaml', PIPELINE)
  write('own/lists/codes.txt', 'A\nB\n')
  const hash = async () => (await cli('compile', 'own/pipeline.yaml', '--hash')).out.trim()
  const before = await hash()
  // a folder where the file should be: the export fails
  write('out/codes.csv/x', '')
  const failed = await cli('run', 'own/pipeline.yaml', '--quiet')
  expect(failed.code, failed.out).not.toBe(0)
  const [run = ''] = runsIn(place)
  const sha256 = createHash('sha256').update('A\nB\n').digest('hex')
  expect(readFileSync(at(`.siftstep/runs/${run}/assets/${sha256}`), 'utf8')).toBe('A\nB\n')

  write('own/lists/codes.txt', 'C\n')
  expect(await hash()).not.toBe(before)
  rmSync(at('out'), { recursive: true })
  const resumed = await cli('resume', run)
  expect(resumed.code, `${resumed.out}${resumed.err}`).toBe(0)
  expect(readFileSync(at('out/codes.csv'), 'utf8')).toBe('id,code\n1,A\n2,B\n')

  const again = await cli('run', 'own/pipeline.yaml', '--quiet')
  expect(again.code, `${again.out}${again.err}`).toBe(0)
  expect(readFileSync(at('out/codes.csv'), 'utf8')).toBe('id,code\n3,C\n')
})

it('does not start without the file, and says where it is named', async () => {
  write('pipeline.yaml', PIPELINE)
  const ended = await cli('run', 'pipeline.yaml')
  expect(ended.code).toBe(2)
  expect(`${ended.out}${ended.err}`).toMatch(/pipeline\.yaml:5:\d+ asset-file .*the file \.\/lists\/codes\.txt does not exist/)
  expect(existsSync(at('.siftstep'))).toBe(false)
})
