/** Describes values and schemas in problems: what was given, and what is allowed. */
import type * as z from 'zod'
import type { Json } from '#core/json.ts'
import { address } from '#steps/kind/channels.ts'
import { column, columnType, duration, reference, size } from '#steps/kind/fields.ts'
import { nearest } from '#core/text/nearest.ts'
import { type JsonType, typeOf } from '#language/inputs/shown.ts'
import { bucket, date, email, id, name, share, tag } from './atoms.ts'
import type { JsonSchema } from './json-schema.ts'
import { TYPE_SPELLINGS, typeProblem } from '#relational/types/types.ts'

/** Schemas with these titles are described as one thing, whatever their parts. */
interface Atom {
  readonly description: string
  readonly accepts: (value: Json) => boolean
  /** What is wrong with a text that is not accepted. */
  readonly problem?: (text: string) => string | undefined
}

const fitting = (schema: z.ZodType) => (value: Json) => schema.safeParse(value).success

const ATOMS: Readonly<Record<string, Atom>> = {
  reference: { description: 'a `{{ … }}` reference', accepts: fitting(reference) },
  duration: { description: 'a duration, in seconds or with a unit: 30s, 15m, 2h, 1d', accepts: fitting(duration) },
  size: { description: 'a size, in bytes or with a unit: 64MB, 2GB, 1GiB', accepts: fitting(size) },
  share: { description: 'a share from 0 to 1, or with a percent sign: 0.05, 5%', accepts: fitting(share) },
  id: { description: 'lower-case letters, digits and `_`, starting with a letter, at most 60 characters', accepts: fitting(id) },
  name: { description: 'letters, digits and `_`, not starting with a digit, at most 60 characters', accepts: fitting(name) },
  date: { description: 'a date such as 2026-11-21', accepts: fitting(date) },
  email: { description: 'an e-mail address', accepts: fitting(email) },
  bucket: { description: 'the name of a bucket: lower-case letters, digits, `-` and `.`, without `s3://`', accepts: fitting(bucket) },
  tag: { description: 'letters, digits, spaces and `_.:/=+-@`, at most 128 characters', accepts: fitting(tag) },
  type: {
    description: `one of ${Object.keys(TYPE_SPELLINGS).join(', ')}, or an exact decimal such as decimal(18,2)`,
    accepts: fitting(columnType),
    problem: typeProblem,
  },
  column: { description: 'a column name', accepts: fitting(column) },
  // tasks receive compiled forms of these, which authors cannot write
  connection: { description: 'the name of a connection', accepts: (value) => typeof value === 'string' && value !== '' },
  file: { description: 'the path of a file, relative to the definition', accepts: (value) => typeof value === 'string' && value !== '' },
  'message text': { description: 'a text', accepts: (value) => typeof value === 'string' && value !== '' },
  recipient: { description: 'an e-mail address', accepts: fitting(address) },
  'row expression': {
    description: 'a row expression, such as `quantity * price`',
    accepts: (value) => typeof value === 'string' && value !== '',
  },
}

export const atomOf = (schema: JsonSchema): Atom | undefined =>
  schema.title !== undefined && Object.hasOwn(ATOMS, schema.title) ? ATOMS[schema.title] : undefined

export const withArticle = (word: string) => (/^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`)

/** The values that a schema allows. */
export function describeSchema(schema: JsonSchema): string {
  const atom = atomOf(schema)
  if (atom !== undefined) return atom.description
  const tagged = taggedDescription(schema.anyOf ?? schema.oneOf ?? [])
  if (tagged !== undefined) return tagged
  if (schema.anyOf !== undefined || schema.oneOf !== undefined) return oneOf(optionDescription(schema))
  if (schema.allOf !== undefined) return schema.allOf.map(describeSchema).join(' and ')
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum !== undefined) return schema.enum.length === 1 ? literal(schema.enum[0]) : `one of ${schema.enum.map(literal).join(', ')}`
  if (Array.isArray(schema.type)) return oneOf(schema.type.map((type: string) => describeSchema({ ...schema, type })))
  switch (schema.type) {
    case 'string':
      return textDescription(schema)
    case 'integer':
      return `an integer${bounds(schema)}`
    case 'number':
      return `a number${bounds(schema)}`
    case 'boolean':
      return 'true or false'
    case 'null':
      return 'null'
    case 'array':
      return `a list${itemDescription(schema)}`
    case 'object':
      return objectDescription(schema)
    default:
      return 'any value'
  }
}

/** What each branch of a union allows, without repeats, references last. */
function optionDescription(schema: JsonSchema): string[] {
  const options = atomOf(schema) === undefined ? (schema.anyOf ?? schema.oneOf) : undefined
  if (options === undefined) return [describeSchema(schema)]
  const all = [...new Set(options.flatMap(optionDescription))]
  const last = ATOMS['reference']?.description ?? ''
  return all.includes(last) ? [...all.filter((one) => one !== last), last] : all
}

/** Mappings that differ by one key, such as rules by `rule_type`: lists the values of that key instead of all keys. */
function taggedDescription(options: readonly JsonSchema[]): string | undefined {
  const [first] = options
  if (first === undefined || options.length < 3) return undefined
  const tag = Object.keys(first.properties ?? {}).find((key) => options.every(({ properties }) => properties?.[key]?.const !== undefined))
  if (tag === undefined) return undefined
  return `a mapping whose ${tag} is one of ${options.map(({ properties }) => literal(properties?.[tag]?.const)).join(', ')}`
}

const literal = (value: Json | undefined) => (typeof value === 'string' ? (value === '' ? "''" : value) : String(value))
const oneOf = (options: readonly string[]) => options.join(', or ')

function textDescription({ minLength = 0, maxLength, pattern }: JsonSchema): string {
  if (minLength === 1 && maxLength === 1) return 'one character'
  if (maxLength === 1) return 'one character, or an empty text in quotes'
  if (pattern !== undefined) return `a text that matches ${pattern}`
  return minLength > 0 ? 'a non-empty text' : 'a text'
}

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const low = limit(minimum)
  const high = limit(maximum)
  if (exclusiveMinimum !== undefined) return ` greater than ${exclusiveMinimum}${high === undefined ? '' : ` and at most ${high}`}`
  if (exclusiveMaximum !== undefined) return ` less than ${exclusiveMaximum}`
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`
  return low === undefined ? (high === undefined ? '' : ` of at most ${high}`) : ` of at least ${low}`
}

/** Bounds that only keep a number exact are not shown. */
const limit = (value: number | undefined) => (value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value)

function itemDescription({ items, minItems = 0 }: JsonSchema): string {
  const least = minItems > 0 ? ` with at least ${minItems === 1 ? 'one item' : `${minItems} items`}` : ''
  if (items === undefined || Array.isArray(items)) return least
  const each = describeSchema(items as JsonSchema)
  return each === 'any value' ? least : `${least}, each ${each}`
}

function objectDescription({ properties = {}, minProperties, maxProperties, additionalProperties }: JsonSchema): string {
  const keys = Object.keys(properties)
  if (maxProperties === 1 && minProperties === 1) return `a mapping with one key of ${keys.join(', ')}`
  if (keys.length > 0) return `a mapping with ${keys.length === 1 ? 'the key' : 'keys from'} ${keys.join(', ')}`
  const each = typeof additionalProperties === 'object' ? describeSchema(additionalProperties) : 'any value'
  return each === 'any value' ? 'a mapping' : `a mapping of names to values, each ${each}`
}

/** How to fix a value that does not fit: a common mistake if it is one, then what is allowed. `fits` checks another value. */
export function fix(value: Json, schema: JsonSchema, fits: (other: Json) => boolean): string {
  const allowed = `allowed: ${describeSchema(schema)}`
  const slip = usualSlip(value, schema, fits)
  return slip === undefined ? allowed : `${slip}${slip.endsWith('?') ? '' : ';'} ${allowed}`
}

function usualSlip(value: Json, schema: JsonSchema, fits: (other: Json) => boolean): string | undefined {
  if (value === null) return 'give it a value or remove the key'
  const known = typeof value === 'string' ? atomOf(schema)?.problem?.(value) : undefined
  if (known !== undefined) return known
  if (typeof value === 'number' && schema.title === 'share') return `write ${value}%`
  if (typeof value === 'object') return undefined
  if (typeof value !== 'string') return fits(String(value)) ? `write it in quotes: "${String(value)}"` : undefined
  if (/\{\{|\{%/.test(value)) {
    return takesReference(schema)
      ? 'a reference must be the whole value here'
      : 'this value must be known before the run, so it cannot be a reference'
  }
  const bare = value.trim().replace(/[_,\u2019'](?=\d{3}\b)/g, '')
  // with zeros in front YAML reads a text: 010 is 8 to some and 10 to others
  const plain = bare.replace(/^(-?)0+(?=\d)/, '$1')
  if (/^-?\d+(\.\d+)?$/.test(plain) && fits(Number(plain)))
    return `write ${plain}, ${plain === bare ? 'without quotes or separators' : 'without zeros in front'}`
  if (/^(yes|y|on|true)$/i.test(value) && fits(true)) return 'write true'
  if (/^(no|n|off|false)$/i.test(value) && fits(false)) return 'write false'
  const meant = nearest(value, choices(schema))
  if (meant !== undefined && value.length > 2) return `did you mean ${meant}?`
  return fits([value]) ? `write it as a list: [${value}]` : undefined
}

const takesReference = (schema: JsonSchema): boolean =>
  schema.title === 'reference' || (schema.anyOf ?? schema.oneOf ?? []).some(takesReference)

/** The texts that a schema lists. */
export function choices(schema: JsonSchema): string[] {
  const own = schema.const === undefined ? (schema.enum ?? []) : [schema.const]
  return [...own.filter((value) => typeof value === 'string'), ...(schema.anyOf ?? schema.oneOf ?? []).flatMap(choices)]
}

/** Whether a schema allows values of the type, apart from references. */
export function admits(schema: JsonSchema, type: JsonType): boolean {
  if (schema.title === 'reference') return false
  const options = schema.anyOf ?? schema.oneOf
  if (options !== undefined) return options.some((option) => admits(option, type))
  if (schema.allOf !== undefined) return schema.allOf.every((part) => admits(part, type))
  if (schema.type === undefined) return schema.const === undefined ? schema.enum === undefined : typeOf(schema.const) === type
  return [schema.type].flat().some((own) => own === type || (own === 'integer' && type === 'number'))
}
