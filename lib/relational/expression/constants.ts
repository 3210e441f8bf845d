/** Arguments that must be known before the data is read: words, formats, patterns, shares. */
import type { Expression } from './ast.ts'
import { nearest } from './problem.ts'
import { formatProblem } from './formats.ts'
import type { FunctionParameter } from './function.ts'
import { patternProblem } from './regex.ts'

/** The value of a constant expression, or that parameters provide it when the run starts. */
export type Constant = { readonly value: string | number } | { readonly later: true }

/** The constant value of an expression; undefined if it is not constant. */
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

/** Why a value is invalid for a parameter. The position is within the value if it is text, otherwise the whole value. */
export interface ConstantProblem {
  readonly at?: number
  readonly length?: number
  readonly what: string
  readonly hint: string
}

/** Whether arguments of this kind determine the SQL and cannot come from the row. */
export const isConstantKind = ({ kind }: FunctionParameter) => ['word', 'flags', 'format', 'share', 'offset', 'constant'].includes(kind)

/** Words and flags determine the type of the result and must be literals. */
export const mustBeLiteral = ({ kind }: FunctionParameter) => kind === 'word' || kind === 'flags'

/** Checks the value of a constant argument of the function `name`. */
export function constantProblem(name: string, parameter: FunctionParameter, value: string | number): ConstantProblem | undefined {
  const { kind, choices = [] } = parameter
  if (kind === 'share') {
    if (typeof value === 'number' && value >= 0 && value <= 1) return undefined
    return { what: `The ${parameter.name} of ${name} is ${value}, not a number from 0 to 1.`, hint: 'The median is 0.5.' }
  }
  if (kind === 'offset') {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1e9) return undefined
    return {
      what: `${value} is not a valid number of rows.`,
      hint: 'Write a whole number of at least 0; use lag or lead for the direction.',
    }
  }
  if (kind === 'word') return choiceProblem(name, parameter, String(value))
  if (typeof value === 'number')
    return kind === 'pattern' || kind === 'format' || kind === 'flags'
      ? { what: `The ${parameter.name} of ${name} is text.`, hint: 'Put it in single quotes.' }
      : undefined
  if (kind === 'flags') {
    const at = [...value].findIndex((letter) => !choices.includes(letter))
    return at < 0
      ? undefined
      : { what: `'${value}' contains an option that ${name} does not support.`, hint: `The options are ${choices.join(' and ')}.` }
  }
  return kind === 'format' ? formatProblem(value) : kind === 'pattern' ? patternProblem(value) : undefined
}

function choiceProblem(name: string, { name: role, choices = [] }: FunctionParameter, value: string): ConstantProblem | undefined {
  const plain = value.toLowerCase()
  if (choices.includes(plain)) return undefined
  const close = nearest(plain, choices)
  const all = `It is one of ${choices.join(', ')}.`
  return { what: `'${value}' is not a ${role} of ${name}.`, hint: close === undefined ? all : `Did you mean '${close}'? ${all}` }
}
