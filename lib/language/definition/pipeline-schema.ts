/** The JSON Schema of definitions, for editors: keys and values with descriptions, and `with` by the step's `type`. */
import type { Json, JsonObject } from '#core/json.ts'
import { STEP_KINDS } from '#steps/index.ts'
import type { StepKind } from '#steps/kind/step.ts'
import { isMapping } from './build-values.ts'
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts'
import { inputDeclaration, parallel, step, top } from './schema.ts'
import { SHORTHANDS } from './shorthands/index.ts'
import { targetSettingsOf } from './shorthands/published-rows.ts'
import { SHORT_FORMS, STEPS } from './shorthands/spellings.ts'

/** What has settings: a kind of step, or a shorthand. */
type Settings = Pick<StepKind, 'kind' | 'summary' | 'config'>

/** A schema (draft-07) generated from the schemas of the language; deterministic. */
export function pipelineJsonSchema(): JsonObject {
  const kinds: readonly Settings[] = [...(STEP_KINDS as readonly StepKind[]), ...SHORTHANDS]
  const definition = published(jsonSchemaOf(top)) as JsonObject & { properties: JsonObject }
  const inputs = definition.properties['inputs'] as JsonObject
  const items = when({ required: ['parallel'] }, { $ref: '#/definitions/parallel' }, { else: { $ref: '#/definitions/step' } })
  const steps = { ...(definition.properties['steps'] as JsonObject), items }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...definition,
    title: 'A siftstep pipeline',
    properties: {
      ...definition.properties,
      inputs: { ...inputs, additionalProperties: published(jsonSchemaOf(inputDeclaration)) },
      steps,
      ...Object.fromEntries(STEPS.map((key) => [key, { ...steps, description: 'The same as `steps`.' }])),
      on_failure: {
        description: (definition.properties['on_failure'] as JsonObject)['description'] ?? '',
        anyOf: [{ $ref: '#/definitions/step' }, { type: 'array', minItems: 1, items: { $ref: '#/definitions/step' } }],
      },
      finally: { ...(definition.properties['finally'] as JsonObject), items: { $ref: '#/definitions/step' } },
    },
    required: (definition['required'] as string[]).filter((key) => key !== 'steps'),
    anyOf: ['steps', ...STEPS].map((key) => ({ required: [key] })),
    definitions: {
      step: stepSchema(kinds),
      parallel: parallelSchema(),
      ...Object.fromEntries(kinds.map((kind) => [kind.kind, settingsSchema(kind)])),
    },
  }
}

function stepSchema(kinds: readonly Settings[]): JsonObject {
  const { properties, ...rest } = published(jsonSchemaOf(step)) as JsonObject & { properties: JsonObject }
  const type = { ...(properties['type'] as JsonObject), enum: kinds.map((kind) => kind.kind) }
  const beside = [{ keys: [OWN_FILE], type: OWN_KIND }, ...SHORT_FORMS].flatMap(({ keys, type: kind }) =>
    keys.map((key) => [key, { description: `\`${key}\` of a ${kind} step.`, allOf: [settingOf(kind, key)] }] as const),
  )
  return {
    ...rest,
    required: [],
    // a step without an id is called by its name
    anyOf: [{ required: ['id'] }, { required: ['name'] }],
    properties: {
      ...properties,
      type,
      with: { description: 'The settings.' },
      ...Object.fromEntries(beside),
    },
    allOf: [
      { anyOf: [['type'], [OWN_FILE], ...SHORT_FORMS.map(({ keys }) => [keys[0]])].map((required) => ({ required })) },
      ...SHORT_FORMS.flatMap(shortForm),
      when(
        { required: [OWN_FILE] },
        { properties: { type: { const: OWN_KIND }, with: { type: 'object', description: 'The settings that the file declares.' } } },
      ),
      ...kinds.map(settingsByType),
    ],
  }
}

/** A step with `uses` beside its id: its `with` holds the settings of the author's own, whatever the file declares. */
const OWN_FILE = 'uses'
const OWN_KIND = 'function'

const settingOf = (kind: string, name: string): JsonObject => ({ $ref: `#/definitions/${kind}/properties/${name}` })

/** Settings beside the id stand in place of `type` and `with`, and those that follow the first need it. */
const shortForm = ({ keys: [main, ...more] }: (typeof SHORT_FORMS)[number]): readonly JsonObject[] => [
  when({ required: [main] }, { not: { anyOf: [{ required: ['type'] }, { required: ['with'] }] } }),
  ...more.map((key) => when({ required: [key] }, { required: [main] })),
]

/** The schemas that a schema refers to move with it. */
function settingsSchema(kind: Settings): JsonObject {
  const { definitions, ...schema } = published(jsonSchemaOf(kind.config))
  const moved = (part: Json) =>
    JSON.parse(JSON.stringify(part).replaceAll('"#/definitions/', `"#/definitions/${kind.kind}/definitions/`)) as JsonObject
  const refers = JSON.stringify(schema).includes('"$ref"')
  const target = targetSettingsOf(kind.kind).map((name) => {
    const rule = {
      description: `\`${name}\` of an export step that publishes the rows.`,
      allOf: [{ $ref: `#/definitions/export/properties/${name}` }],
    }
    return [name, rule] as const
  })
  return {
    ...moved(schema),
    ...(target.length === 0 ? {} : { properties: { ...(moved(schema)['properties'] as JsonObject), ...Object.fromEntries(target) } }),
    description: kind.summary,
    ...(refers && definitions !== undefined ? { definitions: moved(definitions) } : {}),
  }
}

function settingsByType(kind: Settings): JsonObject {
  const needed = kind.config.safeParse({}).success ? {} : { required: ['with'] }
  const names = Object.keys(jsonSchemaOf(kind.config).properties ?? {})
  const overrides = {
    properties: Object.fromEntries(names.map((name) => [name, settingOf(kind.kind, name)])),
    additionalProperties: false,
  }
  const on_error = { properties: { fallback: { items: overrides } } }
  const byType = { properties: { type: { const: kind.kind } }, required: ['type'] }
  return when(kind.kind === OWN_KIND ? { ...byType, not: { required: [OWN_FILE] } } : byType, {
    properties: { with: { $ref: `#/definitions/${kind.kind}` }, on_error },
    ...needed,
  })
}

const when = (condition: JsonObject, consequence: JsonObject, otherwise: JsonObject = {}): JsonObject => ({
  if: condition,
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: consequence,
  ...otherwise,
})

function parallelSchema(): JsonObject {
  const { properties, ...rest } = published(jsonSchemaOf(parallel)) as JsonObject & { properties: JsonObject }
  const single = { allOf: [{ $ref: '#/definitions/step' }, { not: { required: ['depends_on'] } }] }
  const items = when({ required: ['parallel'] }, { $ref: '#/definitions/parallel' }, { else: single })
  return { ...rest, properties: { ...properties, parallel: { ...(properties['parallel'] as JsonObject), items } } }
}

/** A whole `${…}`, whose value is known at build time and can be of any type. */
const BUILD_VALUE = { type: 'string', pattern: '^\\s*\\$\\{[^}]+\\}\\s*$' }

/** Patterns whose flags JSON Schema cannot express, expanded. */
const PATTERNS: Readonly<Record<string, string>> = {
  reference: '^\\s*(\\{\\{[\\s\\S]*\\}\\}|\\{%[\\s\\S]*%\\}|\\$\\{[^}]+\\})\\s*$',
  size: '^\\s*(\\d+(?:\\.\\d+)?)\\s*([kKmMgGtT][iI]?[bB]|[bB])?\\s*$',
}

/** Titles of settings whose compiled form tasks take, too. */
const COMPILED: ReadonlySet<string> = new Set(['row expression', 'message text', 'connection', 'file', 'condition'])

/** A schema for editors: without our extensions, and with `${…}` allowed wherever a value has another type than text. */
function published(schema: JsonSchema, inUnion = false, title = ''): JsonObject {
  const { unsupported: _, $schema: __, ...given } = schema as JsonSchema & { $schema?: string }
  const name = given.title ?? title
  if (COMPILED.has(name)) {
    // authors write text
    return { type: 'string', minLength: 1, title: name, ...(given.description === undefined ? {} : { description: given.description }) }
  }
  const result: JsonObject = Object.fromEntries(Object.entries(given).flatMap(([key, value]) => publishedEntry(key, value as Json, name)))
  const isLeaf = ['integer', 'number', 'boolean'].includes(String(given.type)) || given.enum !== undefined
  if (!isLeaf || inUnion) return result
  const { description, default: byDefault, ...rest } = result
  return {
    ...(description === undefined ? {} : { description }),
    ...(byDefault === undefined ? {} : { default: byDefault }),
    anyOf: [rest, BUILD_VALUE],
  }
}

function publishedEntry(key: string, value: Json, title: string): [string, Json][] {
  // bounds that only keep a number exact are not shown
  if ((key === 'minimum' || key === 'maximum') && Math.abs(Number(value)) >= Number.MAX_SAFE_INTEGER) return []
  if (key === 'pattern') return [[key, PATTERNS[title] ?? value]]
  if (key === 'anyOf' || key === 'oneOf' || key === 'allOf') {
    const branches = value as readonly JsonSchema[]
    const takesReference = branches.some((branch) => branch.title === 'reference')
    return [[key, branches.map((branch) => published(branch, takesReference, title))]]
  }
  if (key === 'properties' || key === 'definitions') {
    return [
      [
        key,
        Object.fromEntries(
          Object.entries(value as JsonObject).map(([name, own]) => [name, published(own as JsonSchema, isTag(own as JsonSchema))]),
        ),
      ],
    ]
  }
  if ((key === 'items' || key === 'additionalProperties') && isMapping(value)) return [[key, published(value as JsonSchema)]]
  return [[key, value]]
}

/** The key that selects one of several mappings must be a literal. */
const isTag = (schema: JsonSchema) => schema.const !== undefined
