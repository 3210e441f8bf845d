/**
 * Translates conditions such as `{{ data_type }} == 'customer' && {{ a.result.count }} > 0` to JSONata expressions that are true or false.
 */
import type { Json } from '#core/json.ts'
import { type ConditionProblem, type Token, tokensOf } from './condition-tokens.ts'
import type { InputDeclaration } from './definition.ts'
import { jsonataLiteral } from '#asl/machine/literal.ts'
import { type Resolution, resolveReference, type Scope } from './scope.ts'
import { shown } from '#language/inputs/shown.ts'

/** A translated part of a condition. */
interface Term {
  readonly source: string
  /** Whether it is always a boolean. */
  readonly boolean: boolean
  /** The plain read, and the condition under which it has a value, which `<` and `>` need: comparisons with null are false. */
  readonly guarded?: { readonly read: string; readonly when: string }
  readonly start: number
  readonly input?: InputDeclaration
  readonly literal?: Json
}

export type Condition = { readonly source: string } | { readonly problems: readonly ConditionProblem[] }

/** Limit of nested brackets and negations in a condition. */
const MAX_DEPTH = 100

const ORDERING = ['<', '<=', '>', '>=']
const COMPARISONS: Readonly<Record<string, string>> = { '==': '=', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' }

/** A comparison; `<` and `>` with null are false. */
function compared(left: Term, sign: string, right: Term): string {
  const operator = COMPARISONS[sign] ?? sign
  const guards = [left, right].flatMap((term) => (term.guarded === undefined ? [] : [term.guarded.when]))
  if (!ORDERING.includes(sign) || guards.length === 0) return `${left.source} ${operator} ${right.source}`
  return `${guards.join(' and ')} ? ${left.guarded?.read ?? left.source} ${operator} ${right.guarded?.read ?? right.source} : false`
}

/** Translates a condition; names that could not be read because of another problem become null. */
export function translateCondition(text: string, scope: Scope): Condition {
  const problems: ConditionProblem[] = []
  const tokens = tokensOf(text, problems)
  if (problems.length > 0) return { problems }
  let at = 0
  let depth = 0

  const peek = () => tokens[at]
  const isSign = (...signs: string[]) => {
    const token = peek()
    return token?.kind === 'sign' && signs.includes(token.sign)
  }
  const take = () => tokens[at++]
  /** Reports only the first syntax problem: the others follow from it. */
  const fail = (start: number, what: string, hint: string) => {
    if (!problems.some(({ code }) => code === 'invalid-condition')) problems.push({ code: 'invalid-condition', offset: start, what, hint })
  }

  function either(): Term {
    return chain('||', 'or', both)
  }

  function both(): Term {
    return chain('&&', 'and', negated)
  }

  function chain(sign: string, word: string, next: () => Term): Term {
    const first = next()
    const terms = [first]
    while (isSign(sign)) {
      take()
      terms.push(next())
    }
    if (terms.length === 1) return first
    for (const term of terms) mustBeBoolean(term)
    return { source: `(${terms.map((term) => term.source).join(` ${word} `)})`, boolean: true, start: first.start }
  }

  function negated(): Term {
    const token = peek()
    if (token === undefined || !isSign('!')) return comparison()
    if (++depth > MAX_DEPTH) return tooDeep(token.start)
    take()
    const term = negated()
    mustBeBoolean(term)
    return { source: `$not(${term.source})`, boolean: true, start: token.start }
  }

  function comparison(): Term {
    const left = operand()
    const token = peek()
    if (token?.kind !== 'sign' || COMPARISONS[token.sign] === undefined) return left
    take()
    const right = operand()
    const next = peek()
    if (next?.kind === 'sign' && COMPARISONS[next.sign] !== undefined)
      fail(next.start, 'comparisons cannot be chained', 'join them: {{ x }} > 1 && {{ x }} < 5')
    compareTypes(left, right, token.start, token.sign)
    compareTypes(right, left, token.start, token.sign)
    return { source: `(${compared(left, token.sign, right)})`, boolean: true, start: left.start }
  }

  function operand(): Term {
    const token = take()
    if (token?.kind === 'literal') {
      return {
        source: jsonataLiteral(token.value),
        boolean: typeof token.value === 'boolean',
        start: token.start,
        literal: token.value,
      }
    }
    if (token?.kind === 'reference') return referenceTerm(token)
    if (token?.kind === 'sign' && token.sign === '(') {
      if (++depth > MAX_DEPTH) return tooDeep(token.start)
      const inner = either()
      if (isSign(')')) take()
      else fail(peek()?.start ?? text.length, 'a bracket `(` is not closed', 'add the missing `)`')
      return { ...inner, start: token.start }
    }
    fail(
      token?.start ?? text.length,
      token === undefined ? 'the condition is incomplete' : `\`${token.kind === 'sign' ? token.sign : ''}\` is not allowed here`,
      "compare a reference with a value: {{ x }} == 'a'",
    )
    return { source: 'null', boolean: true, start: token?.start ?? text.length }
  }

  function tooDeep(start: number): Term {
    fail(start, `more than ${MAX_DEPTH} nested brackets and negations`, 'split the condition over several steps')
    at = tokens.length
    return { source: 'null', boolean: true, start }
  }

  function referenceTerm(token: Extract<Token, { kind: 'reference' }>): Term {
    const found: Resolution = resolveReference(token.inner, scope)
    if ('problem' in found) problems.push({ ...found.problem, offset: token.start })
    if (!('ok' in found)) return { source: 'null', boolean: true, start: token.start }
    const { read, absent, input, untyped = false, constant } = found.ok
    if (constant !== undefined) return { source: jsonataLiteral(constant as string), boolean: false, start: token.start, literal: constant }
    const mayBeNull = absent || input === undefined || (!input.required && (input.default === undefined || input.default === null))
    return {
      source: absent ? `($exists(${read}) ? ${read} : null)` : read,
      boolean: untyped || input?.type === 'boolean',
      start: token.start,
      ...(mayBeNull ? { guarded: { read, when: absent ? `$exists(${read}) and ${read} != null` : `${read} != null` } } : {}),
      ...(input === undefined ? {} : { input }),
    }
  }

  function mustBeBoolean(term: Term): void {
    if (term.boolean) return
    fail(
      term.start,
      `${term.literal === undefined ? 'this value' : shown(term.literal)} is not true or false`,
      'compare it, for example `== true`, `> 0`, `!= null`',
    )
  }

  function compareTypes(term: Term, other: Term, start: number, sign: string): void {
    const { input } = term
    const { literal } = other
    if (input === undefined || literal === undefined || literal === null) return
    const wanted = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', array: '', object: '' }[input.type]
    if (wanted !== typeof literal) {
      fail(
        start,
        `an input of type ${input.type} cannot be compared with ${shown(literal)}`,
        `compare it with ${typeof literal === 'string' && wanted !== '' ? `a value without quotes` : `a value of type ${input.type}`}`,
      )
    } else if (input.enum !== undefined && !input.enum.includes(literal) && !ORDERING.includes(sign)) {
      fail(start, `the input can never be ${shown(literal)}`, `it is one of ${input.enum.map((value) => String(value)).join(', ')}`)
    }
  }

  const whole = either()
  const left = peek()
  if (problems.length === 0 && left !== undefined) {
    fail(
      left.start,
      `\`${text.slice(left.start).trim()}\` follows the end of the condition`,
      'join conditions with `&&` or `||`, and put texts in quotes',
    )
  }
  if (problems.length === 0) mustBeBoolean(whole)
  // an input without a value is null, but a machine accepts only true and false
  return problems.length > 0 ? { problems } : { source: whole.input === undefined ? whole.source : `${whole.source} = true` }
}
