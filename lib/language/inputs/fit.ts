/** Inputs of a run: their declarations, and whether a value fits. */
import type { Json } from '#core/json.ts'
import { nearest } from '#core/text/nearest.ts'
import { shown } from './shown.ts'

export interface InputDeclaration {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object'
  readonly description: string
  readonly required: boolean
  readonly default?: Json
  readonly enum?: readonly Json[]
  readonly minimum?: number
  readonly maximum?: number
  /** Values that are declared and that a run cannot be given yet, with the reasons. */
  readonly refused?: readonly (Misfit & { readonly value: Json })[]
}

/** Why a value does not fit, and what would fit: `is 'x', not of type integer`. */
export interface Misfit {
  readonly what: string
  readonly hint: string
}

/** Fits a value of a run to its declaration; texts are converted. The misfit explains why it does not fit. */
export function fitInput(value: Json, declared: InputDeclaration): { readonly value: Json } | { readonly misfit: Misfit } {
  const converted = typeof value === 'string' ? convert(value, declared) : { value }
  if ('misfit' in converted || (converted.value === null && !declared.required)) return converted
  const found = misfit(converted.value, declared) ?? refusal(converted.value, declared)
  return found === undefined ? converted : { misfit: found }
}

/** Why a run cannot be given a value, although the declaration allows it; undefined if it can. */
export function refusal(value: Json, { refused = [] }: InputDeclaration): Misfit | undefined {
  const found = refused.find((one) => one.value === value)
  return found === undefined ? undefined : { what: found.what, hint: found.hint }
}

export function isOfType(value: Json, type: InputDeclaration['type']): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isMapping(value)
  if (type === 'integer') return Number.isSafeInteger(value)
  return typeof value === type && (type !== 'number' || Number.isFinite(value))
}

/** Why a value does not fit its declaration; undefined if it fits. */
export function misfit(value: Json, { type, enum: allowed, minimum, maximum }: InputDeclaration): Misfit | undefined {
  if (!isOfType(value, type)) return { what: `is ${shown(value)}, not of type ${type}`, hint: `use a value of type ${type}` }
  if (allowed !== undefined && !allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))) {
    const list = allowed.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
    const meant = typeof value === 'string' ? nearest(value, list) : undefined
    return { what: `is ${shown(value)}`, hint: `${meant === undefined ? '' : `did you mean ${meant}? `}allowed: ${list.join(', ')}` }
  }
  if (minimum !== undefined && Number(value) < minimum) return { what: `is ${shown(value)}`, hint: `allowed: at least ${minimum}` }
  if (maximum !== undefined && Number(value) > maximum) return { what: `is ${shown(value)}`, hint: `allowed: at most ${maximum}` }
  return undefined
}

function convert(text: string, { type }: InputDeclaration): { readonly value: Json } | { readonly misfit: Misfit } {
  const given = text.trim()
  const no = (hint: string) => ({ misfit: { what: `is ${shown(text)}, not of type ${type}`, hint } })
  switch (type) {
    case 'string':
      return { value: text }
    case 'integer':
    case 'number': {
      const form = type === 'integer' ? /^[-+]?\d+$/ : /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/
      if (form.test(given) && (type === 'number' || Number.isSafeInteger(Number(given)))) return { value: Number(given) }
      const bare = given.replace(/[_,'\u2019\s](?=\d{3})/g, '')
      return no(
        form.test(bare) && bare !== given
          ? `write ${bare}`
          : type === 'integer'
            ? 'write an integer in digits: 10000'
            : 'write a number with a decimal point: 0.95',
      )
    }
    case 'boolean':
      if (given === 'true' || given === 'false') return { value: given === 'true' }
      return no(
        /^(yes|y|on|1|true)$/i.test(given) ? 'write true' : /^(no|n|off|0|false)$/i.test(given) ? 'write false' : 'write true or false',
      )
    default:
      try {
        const value = JSON.parse(given) as Json
        return isOfType(value, type) ? { value } : no(type === 'array' ? 'write a JSON list: ["a", "b"]' : 'write a JSON object: {"a": 1}')
      } catch {
        return no(type === 'array' ? 'write a JSON list: ["a", "b"]' : 'write a JSON object: {"a": 1}')
      }
  }
}

const isMapping = (value: Json) => value !== null && typeof value === 'object' && !Array.isArray(value)
