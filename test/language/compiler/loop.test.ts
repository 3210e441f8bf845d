import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { execute } from '#asl/engine/execute.ts'
import type { Json } from '#core/json.ts'
import { engineWorld } from '../../kit/engine-world.ts'

/** The settings of each call of the step that loops, in the order of the items. */
async function itemsOf(foreach: string, inputs: Record<string, Json> = {}): Promise<Json[]> {
  const text = `version: 1\nid: loops\ninputs: {all: {type: array, default: []}, one: {type: string, default: x}}\nsteps:\n  - {id: trace, type: lineage, loop: {foreach: ${foreach}}, with: {namespace: "{{ item }}"}}\n  - {id: other, type: lineage, with: {namespace: "{% $join($inputs.all) & $inputs.one %}"}}\n`
  const compiled = compile(text, { file: 'p.yaml' })
  if (!compiled.ok) throw new Error(compiled.problems.map(({ what }) => what).join('\n'))
  const world = engineWorld({ '${ControlFunction}': () => ({ result: {}, report: null }) })
  const { status, ...rest } = await execute(compiled.machine, { inputs }, world)
  expect([status, 'error' in rest ? rest.error : undefined]).toEqual(['SUCCEEDED', undefined])
  const calls = world.calls.map(({ payload }) => payload as { step: string; settings: { with: { namespace: Json } } })
  return calls.filter(({ step }) => step === 'trace').map(({ settings }) => settings.with.namespace)
}

describe('a loop', () => {
  it('goes through a list that is written down', async () => {
    expect(await itemsOf('[north, south]')).toEqual(['north', 'south'])
    expect(await itemsOf('[north]')).toEqual(['north'])
  })

  it('goes through a list that is read, of however many items', async () => {
    expect(await itemsOf('"{{ inputs.all }}"', { all: ['a', 'b'] })).toEqual(['a', 'b'])
    expect(await itemsOf('"{{ inputs.all }}"', { all: ['a'] })).toEqual(['a'])
    expect(await itemsOf('"{{ inputs.all }}"', { all: [] })).toEqual([])
  })

  it('goes through a list that JSONata makes, and takes a single value for a list of one', async () => {
    expect(await itemsOf(`"{% ['a', 'b'] %}"`)).toEqual(['a', 'b'])
    expect(await itemsOf(`"{% $inputs.all[$ != 'b'] %}"`, { all: ['a', 'b'] })).toEqual(['a'])
    expect(await itemsOf('"{{ inputs.one }}"')).toEqual(['x'])
  })
})
