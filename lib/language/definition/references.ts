/** What the expressions of a compiled value read, as names: whoever orders or places steps asks this, and searches no texts. */
import type { Json } from '#core/json.ts'
import { analyseExpression, expressionSource } from '#asl/machine/expression.ts'

export interface References {
  /** Names of the inputs; `all` when an expression reads them as a whole. */
  readonly inputs: readonly string[] | 'all'
  /** Ids of the steps whose results are read. */
  readonly steps: readonly string[]
  /** Whether the item of a loop is read, or another field of `$states`. */
  readonly states: boolean
  /** Whether anything is read that only a run knows. */
  readonly any: boolean
}

export const NO_REFERENCES: References = { inputs: [], steps: [], states: false, any: false }

/** The references of all `{% … %}` within a compiled value. `isStep` tells the variables that are results of steps. */
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
