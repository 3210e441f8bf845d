/** Phrases between <AUTO> and </AUTO>, from the file to the rows that are published. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { phrases } from '#language/definition/dialects/phrases/dialect.ts'
import { MEANINGS } from '#language/definition/dialects/phrases/meanings.ts'
import { resolve } from '#language/definition/dialects/phrases/resolve.ts'
import { contentOf } from '#language/definition/dialects/phrases/words.ts'
import { liftPhrases } from '#language/definition/lift-phrases.ts'
import { runDefinition, workplace } from '../../kit/run-pipeline.ts'
import { definitionOf, problemsOf } from './problems-of.ts'

const place = workplace()
afterAll(place.clear)

const HEAD = `name: Orders of 2024
inputs:
  source: {type: string, required: true}
steps:
  - id: find
    action: <AUTO>discover all data sources matching pattern {{source}}</AUTO>
`
const stepsOf = (text: string) =>
  definitionOf(text).steps.map((step) => ('parallel' in step ? step : { id: step.id, type: step.type, with: step.with }))
const resolved = (text: string, inputs: readonly string[] = []) => resolve({ text, inputs: new Set(inputs) })
const compiledWith = (text: string, lock?: string) =>
  compile(text, { file: 'orders.yaml', readFile: (path) => (path === 'orders.auto.lock.yaml' ? lock : undefined) })
const lockOf = (text: string, lock?: string) => {
  const compiled = compiledWith(text, lock)
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join('; '))
  return compiled
}

describe('a list of phrases', () => {
  it('runs: reads, cleans and publishes', async () => {
    const source = place.write('visits.csv', 'id,city\n1,Bern\n1,Bern\n2, Basel \n3,Chur\n')
    const out = join(place.folder, 'out')
    const text = phrases.example.replace('data/visits*.csv', source).replace('out/', `${out}/`)
    const run = await runDefinition(text, { store: join(place.folder, 'store') })
    expect({ status: run.status, cause: run.cause }).toEqual({ status: 'SUCCEEDED', cause: undefined })
    expect(run.ledger).toMatchObject({ balanced: true, rows: { in: 4 } })
    const [file] = (JSON.parse(readFileSync(join(out, '_manifest.json'), 'utf8')) as { files: { name: string }[] }).files
    expect(readFileSync(join(out, file?.name ?? ''), 'utf8')).toContain('2,')
  })

  it('has an id from its name, and version 1', () => {
    expect(definitionOf(HEAD)).toMatchObject({ version: 1, id: 'orders_of_2024', name: 'Orders of 2024' })
  })

  it('is YAML also where prose would not be', () => {
    const text = `${HEAD}  - id: tidy
    action: <AUTO>clean data: handle missing values, # as people write
      standardize formats</AUTO>
  - id: check
    action: <AUTO>validate data against business rules:
      - Customer age between 18 and 120
      - Order amount > 0
      - Email format is valid
      - Phone numbers are standardized
      Return violations with severity</AUTO>
    condition: "{{source}} == 'x'"
  - {id: publish, action: <AUTO>export data to out/, as csv</AUTO>}
`
    expect(stepsOf(text)).toMatchObject([
      { id: 'find', type: 'discover', with: { source: '{% $inputs.source %}' } },
      { id: 'tidy', type: 'clean', with: { rules: [{ standardize: expect.anything() }, { missing: 'auto' }] } },
      {
        id: 'check',
        type: 'validate',
        with: {
          rules: [
            { rule_type: 'range', column: 'age', min: 18, max: 120 },
            { rule_type: 'expression' },
            { rule_type: 'email', column: 'email' },
            { rule_type: 'phone', column: 'phone', severity: 'warning' },
          ],
        },
      },
      { id: 'publish', type: 'export', with: { to: 'out/', format: 'csv' } },
    ])
  })

  it('reports problems behind a phrase where they are written', () => {
    const text = `${HEAD}  - id: tidy\n    action: <AUTO>clean data: remove\n      duplicates</AUTO>\n    retry: {max_attempt: 2}\n`
    expect(problemsOf(text)).toMatchObject([{ code: 'unknown-key', line: 10, column: 13, path: 'steps.1.retry.max_attempt' }])
    expect(liftPhrases(text)).toHaveLength(text.length)
  })

  it('leaves text without phrases as it is, and text with private characters', () => {
    expect(liftPhrases('a: [1, 2] # :')).toBe('a: [1, 2] # :')
    expect(liftPhrases('a: \uE000 <AUTO>b: c</AUTO>')).toBe('a: \uE000 <AUTO>b: c</AUTO>')
  })

  it('has steps with a type beside those with a phrase', () => {
    expect(stepsOf(`${HEAD}  - {id: out, type: export, with: {to: out, format: csv}}\n`)).toMatchObject([
      { type: 'discover' },
      { type: 'export' },
    ])
    const both = problemsOf(`${HEAD}  - {id: out, action: <AUTO>export data to out/</AUTO>, type: export}\n`)
    expect(both).toMatchObject([{ path: 'steps.1.type', hint: 'a step has an `action` or a `type`: remove one of them' }])
  })

  it('says what to do about errors: in words, and in numbers', () => {
    const text = `${HEAD}  - id: out
    action: <AUTO>export data to out/ as parquet</AUTO>
    on_error:
      action: <AUTO>wait and retry with exponential backoff or switch to alternative format</AUTO>
      retry_count: 5
      retry_delay: 10
      fallback_value: json
`
    expect(definitionOf(text).steps[1]).toMatchObject({
      retry: { max_attempts: 5, interval: 10, backoff_rate: 2 },
      on_error: { fallback: [{ format: 'json' }] },
    })
  })

  it('counts iterations as items at a time, or as the most items', () => {
    const loop = (more: string) =>
      `${HEAD}  - id: look\n    action: <AUTO>profile data quality</AUTO>\n    loop: {foreach: "{{ find.result.sources }}", max_iterations: 10${more}}\n`
    expect(definitionOf(loop(', parallel: true')).steps[1]).toMatchObject({ loop: { max_concurrency: 10 } })
    expect(definitionOf(loop('')).steps[1]).toMatchObject({ loop: { max_items: 10 } })
  })

  it('says what no step does', () => {
    const text = `${HEAD}  - id: types\n    action: <AUTO>analyze schema and validate data types, required fields, and relationships</AUTO>\n`
    const compiled = lockOf(text)
    expect(compiled.warnings).toMatchObject([{ code: 'phrase-not-covered', line: 8, path: 'steps.1.action' }])
    expect(compiled.lock?.text).toContain('not_covered:\n      - relationships')
  })
})

describe('a phrase', () => {
  it.each([
    ['discover all data sources matching pattern {{source}} and gather metadata including schemas and statistics', 'discover'],
    ['identify new or modified records since last processing by updated_at', 'detect_changes'],
    ['analyze schema and validate data types, required fields, and relationships', 'schema'],
    ['profile data quality including completeness, consistency, and anomalies', 'profile'],
    ['clean data: handle missing values, standardize formats, remove duplicates, fix inconsistencies', 'clean'],
    ['removing duplicate records', 'clean'],
    ['add calculated fields and derived metrics', 'transform'],
    ['validate processed data meets requirements', 'validate'],
    ['export data to {{output_path}} as {{output_format}}', 'export'],
    ['Save the results to s3://lake/clean/ as Parquet', 'export'],
    ['document data transformations and lineage', 'lineage'],
    ['track performance and generate alerts', 'monitor'],
  ])('%s: %s', (text, type) => {
    expect(resolved(text)).toMatchObject({ type })
  })

  it('takes thresholds from inputs of the usual names', () => {
    expect(resolved('validate output meets requirements', ['quality_threshold'])).toMatchObject({
      with: { rules: [{ rule_type: 'row_count' }, { min: '{{ inputs.quality_threshold }}' }] },
    })
    expect(resolved('monitor performance', ['sla_seconds'])).toMatchObject({ with: { sla_seconds: '{{ inputs.sla_seconds }}' } })
  })

  it.each([
    ['make everything nice', /not clear enough: "make everything nice"/, /^nearest: \w+ \(.*0\.6 is required/],
    ['discover all data sources', /does not say what to read/, /matching \{\{ source \}\}/],
    ['export the data as csv', /does not say where to publish/, /output_path/],
    ['identify modified records', /does not name the column/, /updated_at/],
    ['validate data against rules:\n- the moon is full', /no rule is known for the item "the moon is full"/, /amount > 0/],
  ])('that is not clear is an error: %s', (text, what, hint) => {
    expect(resolved(text)).toMatchObject({ what: expect.stringMatching(what), hint: expect.stringMatching(hint) })
  })
})

describe('a lock', () => {
  const text = `${HEAD}  - id: tidy\n    action: <AUTO>remove duplicates</AUTO>\n`
  const lock = lockOf(text).lock?.text ?? ''

  it('is the same twice, and stands beside the definition', () => {
    expect(lockOf(text).lock).toEqual({ file: 'orders.auto.lock.yaml', text: lock })
    expect(lockOf(text, lock).lock?.text).toBe(lock)
    expect(lockOf(text, lock).hash).toBe(lockOf(text).hash)
  })

  it('is followed where a person corrected it, until the phrase changes', () => {
    const corrected = lock.replace('keys: auto', 'keys: [code]')
    expect(corrected).not.toBe(lock)
    expect(lockOf(text, corrected).text).toContain('"code"')
    expect(lockOf(text, corrected).lock?.text).toContain('- code')
    expect(lockOf(text.replace('remove duplicates', 'remove all duplicates'), corrected).text).not.toContain('"code"')
    // only white space: the same phrase
    expect(lockOf(text.replace('remove duplicates', 'remove\n      duplicates'), corrected).text).toContain('"code"')
  })

  it('has problems of its own, in its own lines', () => {
    const compiled = compiledWith(text, lock.replace('confidence: 1', 'confidense: 1'))
    expect(compiled.ok ? [] : compiled.problems).toMatchObject([
      { file: 'orders.auto.lock.yaml', line: 7, what: expect.stringContaining('`confidense`') },
    ])
    const broken = compiledWith(text, 'steps: [')
    expect(broken.ok ? [] : broken.problems).toMatchObject([{ file: 'orders.auto.lock.yaml', code: 'yaml-bracket' }])
  })

  it('with settings that do not exist is a problem of the step', () => {
    const compiled = compiledWith(text, lock.replace('keys: auto', 'key: auto'))
    expect(compiled.ok ? [] : compiled.problems).toMatchObject([{ path: 'steps.1.action', line: 8 }])
  })
})

describe('docs/phrases.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/phrases.md'), 'utf8')

  it('shows a definition that compiles', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? []
    const compiled = lockOf(example)
    expect(compiled.warnings).toEqual([])
    expect(compiled.definition.steps).toMatchObject([{ type: 'discover' }, { type: 'clean' }, { type: 'export' }])
  })

  it('lists the meanings with words that they are recognised by', () => {
    const rows = [...page.matchAll(/^\| (\w+) \| ([^|]+) \|/gm)].filter(([, type = '']) => MEANINGS.some((one) => one.type === type))
    expect(rows.map(([, type]) => type)).toEqual(MEANINGS.map(({ type }) => type))
    for (const [, type = '', words = ''] of rows) {
      const { words: known } = MEANINGS.find((one) => one.type === type) as (typeof MEANINGS)[number]
      expect(contentOf(words.replaceAll(/[,;]/g, ' ')).filter((word) => !known.has(word))).toEqual([])
    }
  })
})
