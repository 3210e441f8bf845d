/** Conditions over named numbers, as used in alerts: JSONata, with the comparison operators people type. */
import jsonata from 'jsonata'

/** `==`, `&&` and `||` are read as JSONata's `=`, `and`, `or`. */
const translated = (condition: string) => condition.replaceAll('==', '=').replaceAll('&&', ' and ').replaceAll('||', ' or ')

/** Why a condition is invalid; undefined if it is valid. */
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
