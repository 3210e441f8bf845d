// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { describe, expect, it } from 'vitest'
import { foundIn, problemsOf, stepOf } from './problems-of.ts'

const discover = (settings: string, head = '') =>
  `version: 1\nid: sales\n${head}steps:\n  - {id: find, type: discover, with: {${settings}}}\n`
const settingsOf = (settings: string, head = '', options = {}) => stepOf(discover(settings, head), 'find', options).with

describe('${…} of config', () => {
  it('is the value itself, with its type, when it is the whole value', () => {
    const head = 'config: {rows: 500, files: [a.csv, b.csv], types: {a: text}}\n'
    expect(settingsOf('source: "${files}", chunk_rows: "${rows}", types: "${types}"', head)).toMatchObject({
      source: ['a.csv', 'b.csv'],
      chunk_rows: 500,
      types: { a: 'text' },
    })
  })

  it('is text within a text', () => {
    expect(settingsOf('source: "${paths.in}/${year}/*.csv"', 'config: {paths: {in: data}, year: 2024}\n')).toMatchObject({
      source: 'data/2024/*.csv',
    })
  })

  it('may refer to other config, also through it', () => {
    const head = 'config: {root: data, in: "${root}/in", all: {deep: "${in}/x"}, same: "${all}"}\n'
    expect(settingsOf('source: "${same.deep}"', head)).toMatchObject({ source: 'data/in/x' })
  })

  it('is left alone after an escape', () => {
    expect(settingsOf('source: "a$${b}c$d"')).toMatchObject({ source: 'a${b}c$d' })
  })

  it('is overridden by what the caller gives, key by key', () => {
    const head = 'config: {paths: {in: data, out: x}, unused_otherwise: "${paths.out}"}\n'
    const text = discover('source: "${paths.in}", chunk_rows: "${rows}"', head)
    expect(
      stepOf(discover('source: "${paths.in}-${paths.out}"', 'config: {paths: {in: data, out: x}}\n'), 'find', {
        config: { paths: { in: 'other' } },
      }).with,
    ).toMatchObject({
      source: 'other-x',
    })
    expect(foundIn(text, { config: { rows: 5 } })).toEqual(['unused-config at unused_oth'])
  })

  it('comes from a file the definition names', () => {
    const readFile = (path: string) => (path === 'shared.yaml' ? 'paths: {in: data}\nother: 1\n' : undefined)
    expect(settingsOf('source: "${paths.in}/*.csv"', 'config: shared.yaml\n', { readFile })).toMatchObject({ source: 'data/*.csv' })
  })

  it('may be named by the environment', () => {
    const readFile = (path: string) => (path === 'config/prod.yaml' ? 'folder: live\n' : undefined)
    expect(settingsOf('source: "${folder}"', 'config: "config/${env.STAGE}.yaml"\n', { readFile, env: { STAGE: 'prod' } })).toMatchObject({
      source: 'live',
    })
    expect(foundIn(discover('source: "${folder}"', 'config: "config/${env.STAGE}.yaml"\n'), { readFile })).toEqual([
      'unknown-env at ${env.STAG',
    ])
  })

  it('has its problems in that file', () => {
    const readFile = () => 'a: "${b}"\nb: "${a}"\n'
    const [problem] = problemsOf(discover('source: "${a}"', 'config: shared.yaml\n'), { readFile })
    expect([problem?.file, problem?.line, problem?.code]).toEqual(['shared.yaml', 1, 'config-cycle'])
    expect(
      problemsOf(discover('source: x', 'config: shared.yaml\n'), { readFile: () => '- a\n' }).map(({ file, code }) => `${file} ${code}`),
    ).toEqual(['shared.yaml not-a-mapping'])
    expect(
      problemsOf(discover('source: x', 'config: shared.yaml\n'), { readFile: () => 'a: "b\n' }).map(({ file, code }) => `${file} ${code}`),
    ).toEqual(['shared.yaml yaml-quote'])
  })

  it('is a problem at its very place when the name is not there, with the nearest name', () => {
    const [problem] = problemsOf(discover('source: "x/${paths.inn}/y", chunk_rows: "${rows}"', 'config: {paths: {in: data}, rows: 1}\n'))
    expect([problem?.column, problem?.what, problem?.hint]).toEqual([50, 'config has no `paths.inn`', 'did you mean `${paths.in}`?'])
  })

  it('does not check a value whose name is unknown', () => {
    expect(foundIn(discover('source: x, chunk_rows: "${rows}"'))).toEqual(['unknown-config at ${rows}"}}'])
    expect(foundIn(`${discover('source: x')}  - {id: a, type: lineage, condition: "\${x} == 1"}\n`)).toEqual([
      'unknown-config at ${x} == 1"',
    ])
  })

  it('says nothing of names when the config itself is misspelt or cannot be read', () => {
    expect(foundIn(discover('source: "${a}", chunk_rows: "${b}"', 'confg: {a: x, b: 1}\n'))).toEqual(['unknown-key at confg: {a:'])
    expect(foundIn(discover('source: "${a}"', 'config: missing.yaml\n'))).toEqual(['config-file at missing.ya'])
  })
})

describe('${env.NAME}', () => {
  it('is text; a number or yes or no where one must be', () => {
    const env = { ROWS: '500', EMPTY: 'true', FOLDER: '2024' }
    expect(settingsOf('source: "${env.FOLDER}", chunk_rows: "${env.ROWS}", allow_empty: "${env.EMPTY}"', '', { env })).toMatchObject({
      source: '2024',
      chunk_rows: 500,
      allow_empty: true,
    })
    const fallback = `${discover('source: x, chunk_rows: "${env.ROWS}"').trimEnd().slice(0, -1)}, on_error: {fallback: [{source: y}]}}\n`
    expect(stepOf(fallback, 'find', { env }).on_error.fallback).toMatchObject([{ source: 'y', chunk_rows: 500 }])
    expect(foundIn(discover('source: x, chunk_rows: "${env.ROWS}"'), { env: { ROWS: 'many' } })).toEqual(['wrong-type at "${env.ROW'])
  })

  it('is a problem when it is not set', () => {
    const [problem] = problemsOf(discover('source: "${env.FOLDR}"'), { env: { FOLDER: 'x' } })
    expect([problem?.code, problem?.hint]).toEqual(['unknown-env', 'did you mean FOLDER? Otherwise set FOLDR before building the pipeline'])
  })
})

describe('${secret.NAME}', () => {
  const traced = (settings: string, more = '') =>
    `version: 1\nid: a\n${more}steps:\n  - {id: find, type: discover, with: {source: x}}\n  - {id: trace, type: lineage, with: {endpoint: "https://a.example"${settings}}}\n`

  it('stays a name where a setting is a secret, which only a task looks up', () => {
    expect(stepOf(traced(', api_key: "${secret.KEY}"'), 'trace').with).toMatchObject({ api_key: { $secret: 'KEY' } })
    expect(stepOf(traced(', api_key: "${keys.a}"', 'config: {keys: {a: "${secret.KEY}"}}\n'), 'trace').with).toMatchObject({
      api_key: { $secret: 'KEY' },
    })
    const fallback = traced('').replace(/\}\n$/, ', on_error: {fallback: [{api_key: "${secret.OTHER}"}]}}\n')
    expect(stepOf(fallback, 'trace').on_error.fallback).toMatchObject([{ endpoint: 'https://a.example', api_key: { $secret: 'OTHER' } }])
  })

  it('is all that such a setting takes', () => {
    for (const given of ['k-1', '"${env.KEY}"', '"{{ key }}"', '"${key}"']) {
      const text = traced(`, api_key: ${given}`, `${given.includes('{{') ? 'inputs: {key: {type: string}}\n' : ''}config: {key: k-1}\n`)
      const found = problemsOf(text, { env: { KEY: 'k-1' } }).filter(({ code }) => code !== 'unused-config')
      expect(found).toMatchObject([{ code: 'secret-in-the-open', hint: 'write api_key: "${secret.NAME}"' }])
      expect(JSON.stringify(found)).not.toContain('k-1')
    }
    expect(foundIn(traced(', api_key: "k-${secret.A}"'))).toEqual(['secret-out-of-place at ${secret.A'])
    expect(foundIn(traced(', namespace: "${secret.A}"'))).toEqual(['secret-out-of-place at "${secret.'])
  })

  it('needs a place to go to that keeps it', () => {
    const problems = (settings: string) => problemsOf(traced(settings).replace('endpoint: "https://a.example", ', ''))
    expect(problems(', api_key: "${secret.A}"')[0]).toMatchObject({ code: 'invalid-value', hint: 'add `endpoint`, or remove `api_key`' })
    for (const [endpoint, what] of [
      ['http://a.example', 'the key would be sent to `endpoint` unencrypted'],
      ['a.example', "`endpoint` is 'a.example', which is not a URL"],
      ['https://me:pass@a.example', '`endpoint` contains a user name or password, which would be visible in the state machine'],
    ]) {
      expect(problems(`, endpoint: "${endpoint}", api_key: "\${secret.A}"`)[0]?.what).toBe(what)
    }
    expect(problems(', endpoint: "http://localhost:5000", api_key: "${secret.A}"')).toEqual([])
  })

  it('is refused wherever else it stands: whatever is set stands in the machine and among the files of a run', () => {
    const [problem] = problemsOf(discover('source: "${secret.SALES_URL}"'))
    expect(problem).toMatchObject({
      code: 'secret-out-of-place',
      what: 'the secret SALES_URL would be visible in the state machine and in the files of every run',
    })
    for (const source of ['x-${secret.A}', '{path: ["${secret.A}", b]}'])
      expect(foundIn(discover(`source: ${source.startsWith('{') ? source : `"${source}"`}`))[0]).toMatch(/^secret-out-of-place at /)
    expect(foundIn(discover('source: "${db}"', 'config: {db: "${secret.A}"}\n'))).toContain('secret-out-of-place at "${db}"}}')
    expect(foundIn(discover('source: x', 'name: "${secret.A}"\n'))).toEqual(['secret-out-of-place at "${secret.'])
    const columns = `${discover('source: x')}  - {id: a, type: transform, with: {columns: {b: "\${secret.A}"}}}\n`
    expect(foundIn(columns)).toEqual(['secret-out-of-place at "${secret.'])
    expect(foundIn(`${discover('source: x')}  - {id: a, type: lineage, condition: "\${secret.A}"}\n`)).toEqual([
      'secret-out-of-place at "${secret.',
    ])
  })

  it('is no secret when it is escaped, or written as a mapping', () => {
    expect(settingsOf('source: "$${secret.A}"')).toMatchObject({ source: '${secret.A}' })
    expect(foundIn(discover('source: {$secret: A}'))).toEqual(['missing-key at {$secret: ', 'unknown-setting at $secret: A'])
  })
})
