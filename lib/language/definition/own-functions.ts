/** Files that stand for functions on this machine: each must be of a function that a step calls. */
import { nearest } from '#core/text/nearest.ts'
import type { CheckContext } from './check-shape.ts'
import { checkPlain } from './compile-value.ts'
import { allSteps, type ListEntry } from './entries.ts'
import { report } from './parse-context.ts'

export function checkFunctions(functions: { readonly [name: string]: string }, entries: readonly ListEntry[], context: CheckContext): void {
  const steps = allSteps(entries)
  const called = steps.flatMap(({ kind, settings }) => (settings === undefined ? [] : (kind?.call?.(settings).function_name ?? [])))
  // a step that could not be read may call any of them
  const known = steps.every(({ kind, settings }) => kind !== undefined && settings !== undefined)
  for (const [name, path] of Object.entries(functions)) {
    const place = ['functions', name]
    checkPlain(path, place, 'the path of a function', context)
    if (!known || called.includes(name)) continue
    const meant = nearest(name, called)
    report(
      context,
      'unused-function',
      place,
      {
        what: `no step calls the function \`${name}\``,
        hint: meant === undefined ? 'add a lambda step with this `function_name`, or remove the line' : `did you mean \`${meant}\`?`,
      },
      { at: 'key' },
    )
  }
}
