/** Checks that a run has the inputs it needs, with the right types, whoever started it. */
import { fitInput, type InputDeclaration } from '#language/inputs/fit.ts'
import type { Json } from '#core/json.ts'
import { TaskError } from '#core/errors/errors.ts'
import { nearest } from '#core/text/nearest.ts'
import { entryOf } from '#core/text/record.ts'

/** Throws Definition.InvalidSetting for the first input that is missing, unknown or invalid. */
export function checkInputs(declared: { readonly [name: string]: InputDeclaration }, inputs: { readonly [name: string]: Json }): void {
  const names = Object.keys(declared)
  const stray = Object.keys(inputs).find((name) => !names.includes(name))
  if (stray !== undefined) {
    const meant = nearest(stray, names)
    const list = names.length === 0 ? 'this pipeline has no inputs' : `inputs: ${names.join(', ')}`
    throw new TaskError('Definition.InvalidSetting', `unknown input \`${stray}\``, {
      hint: meant === undefined ? list : `did you mean \`${meant}\`? ${list}`,
    })
  }
  for (const [name, declaration] of Object.entries(declared)) {
    const value = entryOf(inputs, name) ?? null
    if (value === null && declaration.required) {
      const description = declaration.description === '' ? '' : `: ${declaration.description}`
      throw new TaskError('Definition.InvalidSetting', `the input \`${name}\` is missing${description}`, {
        hint: `start the run with a value for \`${name}\`, of type ${declaration.type}`,
      })
    }
    const fitted = fitInput(value, declaration)
    // the text would need a conversion that has not been done, and the steps would read the text
    if ('misfit' in fitted || JSON.stringify(fitted.value) !== JSON.stringify(value)) {
      const described =
        'misfit' in fitted ? fitted.misfit : { what: `is the text '${String(value)}'`, hint: `give it as ${JSON.stringify(fitted.value)}` }
      throw new TaskError('Definition.InvalidSetting', `the input \`${name}\` ${described.what}`, { hint: described.hint })
    }
  }
}
