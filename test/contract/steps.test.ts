/** The contract of step kinds. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { compile } from '#language/compiler/compile.ts'
import { jsonSchemaOf, type JsonSchema } from '#language/definition/json-schema.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { STEP_KINDS } from '#steps/index.ts'
import type { AssetReader } from '#language/definition/asset-reader.ts'
import type { StepKind } from '#steps/kind/step.ts'
import { runDefinition, type TestRun, type Workplace, workplace } from '../kit/run-pipeline.ts'

const KINDS = STEP_KINDS as unknown as readonly StepKind[]

/** A definition in which the step stands where it can stand. */
function definitionWith(step: string, kind: StepKind, before: readonly string[] = []): string {
  const item = step.trimEnd().split('\n')
  const find = kind.shape === 'scan' ? '' : '  - {id: find, type: discover, with: {source: data/*.csv}}\n'
  return `version: 1\nid: example\nsteps:\n${find}${before.map((one) => `  - ${one}\n`).join('')}  - ${item.join('\n    ')}\n`
}

/** Code of examples; it is not run. */
const EXAMPLE_CODE: AssetReader = () => ({ content: Buffer.from('export default {}') })

const settingsOf = (yaml: string) => ((parse(yaml) as { with?: JsonObject }).with ?? {}) as JsonObject

describe.each(KINDS)('the step kind $kind', (kind) => {
  it.each(kind.examples)('example "$title" compiles', ({ yaml, before }) => {
    const compiled = compile(definitionWith(yaml, kind, before), { file: 'example.yaml', readAsset: EXAMPLE_CODE })
    expect(compiled.ok ? [] : compiled.problems.map(({ what }) => what)).toEqual([])
  })

  it.each(kind.examples)('example "$title": an unknown setting is refused with its position', ({ yaml, before }) => {
    const settings = { ...settingsOf(yaml), zzz: 1 }
    const step = { ...(parse(yaml) as JsonObject), with: settings }
    const compiled = compile(definitionWith(JSON.stringify(step), kind, before), { file: 'example.yaml', readAsset: EXAMPLE_CODE })
    expect(compiled.ok ? [] : compiled.problems.map(({ code, path }) => `${code} ${path}`)).toContainEqual(
      expect.stringMatching(/^unknown-\w+ steps\.\d+\.with\.zzz$/),
    )
  })

  it('describes every setting', () => {
    expect(undescribed(jsonSchemaOf(kind.config), kind.kind)).toEqual([])
  })

  it.each(kind.examples)('example "$title": what is left out has its default in the schema', ({ yaml }) => {
    const given = settingsOf(yaml)
    const parsed = kind.config.parse(given) as JsonObject
    expect(defaultsMissing(jsonSchemaOf(kind.config), given, parsed, 'with')).toEqual([])
  })

  it('has a summary and describes its results', () => {
    for (const text of [kind.summary, ...Object.values(kind.result)]) expect(text).toMatch(/^[A-Z1].*[.]$/s)
    expect(kind.description.length).toBeGreaterThan(kind.summary.length)
  })
})

/** Settings without a description, by path. */
function undescribed(schema: JsonSchema, path: string): string[] {
  // the form a task is given has no words for people
  if (['row expression', 'message text', 'condition', 'file'].includes(schema.title ?? '')) return []
  const { properties = {}, items, anyOf = [], oneOf = [], allOf = [], additionalProperties } = schema
  const branches = [...anyOf, ...oneOf, ...allOf, ...(items === undefined ? [] : [items].flat())]
  const inner = typeof additionalProperties === 'object' ? [additionalProperties] : []
  return [
    ...Object.entries(properties).flatMap(([name, property]) => [
      // `rule_type` distinguishes the rules and is described with them
      ...(property.description === undefined && property.const === undefined ? [`${path}.${name}`] : []),
      ...undescribed(property, `${path}.${name}`),
    ]),
    ...[...branches, ...inner].flatMap((branch) => undescribed(branch, path)),
  ]
}

/** Settings that have a value after parsing, were not given, and whose default the schema does not say. */
function defaultsMissing(schema: JsonSchema, given: JsonObject, parsed: JsonObject, path: string): string[] {
  return Object.entries(parsed).flatMap(([name, value]) => {
    const property = schema.properties?.[name]
    if (value === undefined || property === undefined) return []
    const own = given[name]
    if (own === undefined)
      return isDefault(property, value as Json)
        ? []
        : [`${path}.${name}: ${JSON.stringify(property.default)} is not ${JSON.stringify(value)}`]
    return isMapping(own) && isMapping(value) ? defaultsMissing(property, own, value, `${path}.${name}`) : []
  })
}

const isMapping = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A mapping whose parts have defaults says them in the parts. */
function isDefault(property: JsonSchema, value: Json): boolean {
  if (JSON.stringify(property.default) === JSON.stringify(value)) return true
  return (
    isMapping(value) &&
    Object.entries(value).every(([name, part]) => JSON.stringify(property.properties?.[name]?.default) === JSON.stringify(part))
  )
}

const OWN = `export default { name: 'own', rows: (batch, { metrics }) => (metrics.add('rows', batch.length), batch) }`

describe('results', () => {
  let place: Workplace
  let run: TestRun
  beforeAll(async () => {
    place = workplace()
    const source = place.write('in/orders.csv', 'id,amount,ordered\n1,5,2024-01-31\n2,,2024-02-01\n2,7,2024-02-02\n')
    const out = join(place.folder, 'out')
    const definition = `version: 1
id: everything
steps:
  - {id: arrived, type: sensor, with: {for: ${source}, settle: 0s}}
  - {id: agreed, type: approval, with: {timeout: 0s, on_timeout: skip}}
  - {id: found, type: discover, with: {source: ${source}}}
  - {id: fresh, type: detect_changes, with: {column: ordered}}
  - {id: checked, type: schema}
  - {id: profiled, type: profile}
  - {id: looked, type: detect_anomalies}
  - {id: cleaned, type: clean, with: {rules: [{missing: {columns: [amount], strategy: mean}}]}}
  - {id: more, type: transform, with: {columns: {double: amount * 2}}}
  - {id: valid, type: validate, with: {rules: [{rule_type: unique, column: id, severity: warning}]}}
  - {id: mine, type: function, with: {uses: own.js}}
  - {id: by_id, type: transform, with: {operations: [{aggregate: {by: [id], columns: {total: sum(amount)}}}]}}
  - {id: chosen, type: sql, with: {sql: 'SELECT * FROM rows WHERE total > 6', keys: [id], may_filter: true}}
  - {id: called, type: lambda, with: {function_name: price-fn, payload: {rows: "{{ by_id.result.rows }}"}}}
  - {id: published, type: export, with: {to: ${out}}}
  - {id: verified, type: verify}
  - {id: summary, type: report, with: {from: published, to: ${out}.txt}}
  - {id: open, type: gate, with: {pass_when: true}}
  - {id: figures, type: stats}
  - {id: commands, type: shell, with: {run: 'true'}}
  - {id: kept, type: archive, with: {files: [${source}], to: ${join(place.folder, 'archive')}, mode: copy}}
  - {id: traced, type: lineage}
  - {id: watched, type: monitor, with: {alerts: [{name: never, when: rows_in > 100}]}}
  - {id: told, type: notify, with: {type: email, to: [data-team@example.com]}}
  - {name: Later, todo: true}
`
    const functions = { 'price-fn': (event: Json) => ({ given: event }) }
    run = await runDefinition(definition, {
      store: join(place.folder, 'store'),
      folder: place.folder,
      functions,
      assets: { 'own.js': OWN },
    })
  })
  afterAll(() => place.clear())

  const STEPS = {
    arrived: 'sensor',
    agreed: 'approval',
    found: 'discover',
    fresh: 'detect_changes',
    checked: 'schema',
    profiled: 'profile',
    looked: 'detect_anomalies',
    cleaned: 'clean',
    more: 'transform',
    valid: 'validate',
    mine: 'function',
    by_id: 'transform',
    chosen: 'sql',
    called: 'lambda',
    published: 'export',
    verified: 'verify',
    summary: 'report',
    open: 'gate',
    figures: 'stats',
    commands: 'shell',
    kept: 'archive',
    traced: 'lineage',
    watched: 'monitor',
    told: 'notify',
    later: 'todo',
  }

  it('of every kind are tested here', () => {
    expect([...new Set(Object.values(STEPS))].sort()).toEqual(KINDS.map(({ kind }) => kind).sort())
  })

  it.each(Object.entries(STEPS))('of %s are those that %s declares', (id, kind) => {
    expect(run.cause).toBeUndefined()
    const declared = Object.keys(KINDS.find((one) => one.kind === kind)?.result ?? {})
    expect(Object.keys(resultOf(run, id)).sort()).toEqual(declared.sort())
  })

  it('hold what the words say', () => {
    expect(resultOf(run, 'found')).toMatchObject({
      count: 1,
      records: 3,
      columns: 3,
      unreadable: 0,
      sources: [{ name: 'orders.csv', rows: 3 }],
    })
    expect(resultOf(run, 'arrived')).toEqual({
      found: true,
      count: 1,
      files: [{ uri: join(place.folder, 'in/orders.csv'), name: 'orders.csv', bytes: 62 }],
      bytes: 62,
      waited_seconds: 0,
    })
    expect(resultOf(run, 'fresh')).toEqual({ count: 3, since: null, until: '2024-02-02' })
    expect(resultOf(run, 'checked')).toEqual({ columns: 3, drift: 0, orphans: 0 })
    expect(resultOf(run, 'looked')).toEqual({ anomalies: 0, rows: 0, drifted: 0, compared: 0 })
    // one of nine cells is missing; no two rows are the same
    expect(resultOf(run, 'profiled')).toMatchObject({
      completeness: 8 / 9,
      validity: 1,
      uniqueness: 1,
      consistency: 1,
      score: (8 / 9 + 3) / 4,
      issues: 1,
    })
    expect(resultOf(run, 'cleaned')).toEqual({ issues: 1, cells: 1, quarantined: 0, deduplicated: 0 })
    expect(resultOf(run, 'more')).toEqual({ columns: 1, rows: 3, filtered: 0 })
    expect(resultOf(run, 'valid')).toEqual({ rules: 1, failed: 1, violations: 1 })
    expect(resultOf(run, 'mine')).toEqual({ rows: 3, rejected: 0, metrics: { rows: 3 } })
    expect(resultOf(run, 'by_id')).toEqual({ columns: 1, rows: 2, filtered: 0 })
    expect(resultOf(run, 'chosen')).toEqual({ rows: 1, filtered: 1, columns: 2 })
    expect(resultOf(run, 'published')).toMatchObject({ rows: 1, files: 1 })
    expect(resultOf(run, 'kept')).toEqual({ files: 1, bytes: 62 })
    expect(resultOf(run, 'traced')).toEqual({ events: 2, columns: 2 })
    expect(resultOf(run, 'watched')).toMatchObject({ alerts: 0 })
  })
})

/** The result of a step, from whichever task gave it. */
function resultOf({ results }: TestRun, id: string): JsonObject {
  for (const { event, result } of results) {
    const steps = result['steps'] as Record<string, JsonObject> | undefined
    if (steps?.[id] !== undefined) return steps[id]
    if (event.step === id && result['result'] !== undefined && result['report'] !== undefined) return result['result'] as JsonObject
  }
  throw new Error(`no task gave a result of ${id}`)
}
