/** Several pipelines in one file: every command takes all of them, or needs to know which one. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '#cli/main.ts'
import { pipelinesOf, readPipeline } from '#aws/cloud/read-pipeline.ts'
import { testTerminal } from './terminals.ts'

const TWO = `# all of the shop
version: 1
id: orders
config: {folder: data}
steps:
  - {id: read, type: process, with: {source: "\${folder}/orders.csv", to: out/orders.csv}}
--- # second
version: 1
id: visits
steps:
  - {id: read, type: process, with: {source: data/visits.csv, to: out/visits.csv}}
---
`

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siftstep-several-'))
  await writeFile(join(folder, 'shop.yaml'), TWO)
  await writeFile(
    join(folder, 'bad.yaml'),
    TWO.replace('type: process', 'type: proces').replace('data/visits.csv,', 'data/visits.csv, fromat: csv,'),
  )
  await writeFile(join(folder, 'twice.yaml'), TWO.replace('id: visits', 'id: orders'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function siftstep(...line: string[]) {
  const terminal = testTerminal({ cwd: () => folder })
  const code = await main(line, terminal)
  return { code, ...terminal.written }
}

describe('a file with several pipelines', () => {
  it('is validated as a whole; problems of each keep the lines of the file', async () => {
    const good = await siftstep('validate', 'shop.yaml')
    expect([good.code, good.out]).toEqual([0, 'shop.yaml orders: ok (2 steps, 0 inputs)\nshop.yaml visits: ok (2 steps, 0 inputs)\n'])
    const bad = await siftstep('validate', 'bad.yaml')
    expect(bad.code).toBe(2)
    expect(bad.err).toMatch(/bad\.yaml:6:22 unknown-step-type [\s\S]*bad\.yaml:11:63 unknown-setting steps\.0\.with\.fromat/)
  })

  it('compiles to one machine each, which is that of a file with only that pipeline', async () => {
    const both = JSON.parse((await siftstep('compile', 'shop.yaml')).out)
    const one = await siftstep('compile', 'shop.yaml', '--pipeline', 'visits')
    expect(Object.keys(both)).toEqual(['orders', 'visits'])
    expect(JSON.parse(one.out)).toEqual(both.visits)
    expect((await siftstep('compile', 'shop.yaml', '--hash')).out).toMatch(/^[0-9a-f]{64} orders\n[0-9a-f]{64} visits\n$/)
  })

  it('is formatted as several documents', async () => {
    const { out } = await siftstep('fmt', '--canonical', 'shop.yaml')
    expect(out.split('---\n').map((text) => /^id: (.*)$/m.exec(text)?.[1])).toEqual(['orders', 'visits'])
  })

  it.each([
    ['run', 'shop.yaml'],
    ['plan', 'shop.yaml'],
    ['explain', 'shop.yaml'],
  ])('%s needs to know which one', async (...line) => {
    const { code, err } = await siftstep(...line)
    expect([code, err]).toEqual([2, expect.stringContaining('shop.yaml has 2 pipelines: orders, visits')])
    expect(err).toContain('--pipeline ID')
  })

  it('names the pipelines there are where another is asked for, and refuses one id for two', async () => {
    const unknown = await siftstep('run', 'shop.yaml', '--pipeline', 'visit')
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringMatching(/has no pipeline visit[\s\S]*did you mean visits\?/)])
    const twice = await siftstep('validate', 'twice.yaml')
    expect([twice.code, twice.err]).toEqual([2, expect.stringContaining('two pipelines in twice.yaml have the id orders')])
  })

  it('is deployed as several pipelines', () => {
    const file = join(folder, 'shop.yaml')
    expect(pipelinesOf(file)).toEqual(['orders', 'visits'])
    expect(readPipeline({ file, pipeline: 'visits' }).definition.id).toBe('visits')
    expect(() => readPipeline({ file })).toThrow(/has the pipelines orders, visits/)
  })

  it('leaves a file with one pipeline as it is', async () => {
    await writeFile(join(folder, 'one.yaml'), `---\n${TWO.split('---')[0]}`)
    expect((await siftstep('validate', 'one.yaml', '--pipeline', 'orders')).out).toBe('one.yaml: ok (2 steps, 0 inputs)\n')
    expect(await readFile(join(folder, 'one.yaml'), 'utf8')).toContain('id: orders')
  })
})
