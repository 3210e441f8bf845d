/** Conditions over named numbers, as alerts write them: JSONata, with the comparison people type. */
import jsonata from 'jsonata'

/** Whether the condition holds. `==`, `&&` and `||` are read as JSONata's `=`, `and`, `or`. */
export async function evaluateCondition(condition: string, values: { readonly [name: string]: number }): Promise<boolean> {
  const translated = condition.replaceAll('==', '=').replaceAll('&&', ' and ').replaceAll('||', ' or ')
  return (await jsonata(translated).evaluate(values)) === true
}
