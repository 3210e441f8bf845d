/**
 * The contract of files that belong to a pipeline, for every unit that reads one: the machine holds the hash and not the content, another content
 * makes another machine, and a run with the file does what a run with the values in the definition does.
 */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withAssets } from '#core/assets/assets.ts'
import type { Json } from '#core/json.ts'
import { compile } from '#language/compiler/compile.ts'
import { CLEANERS } from '#steps/clean/cleaners/index.ts'
import { RULES } from '#steps/validate/rules/index.ts'
import { assetsIn, type Files, type Workplace, workplace } from '../kit/run-pipeline.ts'
import { runTable } from '../kit/run-table.ts'

interface User {
  readonly unit: string
  /** The step with the values in a file, and with the same values written out. */
  readonly step: string
  readonly written: string
  readonly file: string
  readonly content: string
  readonly other: string
}

const USERS: readonly User[] = [
  {
    unit: 'rule in_set',
    step: '{id: check, type: validate, with: {rules: [{rule_type: in_set, column: country, values: {file: lists/countries.csv, column: name}, on_fail: quarantine}]}}',
    written:
      '{id: check, type: validate, with: {rules: [{rule_type: in_set, column: country, values: [Peru, "Korea, South"], on_fail: quarantine}]}}',
    file: 'lists/countries.csv',
    content: '\uFEFFcode,name\r\nPE,Peru\r\n\r\nKR,"Korea, South"\r\n',
    other: 'code,name\nPE,Peru\n',
  },
  {
    unit: 'cleaner map',
    step: '{id: tidy, type: clean, with: {rules: [{map: {column: country, file: spellings.csv}}]}}',
    written: '{id: tidy, type: clean, with: {rules: [{map: {column: country, values: {PERU: Peru, "?": null}}}]}}',
    file: 'spellings.csv',
    content: 'spelling,country\nPERU,Peru\n?,\n',
    other: 'spelling,country\nPERU,Perú\n',
  },
]

const INPUT = 'id,country\n1,Peru\n2,PERU\n3,"Korea, South"\n4,?\n5,\n'

let place: Workplace
beforeAll(() => {
  place = workplace()
})
afterAll(() => place.clear())

const definition = (step: string) =>
  `version: 1\nid: sales\nsteps:\n  - {id: find, type: discover, with: {source: data/*.csv}}\n  - ${step}\n`

function compiledWith(step: string, files: Files) {
  const compiled = compile(definition(step), { file: 'p.yaml', readAsset: assetsIn(files) })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join('\n'))
  return compiled
}

it('covers every rule and cleaner that reads a file', () => {
  const units = [...RULES.all.map((rule) => ['rule', rule] as const), ...CLEANERS.all.map((cleaner) => ['cleaner', cleaner] as const)]
  expect(units.flatMap(([what, unit]) => ('assets' in unit && unit.assets !== undefined ? [`${what} ${unit.name}`] : [])).sort()).toEqual(
    USERS.map(({ unit }) => unit).sort(),
  )
})

describe.each(USERS)('$unit', ({ step, written, file, content, other }) => {
  it('leaves the hash of the file in the machine, and not its content', () => {
    const { text, assets } = compiledWith(step, { [file]: content })
    const sha256 = createHash('sha256').update(content).digest('hex')
    expect(assets).toEqual([{ path: file, sha256, bytes: Buffer.byteLength(content), content: Buffer.from(content) }])
    expect(text).toContain(sha256)
    expect(text).not.toContain('Peru')
  })

  it('compiles to another machine when the file changes, and to the same one when it does not', () => {
    const { hash } = compiledWith(step, { [file]: content })
    expect(compiledWith(step, { [file]: content }).hash).toBe(hash)
    expect(compiledWith(step, { [file]: other }).hash).not.toBe(hash)
  })

  it('does what it does with the values in the definition, in tasks of any size', async () => {
    const options = { input: INPUT, discover: 'null_values: [""]', chunk_rows: 2, assets: { [file]: content } }
    const expected = await runTable(place, { ...options, steps: [written] })
    expect(expected.counts.length).toBeGreaterThan(0)
    for (const task_bytes of [1, 1e9]) {
      const found = await runTable(place, { ...options, steps: [step], task_bytes })
      expect(found.rows).toEqual(expected.rows)
      expect(found.counts).toEqual(expected.counts)
      expect(found.quarantined).toEqual(expected.quarantined)
    }
  })

  it.each([
    ['no file of that name', {}, 'does not exist'],
    ['bytes that are not UTF-8', { [file]: Buffer.from([0x61, 0xff]) }, 'is not UTF-8'],
    ['more bytes than allowed', { [file]: Buffer.alloc(1_000_001, 0x61) }, 'has more than 1,000,000 bytes'],
    ['no content', { [file]: '' }, 'it is empty'],
    ['a quote that is not closed', { [file]: 'name,country\nx,"y\n' }, 'line 2 has a quote that is not closed'],
    ['a row that is too short', { [file]: 'name,country\nx\n' }, 'line 2 has 1 cells, but the header has 2'],
  ])('is a problem with position where the file has %s', (_what, files, message) => {
    const compiled = compile(definition(step), { file: 'p.yaml', readAsset: assetsIn(files as Files) })
    const column = definition(step).split('\n')[4]?.indexOf(file) ?? 0
    expect(compiled).toMatchObject({ ok: false, problems: [{ code: 'asset-file', file: 'p.yaml', line: 5, column: column + 1 }] })
    expect(compiled.ok ? '' : compiled.problems[0]?.what).toContain(message)
  })

  it.each(['../up.csv', 'a/../../up.csv', '/etc/passwd', 'C:\\up.csv', 's3://bucket/key.csv', '..\\up.csv'])('never reads %s', (path) => {
    const asked: string[] = []
    const readAsset = (one: string) => {
      asked.push(one)
      return { content: Buffer.from(content) }
    }
    const compiled = compile(definition(step.replace(file, JSON.stringify(path))), { file: 'p.yaml', readAsset })
    expect(compiled).toMatchObject({
      ok: false,
      problems: [{ code: 'asset-file', what: `${path} is outside of the folder of the definition` }],
    })
    expect(asked).toEqual([])
  })

  it('is a problem where the path is known only in a run', () => {
    const compiled = compile(`${definition(step.replace(file, '"{{ inputs.list }}"'))}inputs: {list: {type: string}}\n`, { file: 'p.yaml' })
    expect(compiled.ok ? [] : compiled.problems.map(({ code }) => code)).toEqual(['reference-out-of-place'])
  })
})

describe('the text of a file in a task', () => {
  const content = Buffer.from('a\n')
  const sha256 = createHash('sha256').update(content).digest('hex')
  const settings = { steps: [{ with: { file: { $asset: { path: 'a.txt', sha256, bytes: 2 } } } }] } as unknown as Json

  it('is put beside its reference, wherever that stands', async () => {
    expect(await withAssets(settings, async () => content)).toEqual({
      steps: [{ with: { file: { $asset: { path: 'a.txt', sha256, bytes: 2 }, text: 'a\n' } } }],
    })
  })

  it.each([
    ['is missing', undefined, 'is not stored'],
    ['has other bytes', Buffer.from('b\n'), 'is not the one with hash'],
  ])('fails the task when the stored file %s', async (_how, stored, message) => {
    await expect(withAssets(settings, async () => stored)).rejects.toMatchObject({
      name: 'Data.MissingObject',
      message: expect.stringContaining(message),
    })
  })
})
