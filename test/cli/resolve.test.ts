/** siftstep resolve, and the lock that other commands write, read and require. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../kit/cli.ts'

const cwd = mkdtempSync(join(tmpdir(), 'siftstep-resolve-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const DEFINITION = `name: Visits
inputs:
  source: {type: string, required: true}
steps:
  - {id: find, action: <AUTO>discover all files matching {{source}}</AUTO>}
  - {id: publish, action: <AUTO>export data to out/ as csv</AUTO>}
`
const LOCK = join(cwd, 'p.auto.lock.yaml')
const run = ['run', 'p.yaml', '--input', 'source=v.csv', '--quiet']

beforeAll(() => {
  writeFileSync(join(cwd, 'p.yaml'), DEFINITION)
  writeFileSync(join(cwd, 'v.csv'), 'id,city\n1,Bern\n2,Chur\n')
})

describe('the lock', () => {
  it('is required by --frozen, and written by run', async () => {
    for (const command of [['validate', 'p.yaml'], ['resolve', 'p.yaml'], run]) {
      const { code, err } = await runCli([...command, '--frozen'], { cwd })
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('p.auto.lock.yaml does not exist') })
    }
    expect(existsSync(LOCK)).toBe(false)
    const first = await runCli(run, { cwd })
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: expect.stringContaining('wrote p.auto.lock.yaml') })
    const written = readFileSync(LOCK, 'utf8')
    const again = await runCli([...run, '--frozen'], { cwd })
    expect(again.code).toBe(0)
    expect(again.err).not.toContain('auto.lock')
    expect(readFileSync(LOCK, 'utf8')).toBe(written)
  })

  it('is printed by resolve, byte for byte, and follows a phrase that changed', async () => {
    const before = readFileSync(LOCK, 'utf8')
    expect(await runCli(['resolve', 'p.yaml'], { cwd })).toMatchObject({ code: 0, out: before, err: '' })
    writeFileSync(join(cwd, 'p.yaml'), DEFINITION.replace('as csv', 'as json'))
    expect(await runCli(['validate', 'p.yaml', '--frozen'], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining('are not those of its lock p.auto.lock.yaml'),
    })
    const changed = await runCli(['resolve', 'p.yaml'], { cwd })
    expect(changed).toMatchObject({ code: 0, err: expect.stringContaining('updated p.auto.lock.yaml') })
    expect(changed.out).toContain('format: json')
    expect(readFileSync(LOCK, 'utf8')).toBe(changed.out)
  })

  it('is nothing for a definition without phrases', async () => {
    writeFileSync(join(cwd, 'plain.yaml'), 'version: 1\nid: p\nsteps:\n  - {id: find, type: discover, with: {source: v.csv}}\n')
    expect(await runCli(['resolve', 'plain.yaml'], { cwd })).toMatchObject({ code: 2, err: expect.stringContaining('has no phrases') })
  })
})
