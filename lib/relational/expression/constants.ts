/** Arguments that must be known before the data is: words, formats, patterns, shares. */
import type { Expression } from './ast.ts'
import { nearest } from './fault.ts'
import { formatFault } from './formats.ts'
import type { FunctionParameter } from './function.ts'
import { patternFault } from './regex.ts'

/** What a constant expression says, or that parameters will say it before the run. */
export type Constant = { readonly value: string | number } | { readonly later: true }

/** The constant an expression is; undefined when it is none. */
export function constantOf(expression: Expression): Constant | undefined {
  switch (expression.kind) {
    case 'text':
      return { value: expression.value }
    case 'number':
      return { value: Number(expression.digits) }
    case 'parameter':
    case 'template':
      return { later: true }
    default:
      return undefined
  }
}

/** Why a value cannot stand for a parameter; the place is inside the value when it is text, and all of it otherwise. */
export interface ConstantFault {
  readonly at?: number
  readonly length?: number
  readonly what: string
  readonly hint: string
}

/** Whether arguments of this kind shape the SQL and cannot come from the row. */
export const isConstantKind = ({ kind }: FunctionParameter) => ['word', 'flags', 'format', 'share', 'offset', 'constant'].includes(kind)

/** Words and flags decide the type of the result and so must be written out. */
export const mustBeLiteral = ({ kind }: FunctionParameter) => kind === 'word' || kind === 'flags'

/** Checks the value of a constant argument of the function `name`. */
export function constantFault(name: string, parameter: FunctionParameter, value: string | number): ConstantFault | undefined {
  const { kind, words = [] } = parameter
  if (kind === 'share') {
    if (typeof value === 'number' && value >= 0 && value <= 1) return undefined
    return { what: `The ${parameter.name} of ${name} is ${value}, not a number from 0 to 1.`, hint: 'The median is 0.5.' }
  }
  if (kind === 'offset') {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1e9) return undefined
    return {
      what: `${value} is not a number of rows.`,
      hint: 'Write a whole number from 0 on; for the other direction there are lag and lead.',
    }
  }
  if (kind === 'word') return wordFault(name, parameter, String(value))
  if (typeof value === 'number')
    return kind === 'pattern' || kind === 'format' || kind === 'flags'
      ? { what: `The ${parameter.name} of ${name} is text.`, hint: 'Put it in single quotes.' }
      : undefined
  if (kind === 'flags') {
    const at = [...value].findIndex((letter) => !words.includes(letter))
    return at < 0
      ? undefined
      : { what: `'${value}' holds an option ${name} does not have.`, hint: `The options are ${words.join(' and ')}.` }
  }
  return kind === 'format' ? formatFault(value) : kind === 'pattern' ? patternFault(value) : undefined
}

function wordFault(name: string, { name: role, words = [] }: FunctionParameter, value: string): ConstantFault | undefined {
  const plain = value.toLowerCase()
  if (words.includes(plain)) return undefined
  const close = nearest(plain, words)
  const all = `It is one of ${words.join(', ')}.`
  return { what: `'${value}' is not a ${role} of ${name}.`, hint: close === undefined ? all : `Did you mean '${close}'? ${all}` }
}
