import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { pipelineJsonSchema } from '#language/definition/pipeline-schema.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { STEP_KINDS } from '#steps/index.ts'
import type { StepKind } from '#steps/kind/step.ts'
import { mutations } from '../../kit/mutate-keys.ts'
import { DEFINITIONS } from './definitions.ts'

const schema = pipelineJsonSchema()

/** Whether a value fits a draft-07 schema: the keywords the pipeline schema uses, and no others. */
function fits(rule: Json, value: Json): boolean {
  if (typeof rule === 'boolean') return rule
  return Object.entries(rule as JsonObject).every(([keyword, given]) => {
    const check = KEYWORDS[keyword]
    if (check === undefined) throw new Error(`the schema uses the keyword ${keyword}`)
    return check(given as never, value, rule as JsonObject)
  })
}

const isObject = (value: Json): value is JsonObject => value !== null && typeof value === 'object' && !Array.isArray(value)
const typeName = (value: Json) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
const hasType = (type: string, value: Json) => typeName(value) === type || (type === 'integer' && Number.isInteger(value))
const lookUp = (reference: string) =>
  reference
    .slice(2)
    .split('/')
    .reduce<Json>((at, step) => (at as JsonObject)[step] as Json, schema)
const always = () => true

const KEYWORDS: Record<string, (given: never, value: Json, rule: JsonObject) => boolean> = {
  $schema: always,
  title: always,
  description: always,
  default: always,
  definitions: always,
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: always,
  else: always,
  if: (given: Json, value, rule) => fits((fits(given, value) ? rule['then'] : rule['else']) ?? true, value),
  $ref: (given: string, value) => fits(lookUp(given), value),
  type: (given: string | string[], value) => [given].flat().some((type) => hasType(type, value)),
  const: (given: Json, value) => given === value,
  enum: (given: Json[], value) => given.includes(value),
  anyOf: (given: Json[], value) => given.some((one) => fits(one, value)),
  oneOf: (given: Json[], value) => given.filter((one) => fits(one, value)).length === 1,
  allOf: (given: Json[], value) => given.every((one) => fits(one, value)),
  not: (given: Json, value) => !fits(given, value),
  required: (given: string[], value) => !isObject(value) || given.every((key) => value[key] !== undefined),
  properties: (given: JsonObject, value) =>
    !isObject(value) || Object.entries(value).every(([key, own]) => given[key] === undefined || fits(given[key] as Json, own)),
  additionalProperties: (given: Json, value, rule) =>
    !isObject(value) ||
    Object.entries(value).every(([key, own]) => (rule['properties'] as JsonObject | undefined)?.[key] !== undefined || fits(given, own)),
  propertyNames: (given: Json, value) => !isObject(value) || Object.keys(value).every((key) => fits(given, key)),
  minProperties: (given: number, value) => !isObject(value) || Object.keys(value).length >= given,
  maxProperties: (given: number, value) => !isObject(value) || Object.keys(value).length <= given,
  items: (given: Json, value) => !Array.isArray(value) || value.every((item) => fits(given, item as Json)),
  minItems: (given: number, value) => !Array.isArray(value) || value.length >= given,
  maxItems: (given: number, value) => !Array.isArray(value) || value.length <= given,
  minLength: (given: number, value) => typeof value !== 'string' || value.length >= given,
  maxLength: (given: number, value) => typeof value !== 'string' || value.length <= given,
  pattern: (given: string, value) => typeof value !== 'string' || new RegExp(given).test(value),
  minimum: (given: number, value) => typeof value !== 'number' || value >= given,
  maximum: (given: number, value) => typeof value !== 'number' || value <= given,
  exclusiveMinimum: (given: number, value) => typeof value !== 'number' || value > given,
  exclusiveMaximum: (given: number, value) => typeof value !== 'number' || value < given,
}

describe('the schema for editors', () => {
  it.each(Object.entries(DEFINITIONS))('accepts %s', (_name, text) => {
    expect(fits(schema, parse(text))).toBe(true)
  })

  it('accepts every example of every kind', () => {
    const examples = (STEP_KINDS as readonly StepKind[]).flatMap((kind) => kind.examples.map(({ yaml }) => parse(yaml) as Json))
    expect(examples.length).toBeGreaterThan(9)
    for (const example of examples) expect(fits(schema, { version: 1, id: 'a', steps: [example] }), JSON.stringify(example)).toBe(true)
  })

  const stepFits = (yaml: string) => fits(schema, { version: 1, id: 'a', steps: [parse(yaml) as Json] })

  it.each([
    '{id: place, uses: ./steps/geocode.ts, with: {column: city, anything: [1]}, on_error: {max_bad_rows: 50%}}',
    '{id: place, uses: ./steps/geocode.ts}',
    '{name: Place, type: function, uses: ./steps/geocode.ts, depends_on: [find]}',
    '{id: place, type: function, with: {uses: ./steps/geocode.ts, settings: {column: city}}}',
    '{id: call, function_name: acme, payload: {a: 1}}',
    '{name: Set up, run: mkdir out}',
    '{parallel: [{id: place, uses: ./a.ts}, {name: Set up, run: mkdir out}]}',
  ])('accepts the step %s', (yaml) => {
    expect(stepFits(yaml)).toBe(true)
  })

  it.each([
    '{id: place}',
    '{id: place, uses: 1}',
    '{uses: ./a.ts}',
    '{id: place, uses: ./a.ts, settings: {column: city}}',
    '{id: place, uses: ./a.ts, type: export}',
    '{id: place, uses: ./a.ts, with: city}',
    '{id: place, type: function, with: {column: city}}',
    '{id: call, payload: {a: 1}}',
    '{id: call, function_name: acme, type: lambda}',
    '{name: Set up, run: mkdir out, with: {}}',
  ])('refuses the step %s', (yaml) => {
    expect(stepFits(yaml)).toBe(false)
  })

  it.each(Object.entries(DEFINITIONS))('refuses %s with any key of the language renamed', (_name, text) => {
    // that a name is declared and used is more than a schema can say, and so is what an event pattern may hold
    const named = /^inputs\.[^.]+$|^config\.|^(schedule|triggers\.\d+)\.(inputs|params)\.|\.filter_criteria\./
    const keys = [...mutations(text)].filter(({ path }) => !named.test(path))
    const accepted = keys.filter((mutation) => fits(schema, parse(mutation.text)))
    expect(accepted.map(({ path, renamed }) => `${path} renamed to ${renamed}`)).toEqual([])
  })

  it('describes every key of the language, and every setting of every kind', () => {
    const definitions = schema['definitions'] as { [name: string]: JsonObject }
    const untold = [['pipeline', schema] as const, ...Object.entries(definitions)].flatMap(([name, rule]) =>
      Object.entries(rule['properties'] as JsonObject).flatMap(([key, own]) =>
        (own as JsonObject)['description'] === undefined ? [`${name}.${key}`] : [],
      ),
    )
    expect(untold).toEqual([])
  })

  it('is the same text each time, and holds nothing of ours alone', () => {
    const text = JSON.stringify(schema)
    expect(JSON.stringify(pipelineJsonSchema())).toBe(text)
    expect(text).not.toMatch(/"unsupported"|9007199254740991|__schema/)
  })
})
