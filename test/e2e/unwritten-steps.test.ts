/** Steps with a name and nothing to do: an error, or with `todo: true` a step that is skipped and named everywhere. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { runCli } from '../kit/cli.ts'

const definition = (step: string) => `version: 1
id: draft
steps:
  - {id: find, type: discover, with: {source: people.csv}}
  - ${step}
  - {id: publish, type: export, with: {to: out, format: csv}}
`

const problemsOf = (step: string) => {
  const compiled = compile(definition(step), { file: 'p.yaml' })
  return (compiled.ok ? compiled.warnings : compiled.problems).map(
    ({ level, code, line, column, what }) => `${line}:${column} ${level} ${code} ${what}`,
  )
}

describe('a step that does nothing', () => {
  it.each([
    ['{name: Enrich the rows}'],
    ['{id: enrich}'],
    ['{id: enrich, name: Enrich the rows, description: Adds the country, depends_on: [find]}'],
  ])('is an error: %s', (step) => {
    expect(problemsOf(step)).toEqual(['5:5 error missing-key the step does nothing: it has no `type`'])
  })

  it('is allowed with `todo: true`, and a warning', () => {
    const warning = '5:5 warning not-written-yet the step `Enrich the rows` is not written yet'
    expect(problemsOf('{name: Enrich the rows, todo: true}')).toEqual([warning])
    expect(problemsOf('{id: enrich, type: todo}')).toEqual(['5:5 warning not-written-yet the step `enrich` is not written yet'])
    expect(problemsOf('parallel: [{name: Enrich the rows, todo: true}, {id: look, type: profile}]')).toEqual([
      warning.replace('5:5', '5:16'),
    ])
  })

  it('is neither allowed with another value nor beside a type', () => {
    expect(problemsOf('{name: Enrich the rows, todo: false}')).toEqual([
      '5:5 warning not-written-yet the step `Enrich the rows` is not written yet',
      '5:35 error invalid-value `todo` is false',
    ])
    expect(problemsOf('{id: look, type: profile, todo: true}')[0]).toMatch(/^5:31 error unknown-key /)
  })
})

describe('a pipeline with a step that is not written yet', () => {
  const folder = mkdtempSync(join(tmpdir(), 'siftstep-draft-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  beforeAll(() => {
    writeFileSync(join(folder, 'draft.yaml'), definition('{name: Enrich the rows, todo: true}'))
    writeFileSync(join(folder, 'people.csv'), 'id,name\n1,Ann\n')
  })

  it('is valid, and validate and plan name the step', async () => {
    const validated = await runCli(['validate', 'draft.yaml'], { cwd: folder })
    expect(validated).toMatchObject({ code: 0, out: 'draft.yaml: ok (3 steps, 0 inputs)\n' })
    expect(validated.err).toBe(
      'draft.yaml:5:5 warning not-written-yet steps.1: the step `Enrich the rows` is not written yet\n  hint: write it: give it a `type` in place of `todo`; until then runs skip it\n',
    )
    const planned = await runCli(['plan', 'draft.yaml', '--bytes', '1MB'], { cwd: folder })
    expect(planned.out).toContain('note: the step `Enrich the rows` is not written yet; runs skip it\n')
  })

  it('runs to its end without the step, and says so', async () => {
    const ran = await runCli(['run', 'draft.yaml'], { cwd: folder })
    expect(ran.code).toBe(0)
    expect(ran.err).toContain('the step `Enrich the rows` is not written yet')
    expect(ran.out).toContain('Skipped: the step is not written yet')
    const { files } = JSON.parse(readFileSync(join(folder, 'out/_manifest.json'), 'utf8')) as { files: { name: string }[] }
    expect(readFileSync(join(folder, 'out', files[0]?.name ?? ''), 'utf8')).toBe('id,name\n1,Ann\n')
  })
})
