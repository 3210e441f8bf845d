/** The author's own version of a pipeline: in its report, its run record, what `show` prints, and the machine. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { runDefinition, workplace } from '../../kit/run-pipeline.ts'

const place = workplace()
afterAll(() => place.clear())

const definition = (top: string) => `version: 1
id: sales
name: Daily sales
${top}
steps:
  - {id: find, type: discover, with: {source: ${JSON.stringify(join(place.folder, 'in.csv'))}}}
  - {id: write, type: export, with: {to: ${JSON.stringify(join(place.folder, 'out'))}, format: csv}}
`
const machineOf = (top: string) => {
  const compiled = compile(definition(top), { file: 'p.yaml' })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  return JSON.stringify(compiled.machine)
}

describe('the version of a pipeline', () => {
  it('is in the report of a run, for people and for programs', async () => {
    place.write('in.csv', 'id\n1\n2\n')
    const store = join(place.folder, 'store')
    const run = await runDefinition(definition(`config: {release: "1.4.0"}\npipeline_version: "\${release}"`), { store })
    expect(run.cause).toBeUndefined()
    expect(run.object('quality-report.json')).toMatchObject({ pipeline: { id: 'sales', name: 'Daily sales', version: '1.4.0' } })
    expect(readFileSync(join(store, 'runs', 'r-test', 'quality-report.md'), 'utf8')).toContain('Daily sales (sales), version 1.4.0')
  })

  it('is in the machine, which is as it was where there is none', () => {
    expect(machineOf('pipeline_version: "1.4.0"')).toContain('"version":"1.4.0"')
    expect(machineOf('pipeline_version: "1.4.0"')).not.toBe(machineOf('pipeline_version: "1.4.1"'))
    expect(machineOf('')).not.toContain('"version"')
  })

  it('is a text', () => {
    const compiled = compile(definition('pipeline_version: 1.4'), { file: 'p.yaml' })
    expect(compiled.ok ? [] : compiled.problems.map(({ path, what }) => `${path}: ${what}`)).toEqual([
      expect.stringMatching(/^pipeline_version: .*1\.4/),
    ])
  })
})
