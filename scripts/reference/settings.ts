/** A table of settings, from their schema. */
import type { JsonSchema } from '#language/definition/json-schema.ts'
import { code, table } from './markdown.ts'

/** A short description of the values a schema accepts. */
function describeType(schema: JsonSchema): string {
  // a title names a kind of value, such as duration; a mapping with a title is described by the rows below
  if (schema.title !== undefined && schema.properties === undefined) return schema.title
  if (schema.const !== undefined) return code(String(schema.const))
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(', ')
  const options = (schema.anyOf ?? schema.oneOf ?? []).filter(isNoReference)
  // the forms of a long list are shown where they are described
  if (options.length > 3) return 'mapping'
  if (options.length > 0) return [...new Set(options.map(describeType))].join(' or ')
  const types = [schema.type ?? 'any value'].flat() as readonly string[]
  return types.map((type) => singleType(schema, type)).join(' or ')
}

function singleType(schema: JsonSchema, type: string): string {
  if (type === 'integer') return `integer${bounds(schema)}`
  if (type === 'number') return `number${bounds(schema)}`
  if (type === 'boolean') return '`true`, `false`'
  if (type === 'string') return schema.maxLength === 1 ? 'character' : 'text'
  if (type === 'null') return '`null`'
  if (type === 'array') return `list of ${plural(describeType((schema.items as JsonSchema | undefined) ?? {}))}`
  if (type !== 'object') return type
  if (schema.properties !== undefined || typeof schema.additionalProperties !== 'object') return 'mapping'
  return `mapping of names to ${plural(describeType(schema.additionalProperties))}`
}

const plural = (described: string) =>
  /^[a-z -]+$/.test(described) && !described.includes(' of ') && !described.includes(' or ') ? `${described}s` : described

function bounds({ minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  const known = (value: number | undefined) => value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}`
  if (known(minimum) && known(maximum)) return `, ${minimum} to ${maximum}`
  if (known(minimum)) return `, at least ${minimum}`
  return known(maximum) ? `, at most ${maximum}` : ''
}

const isNoReference = ({ title }: JsonSchema) => title !== 'reference'

/** Whether a value can also be a reference that is resolved when the pipeline runs. */
const takesReference = (schema: JsonSchema): boolean =>
  !isNoReference(schema) || (schema.title === undefined && (schema.anyOf ?? schema.oneOf ?? []).some(takesReference))

/** The mapping that a value can be, also as the item of a list. */
function mappingIn(schema: JsonSchema): { readonly mapping: JsonSchema; readonly suffix: string } | undefined {
  if (schema.properties !== undefined && schema.maxProperties !== 1) return { mapping: schema, suffix: '' }
  if (schema.type === 'array' && schema.items !== undefined) {
    const inner = mappingIn(schema.items as JsonSchema)
    return inner === undefined ? undefined : { mapping: inner.mapping, suffix: `[]${inner.suffix}` }
  }
  const options = (schema.title === undefined ? (schema.anyOf ?? schema.oneOf ?? []) : []).flatMap((option) => mappingIn(option) ?? [])
  // several mappings cannot be shown in one table
  return options.length === 1 ? options[0] : undefined
}

type Row = readonly [name: string, type: string, byDefault: string, meaning: string]

function rowsOf({ properties = {}, required = [] }: JsonSchema, prefix: string): Row[] {
  return Object.entries(properties).flatMap(([name, schema]): Row[] => {
    const inner = mappingIn(schema)
    const byDefault = schema.default === undefined ? (required.includes(name) ? 'required' : '') : shownDefault(schema)
    const type = `${describeType(schema)}${takesReference(schema) ? ' ↻' : ''}`
    const row: Row = [code(`${prefix}${name}`), type, byDefault, schema.description ?? '']
    return [row, ...(inner === undefined ? [] : rowsOf(inner.mapping, `${prefix}${name}${inner.suffix}.`))]
  })
}

function shownDefault({ default: value, items }: JsonSchema): string {
  const choices = (items as JsonSchema | undefined)?.enum
  if (Array.isArray(value) && choices !== undefined && value.length === choices.length) return 'all'
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return ''
  return code(typeof value === 'string' ? value : JSON.stringify(value))
}

/** Legend of the tables. */
export const SETTINGS_LEGEND =
  '`a.b` is the setting `b` within `a`, `a[].b` within each item of `a`. ↻ marks settings that can be a `{{ … }}` reference, resolved when the pipeline runs.'

/** The settings of a mapping as a Markdown table; empty text if it has none. `without` lists settings that are documented elsewhere. */
export function settingsTable(schema: JsonSchema, without: readonly string[] = []): string {
  const found = mappingIn(schema)
  if (found === undefined) return ''
  const rows = rowsOf(found.mapping, '').filter(([name]) => !without.some((own) => name === code(own)))
  return rows.length === 0 ? '' : table(['Setting', 'Value', 'Default', 'Meaning'], rows)
}

/** The values that a setting accepts, for settings that are not mappings. */
export const describeValue = (schema: JsonSchema) =>
  `${describeType(schema)}${schema.description === undefined ? '' : `. ${schema.description}`}`
