/** What a test of a definition runs: the same steps, which read what is given and write below the folder of the test only. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import { describe, expect, it } from 'vitest'
import { compile, type Compiled, compileTest } from '#language/compiler/compile.ts'
import { stepsOf, unitsOf } from '#language/compiler/plan.ts'

const FOLDER = '/tmp/test-1'

function compiledOf(text: string): Compiled {
  const compiled = compile(text, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ path, what }) => `${path}: ${what}`).join('\n'))
  return compiled
}

const underTest = (text: string) => compileTest(compiledOf(text), 0, FOLDER)

/** The settings of the steps by id. */
const settingsOf = (compiled: Compiled) =>
  Object.fromEntries(
    unitsOf(compiled.plan)
      .flatMap(stepsOf)
      .map((step) => [step.id, step.with]),
  )

const pipeline = (steps: string, given: string, head = '') => `version: 1
id: orders
${head}steps:
${steps}
tests:
  - name: small
    given: ${given}
    expect: {status: success}
`

const problemsOf = (text: string) => {
  const compiled = compile(text, { file: 'p.yaml' })
  return compiled.ok ? [] : compiled.problems.map(({ line, column, code, path, what }) => `${line}:${column} ${code} ${path}: ${what}`)
}

const FIND = '  - {id: find, type: discover, with: {source: data/*.csv}}'
const PUBLISH = '  - {id: publish, type: export, with: {to: out}}'

describe('the tests of a definition', () => {
  it('change neither its machine nor its hash', () => {
    const text = pipeline(`${FIND}\n${PUBLISH}`, '{find: [{id: 1}]}')
    const [withTests, without] = [compiledOf(text), compiledOf(text.slice(0, text.indexOf('tests:')))]
    expect(withTests.text).toBe(without.text)
    expect(withTests.hash).toBe(without.hash)
    expect(withTests.plan).toEqual(without.plan)
    expect(compileTest(withTests, 0, FOLDER).hash).not.toBe(without.hash)
  })
})

describe('what a step reads', () => {
  it.each([
    ['a pattern', 'data/*.csv'],
    ['a list', '[a.csv, b.csv]'],
    ['a table', '"sqlite://data/shop.db/orders"'],
    ['a source with settings', '{path: a.csv, delimiter: ";"}'],
    ['an address on the web', '"https://example.com/orders.csv"'],
    ['an input of another name', '"{{ folder }}/orders.csv"'],
  ])('is replaced as a whole by given rows: %s', (_, source) => {
    const head = source.includes('folder') ? 'inputs: {folder: {type: string, default: in}}\n' : ''
    const compiled = underTest(pipeline(`  - {id: find, type: discover, with: {source: ${source}}}\n${PUBLISH}`, '{find: [{id: 1}]}', head))
    expect(settingsOf(compiled)['find']).toMatchObject({ source: `${FOLDER}/given/find/find.jsonl` })
  })

  it('keeps how a file is read, when the test gives a file or its text', () => {
    const step = '  - {id: find, type: discover, with: {source: {path: a.csv, delimiter: ";"}}}'
    const text = underTest(pipeline(`${step}\n${PUBLISH}`, '{find: "id;name"}'))
    expect(settingsOf(text)['find']).toMatchObject({ source: { path: `${FOLDER}/given/find/find.csv`, delimiter: ';' } })
    const file = underTest(pipeline(`${step}\n${PUBLISH}`, '{find: {file: samples/orders.txt}}'))
    expect(settingsOf(file)['find']).toMatchObject({ source: { path: `${FOLDER}/given/find/orders.txt`, delimiter: ';' } })
  })

  it('is given by the name of an input, for all steps that read the input', () => {
    const steps =
      '  - {id: wait, type: sensor, with: {for: "{{ source }}"}}\n  - {id: find, type: discover, with: {source: "{{ inputs.source }}"}}'
    const compiled = underTest(
      pipeline(`${steps}\n${PUBLISH}`, '{source: [{id: 1}]}', 'inputs: {source: {type: string, required: true}}\n'),
    )
    const path = `${FOLDER}/given/source/source.jsonl`
    expect(settingsOf(compiled)).toMatchObject({ wait: { for: path, settle: '0s', timeout: '0s' }, find: { source: path } })
  })

  it('is given by the id of a step that stands for several', () => {
    const compiled = underTest(
      pipeline('  - {id: sales, type: process, with: {source: a.csv, columns: {total: a * b}, to: out}}', '{sales: [{a: 1, b: 2}]}'),
    )
    expect(settingsOf(compiled)['sales_find']).toMatchObject({ source: `${FOLDER}/given/sales/sales.jsonl` })
  })

  it('is not replaced where another step of the test found it, or where it stands in the definition', () => {
    const found =
      '  - {id: wait, type: sensor, with: {for: in/*.csv}}\n  - {id: find, type: discover, with: {source: "{{ wait.result.files }}"}}'
    expect(settingsOf(underTest(pipeline(`${found}\n${PUBLISH}`, '{wait: [{id: 1}]}')))['find']).toMatchObject({
      source: expect.stringContaining('$wait.files'),
    })
    const inline = '  - {id: find, type: discover, with: {source: {type: inline, rows: [{id: 1}]}}}'
    expect(settingsOf(underTest(pipeline(`${inline}\n${PUBLISH}`, '{}')))['find']).toMatchObject({ source: { type: 'inline' } })
  })

  it('is not what a text makes of a result', () => {
    const found = `${FIND}\n  - {id: more, type: discover, depends_on: [find], with: {source: "more/{{ find.result.count }}.csv"}}`
    expect(problemsOf(pipeline(`${found}\n${PUBLISH}`, '{find: [{id: 1}]}'))).toEqual([
      '8:5 not-given tests.0: the step `more` reads an address that is known in a run only, which the test does not give',
    ])
  })

  it('must be given, for every step that reads', () => {
    expect(problemsOf(pipeline(`${FIND}\n${PUBLISH}`, '{}'))).toEqual([
      '7:5 not-given tests.0: the step `find` reads `data/*.csv`, which the test does not give',
    ])
    const join = '  - {id: more, type: transform, with: {operations: [{join: {source: regions.csv, on: [id]}}]}}'
    expect(problemsOf(pipeline(`${FIND}\n${join}\n${PUBLISH}`, '{find: [{id: 1}]}'))).toEqual([
      '8:5 not-given tests.0: the step `more` reads `regions.csv`, which the test does not give',
    ])
    expect(problemsOf(pipeline(`${FIND}\n${join}\n${PUBLISH}`, '{find: [{id: 1}], more: [{id: 1, region: north}]}'))).toEqual([])
    const input = '  - {id: find, type: discover, with: {source: "{{ source }}"}}'
    expect(problemsOf(pipeline(`${input}\n${PUBLISH}`, '{}', 'inputs: {source: {type: string, default: a.csv}}\n'))).toEqual([
      '8:5 not-given tests.0: the step `find` reads what the input `source` names, which the test does not give',
    ])
  })
})

describe('what a step writes', () => {
  const SHOP = 'connections: {shop: {type: postgresql, host: db.example.com, database: shop, user: me, password: "${secret.PASSWORD}"}}\n'

  it.each([
    ['a folder', '{to: processed/orders, partition_by: [region], mode: append}', ''],
    ['an absolute path', '{to: /srv/data/orders.csv}', ''],
    ['a bucket', '{to: "s3://acme-lake/orders/", format: csv}', ''],
    ['a table', '{to: "sqlite:///srv/shop.db/orders", mode: merge, keys: [id]}', ''],
    ['a connection', '{to: {connection: shop, table: orders}}', SHOP],
    ['a name for each source', '{to: "/srv/{source.name}.csv"}', ''],
    ['an input', '{to: "{{ folder }}/orders"}', 'inputs: {folder: {type: string, default: out}}\n'],
  ])('goes below the folder of the test, as rows: %s', (_, settings, head) => {
    const compiled = underTest(pipeline(`${FIND}\n  - {id: publish, type: export, with: ${settings}}`, '{find: [{id: 1}]}', head))
    expect(settingsOf(compiled)['publish']).toEqual({ to: `${FOLDER}/out/publish/rows`, mode: 'replace' })
    expect(compiled.text).not.toMatch(/s3:\/\/|postgres|sqlite|\/srv\/|example\.com|PASSWORD|processed/)
  })

  it('goes there from the fallbacks of a step, too', () => {
    const steps = `${FIND}\n  - {id: publish, type: export, with: {to: out}, on_error: {fallback: [{to: /srv/other}]}}`
    const compiled = underTest(pipeline(steps, '{find: [{id: 1}]}'))
    expect(compiled.plan.fallbacks['publish']).toMatchObject([{ sink: { with: { to: `${FOLDER}/out/publish/rows` } } }])
    expect(compiled.text).not.toContain('/srv/')
  })

  it('keeps the end of its name, which can say the format', () => {
    const steps = `${FIND}
  - {id: tidy, type: clean, with: {rules: [{missing: auto}], quarantine: "{{ folder }}/_quarantine/"}}
${PUBLISH}
  - {id: summary, type: report, with: {from: publish, to: "s3://acme-lake/reports/orders.html"}}
  - {id: daily, type: report, with: {from: publish, to: "{{ folder }}/{{ ds }}.txt"}}
  - {id: keep, type: archive, with: {files: "{{ publish.result.inputs }}", to: /srv/archive/}}`
    const compiled = underTest(pipeline(steps, '{find: [{id: 1}]}', 'inputs: {folder: {type: string, default: /srv/out}}\n'))
    const settings = settingsOf(compiled)
    expect(settings['summary']?.['to']).toBe(`${FOLDER}/out/summary/orders.html`)
    expect(settings['daily']?.['to']).toMatch(/^\{% '\/tmp\/test-1\/out\/daily\/' & \$split\(.*\[-1\] %\}$/)
    expect(settings['tidy']?.['quarantine']).toMatch(/^\{% '\/tmp\/test-1\/out\/tidy\/' & /)
    expect(settings['keep']?.['to']).toBe(`${FOLDER}/out/keep/`)
  })

  it('is no message, and nothing for a service', () => {
    const head = `notifications: {on_success: {type: webhook, url: "https://example.com/hooks/x"}}
monitoring: {tracing: {exporter: otlp}, alerts: [{name: slow, metric: duration, threshold: 1s}]}
`
    const steps = `${FIND}
${PUBLISH}
  - {id: trace, type: lineage, with: {endpoint: "https://example.com", api_key: "\${secret.LINEAGE}"}}
  - {id: tell, type: notify, with: {type: slack, url: "\${secret.SLACK_URL}", text: "{{ rows.out }} rows"}}`
    const compiled = underTest(pipeline(steps, '{find: [{id: 1}]}', head))
    const settings = settingsOf(compiled)
    expect(settings['trace']).not.toHaveProperty('endpoint')
    expect(settings['tell']).toMatchObject({ type: 'email', to: ['nobody@example.invalid'], text: { template: '{{ rows.out }} rows' } })
    expect(compiled.plan.notices).toBeUndefined()
    expect(compiled.definition.monitoring).toMatchObject({ alerts: [], metrics: [] })
    expect(compiled.definition.monitoring).not.toHaveProperty('tracing')
    expect(compiled.text).not.toMatch(/SLACK|LINEAGE|example\.com\/|example\.com"/)
  })
})

describe('a step that leads out of a pipeline', () => {
  it.each([
    ['type: shell, with: {run: ls}', 'its commands can change anything on this machine'],
    ['type: lambda, with: {function_name: price-fn}', 'the function that it calls can change anything'],
    ['type: approval', 'it waits for the decision of a person'],
    ['type: archive, with: {files: [in/a.csv], to: kept}', 'it moves files that are named in the definition or in an input'],
    [`type: archive, with: {files: "{% ['in/a.csv'] %}", to: kept}`, 'it moves files that are named in the definition or in an input'],
  ])('makes a definition with tests wrong: %s', (step, why) => {
    const text = pipeline(`${FIND}\n${PUBLISH}\n  - {id: out, ${step}}`, '{find: [{id: 1}]}')
    expect(problemsOf(text)).toEqual([`6:5 not-testable steps.2: a test cannot run the step \`out\`: ${why}`])
    const twice = `${text}  - {name: other, given: {find: [{id: 1}]}, expect: {status: success}}\n`
    expect(problemsOf(twice)).toHaveLength(1)
    expect(problemsOf(text.slice(0, text.indexOf('tests:')))).toEqual([])
  })
})
