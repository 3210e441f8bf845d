/** Evaluates JSONata as Step Functions does. No other file uses the JSONata library at run time. */
import jsonata from 'jsonata'
import { analyseExpression, jsonataMessage } from '#asl/machine/expression.ts'
import { isBounded } from './bounded.ts'
import { type Evaluated, type Limits, createDeadline } from './deadline.ts'
import { addedFunctions } from './functions.ts'
import { plain } from './plain.ts'

/** Evaluates expressions. Each run has its own evaluator, because time and randomness belong to the run. */
export interface Evaluator {
  /**
   * Evaluates a source with these variables bound by name. The input document is empty: there is no `$`. Rejects with the reason of the
   * signal when it fires.
   */
  evaluate(source: string, bindings: { readonly [name: string]: unknown }, signal?: AbortSignal): Promise<Evaluated>
  /** Stops the evaluator's thread; call it at the end of the run. */
  close(): Promise<void>
}

/** An evaluator that compiles each source once; `$now` and `$millis` come from `now`, `$random` and `$uuid` from `random`. */
export function createEvaluator(now: () => Date, random: () => number, limits?: Limits): Evaluator {
  /** Compiled expressions; for a source that needs a deadline, the names it reads. */
  const compiled = new Map<string, jsonata.Expression | ReadonlySet<string>>()
  const format = jsonata('$fromMillis($millis, $picture, $timezone)')
  const functions = addedFunctions(random)

  const deadline = createDeadline(functions, limits)

  function compile(source: string): jsonata.Expression | ReadonlySet<string> {
    const known = compiled.get(source)
    if (known !== undefined) return known
    const expression = jsonata(source)
    if (!isBounded(expression.ast())) {
      const analysis = analyseExpression(source)
      const reads = 'reads' in analysis ? analysis.reads : new Set<string>()
      compiled.set(source, reads)
      return reads
    }
    for (const [name, { call, signature }] of Object.entries(functions)) {
      expression.registerFunction(name, call as (...args: unknown[]) => unknown, signature)
    }
    compiled.set(source, expression)
    return expression
  }

  return {
    close: deadline.close,
    async evaluate(source, bindings, signal) {
      const millis = now().getTime()
      const clock = {
        millis: () => millis,
        now: (picture?: string, timezone?: string) => format.evaluate(undefined, { millis, picture, timezone }),
        // Bound to nothing, so that a call fails like on the service.
        eval: undefined,
      }
      try {
        const expression = compile(source)
        if (!('evaluate' in expression)) {
          // only what the expression reads is copied: a run may hold 10 MiB of variables
          const read = Object.fromEntries(Object.entries(bindings).filter(([name]) => expression.has(name)))
          return await deadline.evaluate({ source, bindings: read, millis }, signal)
        }
        const result: unknown = await expression.evaluate(undefined, { ...clock, ...bindings })
        if (result === undefined) return { kind: 'nothing' }
        const value = plain(result)
        return value === undefined ? { kind: 'unsupported' } : { kind: 'value', value }
      } catch (error) {
        if (signal?.aborted) throw signal.reason
        return { kind: 'error', message: jsonataMessage(error) }
      }
    },
  }
}
