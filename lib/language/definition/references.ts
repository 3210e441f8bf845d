/** The names that the expressions of a compiled value read. */
import type { Json } from '#core/json.ts'
import { analyseExpression, expressionSource } from '#asl/machine/expression.ts'

export interface References {
  /** Names of the inputs; `all` if an expression reads them as a whole. */
  readonly inputs: readonly string[] | 'all'
  /** Ids of the steps whose results are read. */
  readonly steps: readonly string[]
  /** Whether the item of a loop, or another field of `$states`, is read. */
  readonly states: boolean
  /** Whether anything is read that is known only in a run. */
  readonly any: boolean
}

export const NO_REFERENCES: References = { inputs: [], steps: [], states: false, any: false }

/** The references of all `{% … %}` in a compiled value. `isStep` recognises variables that are results of steps. */
export function referencesIn(value: Json | undefined, isStep: (name: string) => boolean): References {
  const inputs = new Set<string>()
  const steps = new Set<string>()
  let [states, any] = [false, false]
  const visit = (one: Json | undefined): void => {
    const source = expressionSource(one)
    if (source !== undefined) {
      any = true
      const analysis = analyseExpression(source)
      if ('error' in analysis) return
      for (const name of analysis.inputs) inputs.add(name)
      for (const name of analysis.reads) if (isStep(name)) steps.add(name)
      if (analysis.states.size > 0) states = true
    } else if (one !== null && typeof one === 'object') for (const inner of Object.values(one)) visit(inner as Json)
  }
  visit(value)
  return { inputs: inputs.has('') ? 'all' : [...inputs].sort(), steps: [...steps].sort(), states, any }
}
