// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
/** Secrets that a definition shows: refused where it goes to another machine, and out of everything that is stored on this one. */
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { compileHere } from '#language/compiler/compile-here.ts'
import { formatProblem } from '#language/definition/problem.ts'

const OPTIONS = { file: 'p.yaml' }
const HEAD = 'version: 1\nid: sales\n'
const FIND = '  - {id: find, type: discover, with: {source: data/*.csv}}\n'
const OUT = '  - {id: out, type: export, with: {to: out/}}\n'
const steps = (more: string) => `${HEAD}steps:\n${FIND}${more}${OUT}`
const on = (channel: string) => `${HEAD}notifications:\n  on_failure: ${channel}\nsteps:\n${FIND}${OUT}`
const VALUE = 'hush-hush-1'

/** A definition with the secret, and the name it gets. */
const PLACES: readonly (readonly [place: string, text: string, name: string])[] = [
  [
    'the api_key of a step',
    steps(`  - {id: trace, type: lineage, with: {endpoint: "https://m.example", api_key: ${VALUE}}}\n`),
    'TRACE_API_KEY',
  ],
  ['the bearer token of a webhook', on(`{type: webhook, url: "https://h.example", bearer_token: ${VALUE}}`), 'ON_FAILURE_BEARER_TOKEN'],
  ['the address of a channel', on(`{type: slack, url: 'https://hooks.example/${VALUE}'}`), 'ON_FAILURE_URL'],
  ['a password in the address of a webhook', on(`{type: webhook, url: "https://me:${VALUE}@h.example/x"}`), 'ON_FAILURE_URL'],
  [
    'one of several channels',
    on(`[{type: slack, url: "\${secret.S}"}, {type: teams, url: "https://t.example/${VALUE}"}]`),
    'ON_FAILURE_URL',
  ],
  [
    'the password of a connection',
    `${HEAD}connections:\n  shop: {type: postgresql, host: h, database: d, password: "${VALUE}"}\nsteps:\n  - {id: find, type: discover, with: {source: {connection: shop, table: t}}}\n${OUT}`,
    'SHOP_PASSWORD',
  ],
  [
    'the address of a connection',
    `${HEAD}connections:\n  shop: {type: postgresql, url: "postgresql://me:${VALUE}@h/d"}\nsteps:\n  - {id: find, type: discover, with: {source: {connection: shop, table: t}}}\n${OUT}`,
    'SHOP_URL',
  ],
  [
    'the address of a source',
    `${HEAD}steps:\n  - {id: find, type: discover, with: {source: "postgresql://me:${VALUE}@h/d/t"}}\n${OUT}`,
    'FIND_PASSWORD',
  ],
  [
    'the address of a server as a connection',
    `${HEAD}steps:\n  - {id: find, type: discover, with: {source: {connection: "postgresql://me:${VALUE}@h/d", query: SELECT 1}}}\n${OUT}`,
    'FIND_PASSWORD',
  ],
  [
    'the address of a target',
    `${HEAD}steps:\n${FIND}  - {id: load, type: export, with: {to: "postgresql://me:${VALUE}@h/d/s.t", mode: append}}\n`,
    'LOAD_PASSWORD',
  ],
  [
    'the connection string of a task list',
    `pipeline_id: t\ntasks:\n  - {task_id: get, task_type: ingestion, parameters: {source_config: {type: database, connection_string: "postgresql://me:${VALUE}@h/d"}}}\n  - {task_id: put, task_type: export, parameters: {destination_config: {type: file, file_path: out.csv}}}\n`,
    'GET_PASSWORD',
  ],
  [
    'the secret of a function step',
    steps(`  - {id: place, type: function, with: {uses: ./geo.ts, columns: {lat: float}, secrets: {API_KEY: ${VALUE}}}}\n`),
    'PLACE_API_KEY',
  ],
]

/** A function step names a file that is read. */
const readAsset = () => ({ content: Buffer.from('export default {}') })

describe('a secret that a definition shows', () => {
  it.each(PLACES)('%s is refused by compile, and read as a secret here: in no machine and no text', (_, text, name) => {
    const options = { ...OPTIONS, readAsset: readAsset }
    const refused = compile(text, options)
    expect(refused.ok).toBe(false)
    if (refused.ok) return
    expect(refused.problems.map(({ code, level }) => `${level} ${code}`)).toEqual(['error secret-in-the-open'])
    expect(refused.problems.map(formatProblem).join('')).not.toContain(VALUE)

    const { compiled, text: stored, secrets } = compileHere(text, options)
    if (!compiled.ok) throw new Error(compiled.problems.map(formatProblem).join('\n'))
    const shown = text.includes(`/${VALUE}`)
      ? /https:[^'"]*/.exec(text.slice(text.lastIndexOf('https://', text.indexOf(VALUE))))?.[0]
      : undefined
    expect([...secrets.keys()]).toEqual([name])
    expect([...secrets.values()][0]).toContain(VALUE)
    if (shown !== undefined) expect(secrets.get(name)).toBe(shown)
    expect(compiled.text).not.toContain(VALUE)
    expect(compiled.text).toContain(`"$secret": "${name}"`)
    expect(stored).not.toContain(VALUE)
    expect(stored.split('\n').length).toBe(text.split('\n').length)
    // a run that is resumed compiles the stored text
    expect(compile(stored, options)).toMatchObject({ ok: true, hash: compiled.hash })
    const [warning, ...others] = compiled.warnings.filter(({ code }) => code === 'secret-in-the-open')
    expect(others).toEqual([])
    expect(warning).toMatchObject({ level: 'warning', line: refused.problems[0]?.line, column: refused.problems[0]?.column })
    expect(warning?.hint).toContain(`\${secret.${name}}`)
  })

  it('is the whole password, decoded as addresses are, and one secret for one value', () => {
    const text = `${HEAD}connections:
  shop: {type: postgresql, host: h, database: d, password: &p "a@b:c"}
  other: {type: postgresql, host: h, database: e, password: *p}
steps:
  - {id: find, type: discover, with: {source: "postgresql://me:a%40b%3Ac@h/d/t"}}
  - {id: load, type: export, with: {to: {connection: shop, table: t}}}
`
    const { compiled, secrets, text: stored } = compileHere(text, OPTIONS)
    expect(compiled.ok).toBe(true)
    expect([...secrets]).toEqual([['SHOP_PASSWORD', 'a@b:c']])
    expect(stored).toContain('password: &p "${secret.SHOP_PASSWORD}"}')
    expect(stored).toContain('postgresql://me:${secret.SHOP_PASSWORD}@h/d/t')
  })

  it('can be several with one wish for a name, in block scalars too; lines stay, and columns are those of the file', () => {
    const text = `${HEAD}notifications:
  on_failure:
    - {type: slack, url: "https://hooks.example/one"}
    - type: slack
      url: >-
        https://hooks.example/two
  on_success: {type: slack, url: "https://hooks.example/three", text: "{{ inputs.nope }}"}
steps:
${FIND}${OUT}`
    const { compiled, secrets } = compileHere(text, OPTIONS)
    expect([...secrets]).toEqual([
      ['ON_FAILURE_URL', 'https://hooks.example/one'],
      ['ON_FAILURE_URL_2', 'https://hooks.example/two'],
      ['ON_SUCCESS_URL', 'https://hooks.example/three'],
    ])
    if (compiled.ok) throw new Error('an unknown input passed')
    const [problem] = compiled.problems.filter(({ level }) => level === 'error')
    const line = text.split('\n').findIndex((one) => one.includes('{{ inputs'))
    expect(problem).toMatchObject({ line: line + 1, column: (text.split('\n')[line]?.indexOf('{{ inputs') ?? 0) + 1 })
  })

  it('from an input, the config or the environment stays an error: the file does not show it', () => {
    const text = `${HEAD}config: {key: abc-def}\nsteps:\n${FIND}  - {id: trace, type: lineage, with: {endpoint: "https://m.example", api_key: "\${key}"}}\n${OUT}`
    const { compiled, secrets } = compileHere(text, OPTIONS)
    expect(secrets.size).toBe(0)
    expect(compiled).toMatchObject({ ok: false, problems: [{ level: 'error', code: 'secret-in-the-open' }] })
  })
})

describe('a secret as the password of an address', () => {
  const FROM = 'source: {connection: "postgresql://me:${secret.P}@h:6000/d"'
  const source = (given: string) => compile(`${HEAD}steps:\n  - {id: find, type: discover, with: {${given}}}\n${OUT}`, OPTIONS)

  it.each([
    ['of a source', 'source: "postgresql://me:${secret.P}@h:6000/d/s.t"', { table: 's.t' }],
    ['of a server, with a table beside it', `${FROM}, table: s.t}`, { table: 's.t' }],
    ['of a server, with a query beside it', `${FROM}, query: SELECT 1}`, { query: 'SELECT 1' }],
    ['of a server with one table', `${FROM}}`, {}],
  ])('%s is put where it belongs', (_, given, at) => {
    const compiled = source(given)
    if (!compiled.ok) throw new Error(compiled.problems.map(formatProblem).join('\n'))
    const [step] = compiled.definition.steps
    expect(step).toMatchObject({
      with: {
        source: { connection: { type: 'postgresql', host: 'h', port: 6000, database: 'd', user: 'me', password: { $secret: 'P' } }, ...at },
      },
    })
  })

  it.each([
    ['a table twice', `source: {connection: "postgresql://me:\${secret.P}@h/d/s.t", table: u}`, 'the address names a table already'],
    ['a server of no connector', 'source: {connection: "mysql9://me:${secret.P}@h/d", table: u}', 'no address of a server'],
    ['a secret elsewhere in an address', 'source: "postgresql://${secret.U}:x@h/d/t"', 'part of a text'],
    ['a secret in an address that is no source', 'source: a.csv, name_column: "x://me:${secret.P}@h"', 'name_column'],
    ['no database', 'source: "postgresql://me:${secret.P}@h"', 'names no database'],
  ])('%s is an error', (_, given, says) => {
    const compiled = source(given)
    expect(compiled.ok ? [] : compiled.problems.map(formatProblem).join('\n')).toContain(says)
  })

  it('stands in the address of a connection, too', () => {
    const compiled = compile(
      `${HEAD}connections: {shop: {type: postgresql, url: "postgresql://me:\${secret.P}@h/d?sslmode=require"}}\nsteps:\n  - {id: find, type: discover, with: {source: {connection: shop, table: t}}}\n${OUT}`,
      OPTIONS,
    )
    if (!compiled.ok) throw new Error(compiled.problems.map(formatProblem).join('\n'))
    expect(compiled.definition.steps[0]).toMatchObject({
      with: { source: { connection: { host: 'h', database: 'd', user: 'me', sslmode: 'require', password: { $secret: 'P' } } } },
    })
  })
})
