/** Conditions over named numbers, as alerts write them: JSONata, with the comparison people type. */
import jsonata from 'jsonata'

/** `==`, `&&` and `||` are read as JSONata's `=`, `and`, `or`. */
const translated = (condition: string) => condition.replaceAll('==', '=').replaceAll('&&', ' and ').replaceAll('||', ' or ')

/** Why a condition cannot be read; undefined when it can. */
export function conditionProblem(condition: string): string | undefined {
  try {
    jsonata(translated(condition))
    return undefined
  } catch (error) {
    return (error as { message: string }).message
  }
}

/** Whether the condition holds. */
export async function evaluateCondition(condition: string, values: { readonly [name: string]: number }): Promise<boolean> {
  return (await jsonata(translated(condition)).evaluate(values)) === true
}
