// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of machines
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile } from '#language/compiler/compile.ts'
import { functionPlaceholder, functionsOf } from '#language/compiler/functions.ts'
import type { TaskState } from '#asl/machine/asl.ts'

const example = readFileSync(new URL('../../../examples/data-processing/pipeline.yaml', import.meta.url), 'utf8')

function compiled(text: string) {
  const result = compile(text, { file: 'pipeline.yaml', config: {}, env: {}, readFile: () => undefined })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result
}

describe('functionsOf', () => {
  it('is one function for rows and one for the rest, with the time of their longest tasks', () => {
    expect(functionsOf(compiled(example).machine)).toEqual([
      { name: 'ControlFunction', kind: 'control', timeout: 900 },
      { name: 'DataFunction', kind: 'data', timeout: 900 },
    ])
  })

  it('has one more for the memory a step asks for, which the tasks of the step use', () => {
    const { machine } = compiled(example.replace('    type: clean\n', '    type: clean\n    resources: {memory: 3GB}\n    timeout: 5m\n'))
    expect(functionsOf(machine).map(({ name, memory }) => [name, memory])).toEqual([
      ['ControlFunction', undefined],
      ['DataFunction', undefined],
      ['DataFunction3008', 3008],
    ])
    const commit = machine.States['clean_data.commit'] as TaskState
    expect(commit.Arguments).toMatchObject({ FunctionName: '${DataFunction3008}' })
    // the segment takes the longest time of its steps
    expect(commit.TimeoutSeconds).toBe(900)
  })
})

describe('functionPlaceholder', () => {
  it('rounds memory up to a class, and takes the largest where there is none', () => {
    const asked = [undefined, 1, 1769 * 2 ** 20, 1769 * 2 ** 20 + 1, 4e9, 10_240 * 2 ** 20, 64e9]
    expect(asked.map((bytes) => functionPlaceholder('data', bytes))).toEqual([
      '${DataFunction}',
      '${DataFunction1769}',
      '${DataFunction1769}',
      '${DataFunction3008}',
      '${DataFunction7076}',
      '${DataFunction10240}',
      '${DataFunction10240}',
    ])
  })
})
