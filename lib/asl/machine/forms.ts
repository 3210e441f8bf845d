/** The forms a field's value may have. Each returns a text that says what the value must be. */
import { expressionSource } from './expression.ts'

/** Returns what a value must be, or undefined if it is valid. */
export type Form = (value: unknown) => string | undefined
/** The fields something may have, by name. */
export type Fields = { readonly [field: string]: Form }
/** An object of a machine whose fields are not yet checked. */
export type Fragment = { readonly [key: string]: unknown }

/** A text that is not empty. */
export const text: Form = (value) => (typeof value === 'string' && value !== '' ? undefined : 'must be a text that is not empty')
/** A whole number within bounds. */
export const whole =
  (least: number, most: number): Form =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `must be a whole number from ${least} to ${most}`
/** A number within bounds. */
export const between =
  (least: number, most: number): Form =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most ? undefined : `must be a number from ${least} to ${most}`
/** One of a few values. */
export const oneOf =
  (...allowed: unknown[]): Form =>
  (value) =>
    allowed.includes(value) ? undefined : `must be ${allowed.map((one) => JSON.stringify(one)).join(' or ')}`
/** What the form says, or an expression that gives it when the state runs. */
export const orExpression =
  (form: Form): Form =>
  (value) => {
    const problem = expressionSource(value) === undefined ? form(value) : undefined
    return problem && `${problem}, or an expression {% … %}`
  }
/** A field that is checked elsewhere. */
export const part: Form = () => undefined
/** A choice rule's condition. */
export const condition: Form = (value) =>
  typeof value === 'boolean' || expressionSource(value) !== undefined ? undefined : 'must be an expression {% … %}, true or false'
/** Any value, with expressions. A key that ends in `.$` is a plain key in JSONata. */
export const template: Form = () => undefined
/** The content of Assign: variables by name. */
export const variables: Form = (value) => {
  if (!isFragment(value)) return 'must be an object of variable names and values'
  const name = Object.keys(value).find((one) => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(one) || one.length > 80 || one === 'states')
  if (name !== undefined)
    return `has the variable '${name}'; a name is at most 80 letters, digits and _, not digits first, and not 'states'`
  return undefined
}

/** An object that is not a list. */
export function isFragment(value: unknown): value is Fragment {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as complaints quote it: its JSON, at most 60 characters. */
export function formatValue(value: unknown): string {
  const json = JSON.stringify(value) ?? 'undefined'
  return json.length > 60 ? `${json.slice(0, 57)}…` : json
}
