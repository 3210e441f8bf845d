/** The worked examples of the guides, added to a copy of the library as the guides say: they type-check, and run. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksOf, codeOf, GUIDES } from './pages.ts'
import { ROOT } from './sources.ts'

const copy = mkdtempSync(join(tmpdir(), 'siftstep-guides-'))
afterAll(() => rmSync(copy, { recursive: true, force: true }))

const RULES = 'lib/steps/validate/rules'
const FORMATS = 'lib/io/formats'
const file = (path: string) => join(copy, path)

function edit(path: string, change: (text: string) => string): void {
  const before = readFileSync(file(path), 'utf8')
  const after = change(before)
  if (after === before) throw new Error(`${path} is not as the guides take it to be`)
  writeFileSync(file(path), after)
}

const written: string[] = []
beforeAll(() => {
  for (const folder of ['lib', 'test/kit']) cpSync(join(ROOT, folder), file(folder), { recursive: true })
  for (const name of ['package.json', 'tsconfig.json']) cpSync(join(ROOT, name), file(name))
  symlinkSync(join(ROOT, 'node_modules'), file('node_modules'))
  for (const { path, code } of GUIDES.flatMap(codeOf)) {
    mkdirSync(dirname(file(path)), { recursive: true })
    writeFileSync(file(path), code)
    written.push(path)
  }
  edit(
    'lib/steps/index.ts',
    (text) => `import { round } from '#steps/round/spec.ts'\n${text.replace('STEP_KINDS = [', 'STEP_KINDS = [round, ')}`,
  )
  edit(
    `${RULES}/index.ts`,
    (text) => `import { multipleOf } from './multiple-of.ts'\n${text.replace('  notNull,\n', '  notNull,\n  multipleOf,\n')}`,
  )
  edit(`${FORMATS}/index.ts`, (text) => `import { pairs } from './kinds/pairs.ts'\n${text.replace('fixedWidth]', 'fixedWidth, pairs]')}`)
})

// beside the steps, as each has a line in a list
const addConnector = () =>
  edit(
    'lib/io/connectors/index.ts',
    (text) => `import { series } from './series/spec.ts'\n${text.replace('[file, s3, ', '[series, file, s3, ')}`,
  )
beforeAll(addConnector)

const DIALECTS = 'lib/language/definition/dialects'
const addDialect = () =>
  edit(`${DIALECTS}/index.ts`, (text) => `import { jobs } from './jobs/dialect.ts'\n${text.replace('= [taskList', '= [jobs, taskList')}`)
beforeAll(addDialect)

interface Kit {
  readonly runDefinition: typeof import('../kit/run-pipeline.ts').runDefinition
  readonly publishedRows: typeof import('../kit/run-pipeline.ts').publishedRows
}
const kit = async () => (await import(file('test/kit/run-pipeline.ts'))) as Kit

describe('the guides', () => {
  it('name a file for each of their blocks of code', () => {
    const round = ['config', 'spec', 'behaviour'].map((part) => `lib/steps/round/${part}.ts`)
    const series = ['spec', 'behaviour'].map((part) => `lib/io/connectors/series/${part}.ts`)
    const pairs = [`${FORMATS}/kinds/pairs.ts`, `${FORMATS}/pairs-to-lines.ts`]
    expect(written).toEqual([...round, `${RULES}/multiple-of.ts`, ...series, ...pairs, `${DIALECTS}/jobs/dialect.ts`])
  })

  it('hold code that fits the types', () => {
    const settings = { extends: './tsconfig.json', include: ['lib/steps/index.ts', ...written] }
    writeFileSync(file('tsconfig.guides.json'), JSON.stringify(settings))
    const run = () =>
      execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['--noEmit', '-p', 'tsconfig.guides.json'], { cwd: copy, encoding: 'utf8' })
    expect(run()).toBe('')
  })

  it('make a kind of step that runs', async () => {
    const { runDefinition, publishedRows } = await kit()
    writeFileSync(file('prices.csv'), 'id,price\n1,0.125\n2,\n3,-2.005\n4,7\n')
    const [definition = ''] = blocksOf('docs/add-a-step.md').flatMap(({ language, text }) => (language === 'yaml' ? [text] : []))
    const placed = definition.replace('prices.csv', file('prices.csv')).replace('to: out', `to: ${file('out')}`)
    const run = await runDefinition(placed, { store: file('store') })
    expect({ status: run.status, cause: run.cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
    expect(await publishedRows(file('out'))).toEqual([
      { id: '1', price: '0.13' },
      { id: '2', price: null },
      { id: '3', price: '-2.01' },
      { id: '4', price: '7.0' },
    ])
    expect(run.ledger.balanced).toBe(true)
  })

  it('make a connector that is read', async () => {
    const { runDefinition } = await kit()
    const [definition = ''] = blocksOf('docs/add-a-connector.md').flatMap(({ language, text }) => (language === 'yaml' ? [text] : []))
    const placed = definition.replace('numbers.csv', file('numbers.csv'))
    const run = await runDefinition(placed, { store: file('store'), run: 'r-series' })
    expect({ status: run.status, cause: run.cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
    expect(readFileSync(file('numbers.csv'), 'utf8')).toBe('number,twice\n1,2\n2,4\n3,6\n')
    expect(run.ledger.balanced).toBe(true)
  })

  it('make a format that is read, and a line that is no record of it a bad one', async () => {
    const { runDefinition, publishedRows } = await kit()
    writeFileSync(file('visits.log'), 'at=10:30 user=ann\nat=10:31 user=bob\nat=10:32 nobody\n')
    const [definition = ''] = blocksOf('docs/add-a-format.md').flatMap(({ language, text }) => (language === 'yaml' ? [text] : []))
    const placed = definition.replace('visits.log', file('visits.log')).replace('to: out', `to: ${file('visits')}`)
    const run = await runDefinition(placed, { store: file('store'), run: 'r-format' })
    expect({ status: run.status, cause: run.cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
    expect((await publishedRows(file('visits'))).map(({ user }) => user)).toEqual(['ann', 'bob'])
    expect(run.ledger.rows).toMatchObject({ in: 3, out: 2, quarantined: 1 })
  })

  it('make a dialect that runs, whose mistakes are shown where they are written', async () => {
    const { runDefinition, publishedRows } = await kit()
    writeFileSync(file('visits.csv'), 'user,at\nann,10:30\n')
    const [definition = ''] = blocksOf('docs/add-a-dialect.md').flatMap(({ language, text }) => (language === 'yaml' ? [text] : []))
    const placed = definition.replace('visits.csv', file('visits.csv')).replace('to: out', `to: ${file('jobs')}`)
    const run = await runDefinition(placed, { store: file('store'), run: 'r-dialect' })
    expect({ status: run.status, cause: run.cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
    expect(await publishedRows(file('jobs'))).toEqual([{ user: 'ann', at: '10:30' }])

    const { compile } = (await import(file('lib/language/compiler/compile.ts'))) as typeof import('#language/compiler/compile.ts')
    const wrong = compile(definition.replace('does: export', 'does: exprt').replace('source:', 'sorce:'), { file: 'jobs.yaml' })
    expect(!wrong.ok && wrong.problems.map(({ code, line, path }) => [code, line, path])).toEqual([
      ['unknown-setting', 3, 'jobs.0.options.sorce'],
      ['invalid-value', 4, 'jobs.1.does'],
    ])
  })

  it('make a rule that checks', async () => {
    const { runDefinition, publishedRows } = await kit()
    writeFileSync(file('steps.csv'), 'id,price\n1,0.05\n2,0.07\n3,\n4,12.35\n5,-0.15\n')
    const [rule = ''] = blocksOf('docs/add-a-rule.md').flatMap(({ language, text }) => (language === 'yaml' ? [text] : []))
    const definition = `version: 1\nid: t\nsteps:\n  - {id: find, type: discover, with: {source: ${file('steps.csv')}}}\n  - id: v\n    type: validate\n    with:\n      rules:\n        ${rule.trim().replace('}', ', on_fail: quarantine}')}\n  - {id: e, type: export, with: {to: ${file('probed')}, format: csv}}\n`
    const run = await runDefinition(definition, { store: file('store'), run: 'r-rule' })
    expect({ status: run.status, cause: run.cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
    expect((await publishedRows(file('probed'), 'id')).map(({ id }) => id)).toEqual(['1', '3', '4', '5'])
    expect(run.ledger.rows).toMatchObject({ in: 5, out: 4, quarantined: 1 })
  })
})
