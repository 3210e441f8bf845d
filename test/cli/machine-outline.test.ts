/** The outline of a deployed pipeline, from its machine. */
import { expect, it } from 'vitest'
import { machineOutline } from '#cli/aws/machine-outline.ts'
import { outlineOf } from '#cli/show/outline.ts'
import { compile } from '#language/compiler/compile.ts'

it('has the stages of the plan; steps of the end of a run are in none, as they run after a failed stage as well', () => {
  const text = `version: 1
id: staged
steps:
  - {id: load, type: lambda, with: {function_name: load-fn}}
  - {id: check, type: lambda, with: {function_name: check-fn}, trigger_rule: all_done}
finally: [{id: tidy, type: lambda, with: {function_name: tidy-fn}}]
`
  const compiled = compile(text, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error('it does not compile')
  const { outline, types } = machineOutline(compiled.machine)
  expect(outline).toEqual(outlineOf(compiled.plan))
  expect([...types.keys()]).toEqual(['load', 'check', 'tidy'])
})
