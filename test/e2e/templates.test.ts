/** What init writes: every template is checked, run and drawn as it stands. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TEMPLATES } from '#cli/templates/index.ts'
import { runCli } from '../kit/cli.ts'
import { at, place, write } from './place.ts'

const cli = (args: readonly string[], cwd = place) => runCli(args, { cwd })

/** What a first run leaves, by template. */
const LEFT: { readonly [template: string]: readonly string[] } = {
  etl: ['warehouse.db'],
  'file-drop': ['processed/processed_north.csv', 'processed/processed_south.csv', 'archive/north.csv', 'archive/south.csv'],
  quality: ['clean/customers.csv', 'clean/report.txt'],
  'multi-stage': ['data/processed/sales.csv', 'data/processed/visits.csv', 'data/output/everything.txt'],
}

describe('siftstep init --template', () => {
  it('has a first run for every template', () => {
    expect(TEMPLATES.flatMap(({ name, run }) => (run === '' ? [name] : []))).toEqual(Object.keys(LEFT))
  })

  it.each(Object.entries(LEFT))('%s writes a pipeline that is valid and runs green', async (template, left) => {
    const { out, code, err } = await cli(['init', 'shop', '--template', template])
    expect(code, err).toBe(0)
    const [, main = ''] = /siftstep run (\S+)\n/.exec(out) ?? []
    expect(out).toContain(`cd shop && siftstep run ${main}`)
    const folder = at('shop')
    expect(await cli(['validate', main], folder)).toMatchObject({ code: 0, err: '' })
    const ran = await cli(['run', main, '--workers', '1'], folder)
    expect(ran.code, `${ran.out}${ran.err}`).toBe(0)
    expect(left.filter((path) => !existsSync(at(`shop/${path}`)))).toEqual([])
    expect((await cli(['graph', main], folder)).out).toContain('flowchart TD')
    // once more in the same folder: nothing is overwritten
    expect(await cli(['init', 'shop', '--template', template])).toMatchObject({ code: 2, err: expect.stringContaining('already exists') })
  })

  it('quality reports what it fixed', async () => {
    await cli(['init', '.', '--template', 'quality'])
    await cli(['run', 'pipeline.yaml', '--workers', '1'])
    expect((await cli(['show', 'last'])).out).toContain('33 in = 31 out + 1 quarantined + 1 duplicate')
    expect(readFileSync(at('clean/report.txt'), 'utf8')).toContain('31')
  })

  it('multi-stage finds storage/config.yaml by its place, and --config overrides it', async () => {
    await cli(['init', '.', '--template', 'multi-stage'])
    const tree = ['main.yaml', 'storage/config.yaml', 'data/raw', 'data/processed', 'data/output', 'README.md']
    expect(tree.filter((path) => !existsSync(at(path)))).toEqual([])
    write('storage/config.yaml', readFileSync(at('storage/config.yaml'), 'utf8').replace('data/output', 'elsewhere'))
    const ran = await cli(['run', 'main.yaml', '--workers', '1', '--config', 'paths.processed=done'])
    expect(ran.code, ran.err).toBe(0)
    expect([
      existsSync(at('elsewhere/everything.txt')),
      existsSync(at('done/sales.csv')),
      existsSync(at('data/processed/sales.csv')),
    ]).toEqual([true, true, false])
    write('storage/config.yaml', '- no mapping\n')
    expect(await cli(['validate', 'main.yaml'])).toMatchObject({ code: 2, err: expect.stringContaining('storage/config.yaml:1') })
  })

  it('names the nearest where there is none', async () => {
    expect(await cli(['init', 'a', '--template', 'elt'])).toMatchObject({ code: 2, err: expect.stringContaining('did you mean etl?') })
    expect(existsSync(at('a'))).toBe(false)
  })
})
