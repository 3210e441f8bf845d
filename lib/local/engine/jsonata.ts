/** JSONata as Step Functions evaluates it. Nothing outside this file knows the JSONata library at run time. */
import jsonata from 'jsonata'
import type { Json } from '../../machine/asl.ts'
import { jsonataMessage } from '../../machine/expression.ts'
import { addedFunctions } from './functions.ts'

/** What an expression gave: a value, nothing, or why there is none. */
export type Evaluated =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'error'; readonly message: string }

/** Evaluates expressions; one for each run, as time and chance are the run's. */
export interface Evaluator {
  /** Evaluates a source with these variables bound by name. The input document is empty: there is no `$`. */
  evaluate(source: string, bindings: { readonly [name: string]: unknown }): Promise<Evaluated>
}

/** An evaluator that compiles each source once; `$now` and `$millis` come from `now`, `$random` and `$uuid` from `random`. */
export function createEvaluator(now: () => Date, random: () => number): Evaluator {
  const compiled = new Map<string, jsonata.Expression>()
  const format = jsonata('$fromMillis($millis, $picture, $timezone)')
  const functions = addedFunctions(random)

  function compile(source: string): jsonata.Expression {
    const known = compiled.get(source)
    if (known) return known
    const expression = jsonata(source)
    for (const [name, { call, signature }] of Object.entries(functions)) {
      expression.registerFunction(name, call as (...args: unknown[]) => unknown, signature)
    }
    compiled.set(source, expression)
    return expression
  }

  return {
    async evaluate(source, bindings) {
      const millis = now().getTime()
      const clock = {
        millis: () => millis,
        now: (picture?: string, timezone?: string) => format.evaluate(undefined, { millis, picture, timezone }),
        // Bound to nothing, so that a call fails as it does on the service.
        eval: undefined,
      }
      try {
        const result: unknown = await compile(source).evaluate(undefined, { ...clock, ...bindings })
        if (result === undefined) return { kind: 'nothing' }
        const value = plain(result)
        return value === undefined ? { kind: 'unsupported' } : { kind: 'value', value }
      } catch (error) {
        return { kind: 'error', message: jsonataMessage(error) }
      }
    },
  }
}

/**
 * A result as plain JSON that shares nothing with its source; undefined when it holds a function. JSONata marks arrays as sequences, and
 * numbers JSON cannot write become the text Step Functions writes for them ("Infinity", "NaN").
 */
function plain(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value)
  if (Array.isArray(value)) {
    const items: Json[] = []
    for (const item of value) {
      const one = plain(item)
      if (one === undefined) return undefined
      items.push(one)
    }
    return items
  }
  if (typeof value !== 'object' || '_jsonata_lambda' in value || '_jsonata_function' in value) return undefined
  const entries: [string, Json][] = []
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue
    const one = plain(inner)
    if (one === undefined) return undefined
    entries.push([key, one])
  }
  return Object.fromEntries(entries)
}
